// SPDX-License-Identifier: Apache-2.0

import GRDB
import MeterUsage
import Quantities

/// Invoices as they are put together from the rows of their tables, each table in the order of invoices.
///
/// Most rows say what the one before said: their texts and days are not made again.
struct BilledInvoiceReading {
    /// What a row of determinants is of.
    private struct Quantity {
        var name = ""
        var energy: UsageQuantity?
        var demand: DemandMeasure?
        /// True for an energy as it was before losses were added.
        var isRead = false

        init(_ name: String = "") {
            self.name = name
            isRead = name.hasPrefix(Determinants.readPrefix)
            let written = isRead ? String(name.dropFirst(Determinants.readPrefix.count)) : name
            energy = UsageQuantity(rawValue: written)
            demand = energy == nil ? DemandMeasure(ofOneWindow: name) : nil
        }
    }

    /// Days with their texts.
    private struct Days {
        var start = ""
        var end = ""
        var days: Range<CivilDay>?
    }

    /// The invoices, in the order of their numbers.
    private(set) var found: [BilledInvoice] = []
    /// The numbers wanted, and those found.
    private let wanted: ArraySlice<Int64>
    private var numbers: [Int64] = []
    /// The next number wanted, and the place of the invoice whose rows come.
    private var (nextWanted, place) = (0, 0)
    private var parted = -1
    private var days = Days()
    private var sha256 = ""
    private var periods: [String] = []
    private var quantities: [Quantity] = []
    private var row = 0

    /// - Parameter wanted: The numbers of the invoices, in ascending order.
    init(_ wanted: ArraySlice<Int64>) {
        self.wanted = wanted
        nextWanted = wanted.startIndex
        found.reserveCapacity(wanted.count)
        numbers.reserveCapacity(wanted.count)
    }

    /// Takes a row of the table of invoices.
    mutating func addHead(_ row: RowScan) throws {
        let number = row.integer(0)
        while nextWanted < wanted.endIndex, wanted[nextWanted] < number { nextWanted += 1 }
        guard nextWanted < wanted.endIndex, wanted[nextWanted] == number else { return }
        let days = try days(row, 2)
        sha256 = row.text(5, like: sha256)
        let before = found.last
        numbers.append(number)
        found.append(
            BilledInvoice(
                contractID: row.text(1),
                customerClass: row.isNull(8) ? nil : row.text(8, like: before?.customerClass ?? ""),
                period: days, tariffID: row.text(4, like: before?.tariffID ?? ""),
                currency: row.text(6, like: before?.currency ?? ""),
                total: Money(minorUnits: row.integer(7)), parts: [part(days)]))
    }

    /// Begins with the rows of another table.
    mutating func beginTable() { place = 0 }

    /// Takes a row of the parts of invoices.
    mutating func addPart(_ row: RowScan) throws {
        guard seek(row.integer(0)) else { return }
        let days = try days(row, 1)
        sha256 = row.text(3, like: sha256)
        if parted != place { found[place].parts = [] }
        parted = place
        found[place].parts.append(part(days))
    }

    /// Takes a row of determinants.
    mutating func addDeterminant(_ row: RowScan) throws {
        let isNext = numbers.indices.contains(place) && numbers[place] == row.integer(0)
        if !isNext {
            guard seek(row.integer(0)) else { return }
            self.row = 0
        }
        defer { self.row += 1 }
        // The rows of an invoice mostly are of what those of the invoice before were.
        if self.row == quantities.count {
            quantities.append(Quantity())
            periods.append("")
        }
        let name = row.text(2, like: quantities[self.row].name)
        if name != quantities[self.row].name { quantities[self.row] = Quantity(name) }
        let (energy, demand) = (quantities[self.row].energy, quantities[self.row].demand)
        guard energy != nil || demand != nil else { return }
        periods[self.row] = row.text(3, like: periods[self.row])
        guard let amount = row.withText(4, { Exact(utf8: $0) }), let part = part(of: row) else {
            throw DatabaseError(message: "invoice_determinant: value '\(row.text(4))'")
        }
        if let energy {
            if self.row == 0 {
                found[place].parts[part].determinants.energy.reserveCapacity(quantities.count)
            }
            let item = Determinants.EnergyAmount(
                quantity: energy, period: periods[self.row], amount: amount)
            if quantities[self.row].isRead {
                found[place].parts[part].determinants.read.append(item)
            } else {
                found[place].parts[part].determinants.energy.append(item)
            }
        } else if let demand {
            // No price asks when a peak was.
            found[place].parts[part].determinants.demand.append(
                Determinants.DemandPeak(
                    demand, period: periods[self.row], power: amount, at: Instant(seconds: 0)))
        }
    }

    /// Goes on to an invoice; false where it is none of those found.
    private mutating func seek(_ number: Int64) -> Bool {
        while place < numbers.count, numbers[place] < number { place += 1 }
        return place < numbers.count && numbers[place] == number
    }

    /// The part of the invoice that a row of determinants is of.
    private func part(of row: RowScan) -> Int? {
        if found[place].parts.count == 1 { return 0 }
        let start = row.text(1)
        return found[place].parts.firstIndex { $0.days.lowerBound.description == start }
    }

    private func part(_ days: Range<CivilDay>) -> BilledInvoice.Part {
        BilledInvoice.Part(
            days: days, tariffSHA256: sha256,
            determinants: Determinants(start: days.lowerBound, end: days.upperBound, energy: []))
    }

    /// The days between two cells that stand side by side.
    private mutating func days(_ row: RowScan, _ column: CInt) throws -> Range<CivilDay> {
        let (start, end) = (
            row.text(column, like: days.start), row.text(column + 1, like: days.end)
        )
        if let known = days.days, start == days.start, end == days.end { return known }
        guard let first = CivilDay(iso: start), let last = CivilDay(iso: end), first < last else {
            throw DatabaseError(message: "invoice: days from '\(start)'")
        }
        days = Days(start: start, end: end, days: first..<last)
        return first..<last
    }
}
