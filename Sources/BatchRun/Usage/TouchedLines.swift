// SPDX-License-Identifier: Apache-2.0

import BillInvoice
import BillRating
import BillTariff
import MeterModel
import MeterUsage
import Quantities
import Store

/// The invoice lines that a reading touched, and the later invoices that rest on theirs.
public struct TouchedLines: Sendable {
    /// A line, and how the reading came into it.
    public struct Line: Hashable, Sendable {
        /// The invoice's number.
        public let number: String
        /// `issued` or `credited`.
        public let status: String
        /// The line's place on the invoice, from 1.
        public let position: Int
        /// The line.
        public let line: InvoiceLine
        /// The currency of its amount.
        public let currency: Currency
        /// The charges on the way from the reading to the line; empty where it is computed from the
        /// reading itself.
        public let through: [String]
    }

    /// An invoice that counts, looks back to or nets with what one of the lines' invoices billed.
    public struct Later: Hashable, Sendable {
        /// The invoice's number.
        public let number: String
        /// What it rests on.
        public let detail: String
    }

    /// The lines, in the order of the invoices, credited ones too.
    public private(set) var lines: [Line] = []
    /// The later invoices, in the order in which they were issued.
    public private(set) var later: [Later] = []

    /// A reading, by the clock of its service point.
    fileprivate struct Reading {
        let channel: ObisCode
        let isRegister: Bool
        let day: CivilDay
        let minute: Int
        let isMidnight: Bool
    }

    /// What a reading touched.
    ///
    /// An interval touches the lines of its time-of-use period, a register those of all its bills that
    /// begin or end with it; charges taken of those lines follow.
    ///
    /// - Parameters:
    ///   - meter: The meter's id.
    ///   - channel: The OBIS code of its channel or register.
    ///   - instant: When the interval begins, or the register was read.
    public static func of(
        meter: String, channel: ObisCode, at instant: Instant, in store: TallyStore
    ) throws -> TouchedLines {
        let network = try store.loadNetwork()
        guard let number = network.meter(meter) else {
            throw UnknownName(kind: "meter", name: meter, mend: "see 'tallywatt network show'")
        }
        let series = try TariffLibrary.storedSeries(in: store)
        let served = [instant, instant + -1].compactMap { network.span(of: number, at: $0) }
        var found = TouchedLines()
        for index in 0..<network.contractIDs.count {
            let contract = network.contract(index)
            guard served.contains(where: { contract.servicePoints.contains($0.servicePoint) })
            else { continue }
            let clock = network.zones[contract.zone].clock(at: instant)
            let reading = Reading(
                channel: channel, isRegister: served.contains { $0.terms.basis == .register },
                day: clock.day, minute: clock.second / 60, isMidnight: clock.second == 0)
            try store.read { transaction in
                var search = Search(transaction: transaction, series: series)
                var touched: Set<Int64> = []
                try transaction.forEachInvoice(InvoiceFilter(contract: contract.id)) { invoice in
                    let lines = try search.lines(of: invoice, reading)
                    if !lines.isEmpty { touched.insert(invoice.invoiceID) }
                    found.lines += lines
                }
                let standing = try transaction.uncreditedInvoices(contract: contract.id)
                    .filter { touched.contains($0.invoiceID) }
                var later = LaterBills(transaction)
                found.later += try later.restingOn(
                    Dictionary(uniqueKeysWithValues: standing.map { ($0, .energy) })
                ).map { Later(number: $0.invoice.number, detail: $0.detail) }
            }
        }
        return found
    }
}

/// Finds the lines that a reading touched, invoice by invoice.
private struct Search {
    let transaction: StoreTransaction
    let series: SeriesSet
    var tariffs = KeptTariffs()

    mutating func lines(
        of invoice: InvoiceRecord, _ reading: TouchedLines.Reading
    ) throws -> [TouchedLines.Line] {
        var found: [TouchedLines.Line] = []
        var lines: [InvoiceLine]?
        for (number, part) in try transaction.parts(ofInvoice: invoice.invoiceID).enumerated()
        where reading.counts(in: part.days) {
            guard let tariff = try tariffs.tariff(part.tariffSHA256, transaction) else { continue }
            let touched = tariff.charges(touchedBy: reading.channel)
            let sharesLoss = try sharesLoss(tariff, of: invoice)
            let period = sharesLoss ? nil : tariff.period(of: reading, series)
            let all = try lines ?? transaction.lines(ofInvoice: invoice.invoiceID)
            lines = all
            for (place, line) in all.enumerated() where line.part == number {
                guard let through = touched[line.chargeID],
                    tariff.isLine(line, of: period) || !through.isEmpty
                else { continue }
                found.append(
                    TouchedLines.Line(
                        number: invoice.number, status: invoice.status, position: place + 1,
                        line: line, currency: invoice.currency, through: through))
            }
        }
        return found
    }

    /// True where an invoice has a loss that is shared out over periods: the reading of one is in the lines of all.
    private func sharesLoss(_ tariff: Tariff, of invoice: InvoiceRecord) throws -> Bool {
        let shared = tariff.losses.filter { $0.spread != nil }
        if shared.isEmpty { return false }
        let determinants = try transaction.determinants(ofInvoice: invoice.invoiceID)
        return determinants.contains { item in
            shared.contains { item.quantity.hasPrefix("loss.\($0.id).") }
        }
    }
}

extension TouchedLines.Reading {
    /// Whether it counts in some days: a register at the midnight that ends them does.
    fileprivate func counts(in days: Range<CivilDay>) -> Bool {
        days.contains(day) || isRegister && isMidnight && day == days.upperBound
    }
}

extension Tariff {
    /// The charges that are computed from a channel, with those on the way to each.
    fileprivate func charges(touchedBy channel: ObisCode) -> [String: [String]] {
        let quantity = BilledQuantity.allCases.first {
            let total = $0.usage.obis
            return (total.c, total.d) == (channel.c, channel.d)
        }
        guard let quantity else { return [:] }
        let billed = quantities(restingOn: quantity)
        var found: [String: [String]] = [:]
        for charge in charges {
            let demand = charge.kind.demand?.measure.quantities ?? []
            let isDemand = demand.contains(quantity.usage)
            if isDemand || !billed.isDisjoint(with: charge.kind.quantities) {
                found[charge.id] = []
            } else if let of = charge.kind.selection,
                let way = charges.first(where: { of.covers($0.id) && found[$0.id] != nil })
            {
                found[charge.id] = (found[way.id] ?? []) + [way.id]
            }
        }
        return found
    }

    /// The place of the period that a reading counts in; nil where it counts in all, or none is known.
    fileprivate func period(of reading: TouchedLines.Reading, _ series: SeriesSet) -> Int? {
        guard periods.hasTimeOfUse else { return nil }
        if reading.isRegister {
            return periods.names.firstIndex { name in
                registerOfPeriod[name].flatMap { ObisCode($0) }?.e == reading.channel.e
            }
        }
        guard let calendar = try? periods.calendar(series: series) else { return nil }
        return Int(calendar.periods(of: reading.day)[reading.minute])
    }

    /// Whether a line is of a period, or of no period: its description says which it is of.
    fileprivate func isLine(_ line: InvoiceLine, of period: Int?) -> Bool {
        guard let period, let charge = charges.first(where: { $0.id == line.chargeID }) else {
            return true
        }
        // What one period leaves over serves the others.
        if charge.kind.quantities.contains(.net), netMetering?.bank == .all { return true }
        let groups = charge.kind.groups
        let names = groups?.names ?? periods.names
        let own = names[groups?.groupOfPeriod[period] ?? period]
        let parts = line.description.split(separator: " · ").map(String.init).dropFirst()
        let named = names.filter { parts.contains(periods.displayNames[$0]?.sideBySide ?? $0) }
        return named.isEmpty || named.contains(own)
    }
}
