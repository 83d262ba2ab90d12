// SPDX-License-Identifier: Apache-2.0

import GRDB
import MeterUsage
import Quantities

/// An invoice that stands, with the determinants that it was computed from.
public struct BilledInvoice: Sendable {
    /// The days of one tariff and the same terms.
    public struct Part: Sendable {
        /// The days.
        public var days: Range<CivilDay>
        /// The SHA-256 of the tariff's file.
        public var tariffSHA256: String
        /// Energy by quantity and period, with what was read of it before losses, and demand peaks of one window. What was measured for the charges of one
        /// tariff only, such as energy at the prices of its intervals, is not among them.
        public var determinants: Determinants
    }

    /// The contract billed.
    public let contractID: String
    /// The class of its customer on the last day billed; nil where the network names none.
    public let customerClass: String?
    /// What it bills.
    public let period: Range<CivilDay>
    /// The tariff at the end.
    public let tariffID: String
    /// The currency's code.
    public let currency: String
    /// What is to pay.
    public let total: Money
    /// By day.
    public fileprivate(set) var parts: [Part]
}

extension StoreTransaction {
    /// The invoices that stand and whose last day is one of some, in the order of their issue.
    ///
    /// - Parameter feeder: Those of this feeder only; nil for all.
    public func billedInvoices(endingIn days: Range<CivilDay>, feeder: String?) throws -> [Int64] {
        try Int64.fetchAll(
            db,
            sql: """
                SELECT invoice_id FROM invoice i WHERE kind = 'invoice'
                AND period_end > ?1 AND period_end <= ?2 AND (?3 IS NULL OR feeder_id = ?3)
                AND NOT EXISTS (SELECT 1 FROM invoice c WHERE c.credits = i.invoice_id)
                ORDER BY invoice_id
                """,
            arguments: [days.lowerBound.description, days.upperBound.description, feeder])
    }

    /// The invoices of some numbers, which stand in ascending order, with what they were computed from;
    /// each table is read once, in its order.
    public func billedInvoices(_ numbers: ArraySlice<Int64>) throws -> [BilledInvoice] {
        guard let first = numbers.first, let last = numbers.last else { return [] }
        var found: [BilledInvoice] = []
        found.reserveCapacity(numbers.count)
        try forEachRow(
            """
            SELECT i.invoice_id, i.contract_id, i.period_start, i.period_end, i.tariff_id,
                i.tariff_sha256, i.currency, i.total_minor,
                (SELECT class FROM customer c WHERE c.customer_id = i.customer_id
                    AND c.valid_from < i.period_end ORDER BY c.valid_from DESC LIMIT 1)
            FROM invoice i WHERE invoice_id BETWEEN ? AND ? ORDER BY invoice_id
            """, first, last, of: numbers
        ) { row, _ in
            let days = try days(row[2], row[3])
            let part = BilledInvoice.Part(
                days: days, tariffSHA256: row[5],
                determinants: Determinants(
                    start: days.lowerBound, end: days.upperBound, energy: []))
            found.append(
                BilledInvoice(
                    contractID: row[1], customerClass: row[8], period: days, tariffID: row[4],
                    currency: row[6], total: Money(minorUnits: row[7]), parts: [part]))
        }
        precondition(found.count == numbers.count, "invoices are never deleted")
        var parted = -1
        try forEachRow(
            """
            SELECT invoice_id, starts_on, ends_on, tariff_sha256 FROM invoice_part
            WHERE invoice_id BETWEEN ? AND ? ORDER BY invoice_id, part
            """, first, last, of: numbers
        ) { row, place in
            let days = try days(row[1], row[2])
            if parted != place { found[place].parts = [] }
            parted = place
            found[place].parts.append(
                BilledInvoice.Part(
                    days: days, tariffSHA256: row[3],
                    determinants: Determinants(
                        start: days.lowerBound, end: days.upperBound, energy: [])))
        }
        try forEachRow(
            """
            SELECT invoice_id, part_start, quantity, period, value FROM invoice_determinant
            WHERE invoice_id BETWEEN ? AND ? ORDER BY invoice_id, part_start, quantity, period
            """, first, last, of: numbers
        ) { row, place in
            let (start, written, value): (String, String, String) = (row[1], row[2], row[4])
            let isRead = written.hasPrefix(Determinants.readPrefix)
            let name = isRead ? String(written.dropFirst(Determinants.readPrefix.count)) : written
            let quantity = UsageQuantity(rawValue: name)
            let measure = quantity == nil ? DemandMeasure(ofOneWindow: name) : nil
            guard quantity != nil || measure != nil else { return }
            guard let amount = Exact(value),
                let part = found[place].parts.count == 1
                    ? 0
                    : found[place].parts.firstIndex(where: {
                        $0.days.lowerBound.description == start
                    })
            else { throw DatabaseError(message: "invoice_determinant: value '\(value)'") }
            if let quantity {
                let item = Determinants.EnergyAmount(
                    quantity: quantity, period: row[3], amount: amount)
                if isRead {
                    found[place].parts[part].determinants.read.append(item)
                } else {
                    found[place].parts[part].determinants.energy.append(item)
                }
            } else if let measure {
                // No price asks when a peak was.
                found[place].parts[part].determinants.demand.append(
                    Determinants.DemandPeak(
                        measure, period: row[3], power: amount, at: Instant(seconds: 0)))
            }
        }
        return found
    }

    /// Gives the rows of a table that are of some invoices, each with the place of its invoice.
    private func forEachRow(
        _ sql: String, _ first: Int64, _ last: Int64, of numbers: ArraySlice<Int64>,
        _ body: (Row, Int) throws -> Void
    ) throws {
        var place = numbers.startIndex
        let rows = try Row.fetchCursor(db.cachedStatement(sql: sql), arguments: [first, last])
        while let row = try rows.next() {
            let number: Int64 = row[0]
            while place < numbers.endIndex, numbers[place] < number { place += 1 }
            if place == numbers.endIndex { return }
            if numbers[place] == number { try body(row, place - numbers.startIndex) }
        }
    }

    private func days(_ start: String, _ end: String) throws -> Range<CivilDay> {
        guard let first = CivilDay(iso: start), let end = CivilDay(iso: end), first < end else {
            throw DatabaseError(message: "invoice: days from '\(start)'")
        }
        return first..<end
    }
}

extension StoreTransaction {
    /// The contracts that one of some tariff files billed, sorted.
    public func contracts(billedBy tariffs: [String]) throws -> [String] {
        var contracts: Set<String> = []
        for tariff in tariffs {
            try contracts.formUnion(
                String.fetchAll(
                    db,
                    sql: "SELECT DISTINCT contract_id FROM invoice WHERE tariff_sha256 = ?",
                    arguments: [tariff]))
        }
        return contracts.sorted()
    }

    /// The last invoices of a contract that stand, at most so many, oldest first.
    public func lastBilledInvoices(contract: String, _ most: Int) throws -> [BilledInvoice] {
        let select = try db.cachedStatement(
            sql: """
                SELECT invoice_id FROM invoice i WHERE contract_id = ? AND kind = 'invoice'
                AND NOT EXISTS (SELECT 1 FROM invoice c WHERE c.credits = i.invoice_id)
                ORDER BY period_start DESC LIMIT ?
                """)
        // One by one: between the first and the last are those of all others.
        return try Int64.fetchAll(select, arguments: [contract, most]).reversed().flatMap {
            try billedInvoices([$0])
        }
    }
}
