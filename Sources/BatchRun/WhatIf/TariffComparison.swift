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
        /// Whether readings are measured again where stored sums do not tell enough.
        public var readsAgain: Bool

        /// A request from its parts.
        public init(
            tariffs: [String], days: Range<CivilDay>, customerClass: String? = nil,
            feeder: String? = nil, parameters: [String: String] = [:],
            readsAgain: Bool = false
        ) {
            self.tariffs = tariffs
            self.days = days
            self.customerClass = customerClass
            self.feeder = feeder
            self.parameters = parameters
            self.readsAgain = readsAgain
        }
    }

    private let store: TallyStore
    private let network: Network
    private let request: Request
    private let others: [ComparedTariff]
    private let billed: [String: InvoicePricing.Billed]
    private let readings: ReadingsPricing?

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
        var billed: [String: InvoicePricing.Billed] = [:]
        for kept in try store.read({ try $0.keptTariffs() }) {
            guard
                let tariff = Tariff.kept(kept.body, sha256: kept.sha256),
                let calendar = try? tariff.periods.calendar(series: series)
            else { continue }
            billed[kept.sha256] = (tariff, calendar)
        }
        self.billed = billed
        readings =
            request.readsAgain
            ? try ReadingsPricing(store: store, network: network, parameters: request.parameters)
            : nil
    }

    /// Compares; contracts are rated on several threads.
    public func report(threads: Int, progress: any ProgressReporter) throws -> ComparisonReport {
        let numbers = try store.read {
            try $0.invoices(endingIn: request.days, feeder: request.feeder)
        }
        let starts = Array(stride(from: 0, to: numbers.count, by: TariffComparison.pieceSize))
        let book = Mutex(ComparisonBook(contracts: network.contractIDs.count, others: others.count))
        progress.begin("compare", of: starts.count)
        defer { progress.end() }
        try OrderedCommit<ComparedPiece>(threads: threads, window: threads * 2)
            .run(count: starts.count) { piece in
                let end = min(starts[piece] + TariffComparison.pieceSize, numbers.count)
                return try compare(numbers[starts[piece]..<end])
            } write: { pieces in
                book.withLock { book in
                    for piece in pieces { book.add(piece) }
                }
                progress.advance(by: pieces.count)
            }
        return book.withLock { $0.report(of: others) }
    }

    private func compare(_ numbers: ArraySlice<Int64>) throws -> ComparedPiece {
        let countsYears = others.contains { $0.tariff.yearAttribution != nil }
        let monthsBack = others.map(\.monthsBack).max() ?? 0
        var places = ContractPlaces(network.contractIDs)
        let found = try store.read { transaction in
            try transaction.billedInvoices(numbers).compactMap { invoice -> FoundInvoice? in
                if let wanted = request.customerClass, invoice.customerClass != wanted {
                    return nil
                }
                let contract = places.place(of: invoice.contractID)
                guard countsYears || monthsBack > 0, let contract else {
                    return FoundInvoice(
                        invoice: invoice, contract: contract, year: nil, earlier: nil)
                }
                let terms = network.contract(contract)
                return FoundInvoice(
                    invoice: invoice, contract: contract,
                    year: countsYears ? try yearToDate(before: invoice, terms, transaction) : nil,
                    earlier: monthsBack == 0
                        ? nil
                        : EarlierPeaks(
                            contract: terms,
                            billed: try transaction.billedPeaks(
                                contract: terms.id,
                                after: invoice.period.lowerBound.addingMonths(-monthsBack))))
            }
        }
        var pricing = InvoicePricing(
            network: network, billed: billed, parameters: request.parameters, others: others)
        var piece = ComparedPiece()
        for item in found { pricing.price(item, into: &piece) }
        try readings?.complete(&piece, of: found, under: others)
        return piece
    }

    /// What a contract was billed in the years of an invoice before it.
    private func yearToDate(
        before invoice: BilledInvoice, _ contract: Contract, _ transaction: StoreTransaction
    ) throws -> YearToDate {
        let start = invoice.period.lowerBound
        let year = CivilDay.newYear(start.components.year)
        if start == year { return YearToDate(contract: contract, billed: []) }
        let rows = try transaction.billedQuantities(
            contract: invoice.contractID, after: year, asRead: true)
        let text = start.description
        return YearToDate(contract: contract, billed: rows.filter { $0.end <= text })
    }
}

/// Finds contracts that mostly come in the order of the network.
private struct ContractPlaces {
    private let ids: IdentifierTable
    private var next = 0

    init(_ ids: IdentifierTable) { self.ids = ids }

    mutating func place(of id: String) -> Int? {
        let place = ids.index(of: id, guess: next)
        if let place { next = place + 1 }
        return place
    }
}
