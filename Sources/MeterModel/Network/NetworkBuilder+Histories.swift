// SPDX-License-Identifier: Apache-2.0

import Quantities

extension NetworkBuilder {
    /// Checks that each id has one row at a time, and that no node is above itself.
    mutating func checkHistories() {
        let utc = TimeZoneTable(name: "UTC", fixedOffset: 0)
        let zones = network.zones
        checkHistory(rows.nodes) { _, _ in utc }
        for row in topology.cycles() {
            errors.append(
                .nodeCycle, row,
                found: "parent_id '\(row.parentID)' is below '\(row.id)' at the same time",
                mend: "correct one of the parents")
        }
        checkHistory(rows.terminals) { _, _ in utc }
        checkHistory(rows.customers) { _, _ in utc }
        checkHistory(rows.servicePoints) { builder, row in zones[builder.zoneIndex(row.zoneName)] }
        checkHistory(rows.meters) { builder, row in
            builder.zone(ofServicePoint: row.servicePointID)
        }
        checkHistory(rows.contracts) { builder, row in
            builder.zone(ofServicePoint: row.servicePointID)
        }
        checkHistory(rows.contractPoints) { builder, row in
            builder.zone(ofServicePoint: row.servicePointID)
        }
        checkPointsCountOnce()
        checkHistory(rows.registerReads) { _, _ in utc }
        checkHistory(rows.opening) { _, _ in utc }
    }

    private mutating func checkHistory<Row: NetworkRow>(
        _ rows: [Row], zone: (NetworkBuilder, Row) -> TimeZoneTable
    ) {
        for row in rows where row.span(in: zone(self, row)) == nil {
            errors.append(
                .emptySpan, row, found: "'\(row.id)' ends before it begins",
                mend: "correct its dates")
        }
        // Most ids have one row, which cannot overlap; only the others are grouped. Rows on record
        // are sorted, which shows it at once.
        if zip(rows, rows.dropFirst()).allSatisfy({ $0.historyKey < $1.historyKey }) { return }
        var seen: Set<String> = []
        seen.reserveCapacity(rows.count)
        var several: Set<String> = []
        for row in rows where !seen.insert(row.historyKey).inserted {
            several.insert(row.historyKey)
        }
        let rows = rows.filter { several.contains($0.historyKey) }
        let groups = RowGroups(rows.map(\.historyKey))
        for index in groups.ids.indices {
            let spans = groups[index].compactMap { item in
                let row = rows[Int(item)]
                return row.span(in: zone(self, row)).map { (row: row, span: $0) }
            }
            let sorted = spans.sorted { $0.span.lowerBound < $1.span.lowerBound }
            for (earlier, later) in zip(sorted, sorted.dropFirst()) {
                if earlier.span == later.span {
                    errors.append(
                        .duplicateID, later.row,
                        found: "'\(later.row.id)' repeats \(place(earlier.row))",
                        mend: "remove one, or give each its from and to")
                } else if earlier.span.overlaps(later.span) {
                    errors.append(
                        .overlappingSpans, later.row,
                        found: "'\(later.row.id)' overlaps \(place(earlier.row))",
                        mend: "let one begin where the other ends")
                }
            }
        }
    }

    /// A row of a contract's point for every quantity leaves none for a row of one quantity.
    private mutating func checkPointsCountOnce() {
        let whole = Dictionary(
            grouping: rows.contractPoints.filter { $0.quantity == nil }
        ) { $0.historyKey }
        for row in rows.contractPoints {
            guard let quantity = row.quantity else { continue }
            let zone = zone(ofServicePoint: row.servicePointID)
            var key = row
            key.quantity = nil
            let earlier = whole[key.historyKey]?.first { other in
                guard let span = row.span(in: zone) else { return false }
                return other.span(in: zone)?.overlaps(span) ?? false
            }
            if let earlier {
                errors.append(
                    .overlappingSpans, row,
                    found: "\(quantity) of \(row.servicePointID) counts twice for '\(row.id)': "
                        + "\(place(earlier)) counts every quantity",
                    mend: "remove one, or name a quantity in each")
            }
        }
    }
}
