// SPDX-License-Identifier: Apache-2.0

import Quantities

/// What an import did to one id of one table.
public struct NetworkChange: Hashable, Sendable {
    /// What can happen to an id.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        case added, changed, ended
    }

    /// The table.
    public var table: NetworkTable
    /// The id whose history changed; for a register read: meter, channel, time and kind.
    public var id: String
    /// What happened to it.
    public var kind: Kind
    /// Its rows before; none where it was not known.
    public var replaced: ReplacedRows
    /// Its rows before, one a line, as `column=value,…`; empty where it was not known.
    public var before: String
    /// Its rows after.
    public var after: String
}

extension NetworkRows {
    /// These rows with an import's rows put in place, and what that changed.
    ///
    /// An id of the import gets the import's rows for its history; other ids stay as they are. The
    /// result is not checked: `Network` does that. Rows that were there get the line 0.
    ///
    /// - Parameters:
    ///   - imported: The import's rows.
    ///   - end: Where the import is the full network: the day on which the ids that it leaves out
    ///     end. Openings are records of what was, and do not end; of register reads, where it has
    ///     any, those that it leaves out are withdrawn.
    public func merging(
        _ imported: NetworkRows, endingOthersOn end: CivilDay? = nil
    ) -> (rows: NetworkRows, changes: [NetworkChange]) {
        var changes: [NetworkChange] = []
        var rows = NetworkRows()
        rows.nodes = merge(nodes, imported.nodes, end, &changes)
        rows.terminals = merge(terminals, imported.terminals, end, &changes)
        rows.customers = merge(customers, imported.customers, end, &changes)
        rows.servicePoints = merge(servicePoints, imported.servicePoints, end, &changes)
        rows.meters = merge(meters, imported.meters, end, &changes)
        rows.contracts = merge(contracts, imported.contracts, end, &changes)
        rows.contractPoints = merge(contractPoints, imported.contractPoints, end, &changes)
        rows.registerReads = merge(
            registerReads, imported.registerReads, imported.registerReads.isEmpty ? nil : end,
            &changes)
        rows.opening = merge(opening, imported.opening, nil, &changes)
        return (rows, changes)
    }

    /// These rows in the order in which `merging` leaves them, and how many ids each table has.
    ///
    /// What merging them into no network gives, without a note of every id.
    public func first() -> (rows: NetworkRows, ids: [NetworkTable: Int]) {
        var ids: [NetworkTable: Int] = [:]
        func ordered<Row: NetworkRow>(_ rows: [Row]) -> [Row] {
            let isSorted = zip(rows, rows.dropFirst()).allSatisfy { $0.id <= $1.id }
            // Rows of an id keep their order.
            let sorted =
                isSorted
                ? rows
                : rows.enumerated().sorted {
                    ($0.element.id, $0.offset) < ($1.element.id, $1.offset)
                }
                .map(\.element)
            if !rows.isEmpty {
                ids[Row.table] = 1 + zip(sorted, sorted.dropFirst()).count { $0.id != $1.id }
            }
            return sorted
        }
        var rows = NetworkRows()
        rows.nodes = ordered(nodes)
        rows.terminals = ordered(terminals)
        rows.customers = ordered(customers)
        rows.servicePoints = ordered(servicePoints)
        rows.meters = ordered(meters)
        rows.contracts = ordered(contracts)
        rows.contractPoints = ordered(contractPoints)
        rows.registerReads = ordered(registerReads)
        rows.opening = ordered(opening)
        return (rows, ids)
    }

    private func merge<Row: NetworkRow>(
        _ known: [Row], _ imported: [Row], _ end: CivilDay?, _ changes: inout [NetworkChange]
    ) -> [Row] {
        let recorded = known.map { row in
            var row = row
            row.context.line = 0
            return row
        }
        let old = Dictionary(grouping: recorded, by: \.id)
        let new = Dictionary(grouping: imported, by: \.id)
        var merged: [Row] = []
        merged.reserveCapacity(known.count + imported.count)
        func note(_ kind: NetworkChange.Kind, _ id: String, _ before: [Row], _ after: [Row]) {
            // Most rows of an import are as they were, which costs less to see than to write.
            if isSame(before, after) { return }
            func text(_ rows: [Row]) -> String {
                rows.map(\.text).sorted().joined(separator: "\n")
            }
            guard text(before) != text(after) else { return }
            let columns = before.map { row in
                Dictionary(row.allFields.map { ($0.column, $0.value) }) { $1 }
            }
            changes.append(
                NetworkChange(
                    table: Row.table, id: id, kind: kind,
                    replaced: ReplacedRows(table: Row.table, id: id, rows: columns),
                    before: text(before), after: text(after)))
        }
        for id in old.keys.sorted() {
            let before = old[id] ?? []
            if let after = new[id] {
                note(.changed, id, before, after)
                merged += after
            } else if let end {
                let after = before.compactMap { ended($0, on: end) }
                note(.ended, id, before, after)
                merged += after
            } else {
                merged += before
            }
        }
        for id in new.keys.sorted() where old[id] == nil {
            let after = new[id] ?? []
            note(.added, id, [], after)
            merged += after
        }
        return merged
    }

    /// True where only the lines differ.
    private func isSame<Row: NetworkRow>(_ before: [Row], _ after: [Row]) -> Bool {
        before.count == after.count
            && zip(before, after).allSatisfy { known, new in
                var new = new
                new.context.line = known.context.line
                return known == new
            }
    }

    /// The row as far as it holds before `end`; nil where it would begin later, and for a read, which
    /// is of one moment.
    private func ended<Row: NetworkRow>(_ row: Row, on end: CivilDay) -> Row? {
        if Row.table == .registerReads { return nil }
        // Whether an instant falls before or after a day's start is compared by UTC: rows of nodes
        // have no clock of their own, and a bound within that day is ended on it either way.
        let clock = TimeZoneTable(name: "UTC", fixedOffset: 0)
        let limit = clock.startOfDay(end)
        if let start = row.starts.map({ $0.instant(in: clock) }).max(), start >= limit {
            return nil
        }
        if let stop = row.ends.map({ $0.instant(in: clock) }).min(), stop <= limit { return row }
        var row = row
        row.context.to = .day(end)
        return row
    }
}
