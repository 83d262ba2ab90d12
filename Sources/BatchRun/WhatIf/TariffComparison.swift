// SPDX-License-Identifier: Apache-2.0

import BillRating
import BillTariff
import MeterModel
import MeterUsage
import Quantities
import Store
import Synchronization

/// Bills contracts under other tariffs, from what is stored of their invoices; writes nothing.
public struct TariffComparison: Sendable {
    /// What is compared.
    public struct Request: Sendable {
        /// The files of the other tariffs.
        public var tariffs: [String]
        /// Invoices whose last day is one of these.
        public var days: Range<CivilDay>
        /// Customers of this class only; nil for all.
        public var customerClass: String?
        /// Invoices of this feeder only; nil for all.
        public var feeder: String?
        /// What contracts lack that a tariff needs.
        public var parameters: [String: String]

        /// A request from its parts.
        public init(
            tariffs: [String], days: Range<CivilDay>, customerClass: String? = nil,
            feeder: String? = nil, parameters: [String: String] = [:]
        ) {
            self.tariffs = tariffs
            self.days = days
            self.customerClass = customerClass
            self.feeder = feeder
            self.parameters = parameters
        }
    }

    /// A tariff that billed, and its calendar.
    private typealias Billed = (tariff: Tariff, calendar: TimeOfUseCalendar)

    private let store: TallyStore
    private let network: Network
    private let request: Request
    private let others: [ComparedTariff]
    private let billed: [String: Billed]

    /// How many invoices are read at once.
    private static let pieceSize = 1024

    /// A comparison on an open database.
    public init(store: TallyStore, request: Request) throws {
        self.store = store
        self.request = request
        let network = try store.loadNetwork()
        self.network = network
        if let feeder = request.feeder {
            let isKnown = try store.read { try $0.hasInvoices(feeder: feeder) }
            try UnknownName.refuse(contract: nil, feeder: isKnown ? nil : feeder, in: network)
        }
        let series = try TariffLibrary.storedSeries(in: store)
        others = try request.tariffs.map { try ComparedTariff(file: $0, stored: series) }
        var billed: [String: Billed] = [:]
        for kept in try store.read({ try $0.keptTariffs() }) {
            guard
                let tariff = Tariff.kept(kept.body, sha256: kept.sha256),
                let calendar = try? tariff.periods.calendar(series: series)
            else { continue }
            billed[kept.sha256] = (tariff, calendar)
        }
        self.billed = billed
    }

    /// Compares; contracts are rated on several threads.
    public func report(threads: Int, progress: any ProgressReporter) throws -> ComparisonReport {
        let numbers = try store.read {
            try $0.billedInvoices(endingIn: request.days, feeder: request.feeder)
        }
        let starts = Array(stride(from: 0, to: numbers.count, by: TariffComparison.pieceSize))
        let book = Mutex(ComparisonBook(others: others.count))
        progress.begin("compare", of: starts.count)
        defer { progress.end() }
        try OrderedCommit<[ComparedInvoice]>(threads: threads, window: threads * 2)
            .run(count: starts.count) { piece in
                let end = min(starts[piece] + TariffComparison.pieceSize, numbers.count)
                return try compare(numbers[starts[piece]..<end])
            } write: { pieces in
                book.withLock { book in
                    for invoice in pieces.joined() { book.add(invoice) }
                }
                progress.advance(by: pieces.count)
            }
        return book.withLock { $0.report(of: others) }
    }

    private func compare(_ numbers: ArraySlice<Int64>) throws -> [ComparedInvoice] {
        let countsYears = others.contains { $0.tariff.yearAttribution != nil }
        let found = try store.read { transaction in
            try transaction.billedInvoices(numbers).compactMap {
                invoice -> (BilledInvoice, YearToDate?)? in
                if let wanted = request.customerClass, invoice.customerClass != wanted {
                    return nil
                }
                guard countsYears, let contract = network.contract(invoice.contractID) else {
                    return (invoice, nil)
                }
                // What was billed before it, in the years of its days.
                let year = CivilDay.newYear(invoice.period.lowerBound.components.year)
                let rows = try transaction.billedQuantities(
                    contract: invoice.contractID, after: year)
                let start = invoice.period.lowerBound.description
                return (
                    invoice,
                    YearToDate(contract: contract, billed: rows.filter { $0.end <= start })
                )
            }
        }
        return found.map { invoice, year in
            let parts = Result { () throws(ComparisonGap) in try self.parts(of: invoice) }
            return ComparedInvoice(
                contractID: invoice.contractID, customerClass: invoice.customerClass ?? "",
                tariffID: invoice.tariffID, now: invoice.total,
                kilowattHours: invoice.parts.reduce(Exact.zero) {
                    $0 + $1.determinants.total(.activeImport)
                },
                others: others.map { other in
                    Result { () throws(ComparisonGap) in
                        guard other.tariff.currency.code == invoice.currency else {
                            throw ComparisonGap(
                                ComparisonGap.otherCurrency, "billed in \(invoice.currency)")
                        }
                        return try total(of: invoice, try parts.get(), year, under: other)
                    }
                })
        }
    }

    /// The parts of an invoice with the terms of their days.
    private func parts(
        of invoice: BilledInvoice
    ) throws(ComparisonGap) -> (contract: Contract, parts: [BilledInvoicePart]) {
        guard let contract = network.contract(invoice.contractID) else {
            throw ComparisonGap(
                ComparisonGap.unknownContract, "the network has no \(invoice.contractID)")
        }
        var parts: [BilledInvoicePart] = []
        for part in invoice.parts {
            guard let billed = billed[part.tariffSHA256] else {
                throw ComparisonGap(
                    ComparisonGap.unreadableTariff,
                    "the file of \(invoice.tariffID) with sha256 "
                        + "\(part.tariffSHA256.prefix(12))… cannot be read")
            }
            guard let terms = contract.terms(on: part.days.lowerBound) else {
                throw ComparisonGap(
                    ComparisonGap.unknownContract,
                    "\(contract.id) has no terms on \(part.days.lowerBound)")
            }
            parts.append(
                BilledInvoicePart(
                    days: part.days, billed: billed.tariff, calendar: billed.calendar,
                    determinants: part.determinants,
                    parameters: request.parameters.merging(terms.parameters) { $1 }))
        }
        return (contract, parts)
    }

    /// What is to pay for the days of an invoice under another tariff.
    private func total(
        of invoice: BilledInvoice, _ given: (contract: Contract, parts: [BilledInvoicePart]),
        _ year: YearToDate?, under other: ComparedTariff
    ) throws(ComparisonGap) -> Money {
        let cycle = given.contract.cyclePlace(of: invoice.period)
        var spans: [(determinants: Determinants, parameters: [String: String])] = []
        for part in given.parts {
            let determinants = try other.determinants(part)
            // Days that only another tariff, or what this one does not need, parted are one span to it.
            let isOne =
                spans.last.map { last in
                    other.tariff.needs.allSatisfy {
                        last.parameters[$0.name] == part.parameters[$0.name]
                    }
                } ?? false
            if isOne {
                spans[spans.count - 1].determinants.append(determinants)
            } else {
                spans.append((determinants, part.parameters))
            }
        }
        var periodToDate = UsageSums.zero
        var inputs: [RatingInput] = []
        for span in spans {
            let days = span.determinants.start..<span.determinants.end
            var input = RatingInput(
                plan: other.plan(days), determinants: span.determinants, cycle: cycle,
                parameters: span.parameters,
                yearToDate: year?.before(
                    invoice.period, other.tariff.yearAttribution ?? .periodEnd,
                    netted: other.tariff.netMetering != nil,
                    periodToDate: periodToDate) ?? [:],
                periodToDate: periodToDate)
            do throws(RatingHold) {
                try input.addLosses(
                    seconds: network.zones[given.contract.zone].seconds(
                        from: days.lowerBound, to: days.upperBound))
                // What the other tariff would have kept is not followed from bill to bill.
                var bank: EnergyBank?
                try input.net(from: &bank)
            } catch { throw ComparisonGap(error) }
            periodToDate.add(input.totals)
            inputs.append(input)
        }
        do throws(RatingHold) { return try rate(inputs).total } catch {
            throw ComparisonGap(error)
        }
    }
}
