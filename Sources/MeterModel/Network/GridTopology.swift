// SPDX-License-Identifier: Apache-2.0

import Quantities

/// Which feeder is above which node, and when.
struct GridTopology {
    /// A span in which one feeder is above a node, or is that node.
    struct FeederSpan: Hashable {
        var span: Range<Instant>
        /// Index of the feeder among the nodes.
        var feeder: Int
    }

    /// The nodes by id.
    let nodes: RowGroups
    private let rows: [NodeRow]
    /// What `feederSpans` found before, by zone and node.
    private var found: [String: [Int: [FeederSpan]]] = [:]

    init(_ rows: [NodeRow]) {
        self.rows = rows
        nodes = RowGroups(rows.map(\.id))
    }

    /// When which feeder is above a node, where the dates of its path are days of `zone`.
    ///
    /// - Returns: Spans in order of time; where there is none, no feeder is above.
    mutating func feederSpans(_ node: Int, in zone: TimeZoneTable) -> [FeederSpan] {
        if let spans = found[zone.name]?[node] { return spans }
        var spans: [FeederSpan] = []
        climb(node, .distantPast ..< .distantFuture, zone, path: [node]) { spans.append($0) }
        spans.sort { $0.span.lowerBound < $1.span.lowerBound }
        var joined: [FeederSpan] = []
        for next in spans {
            if let last = joined.last, last.feeder == next.feeder,
                last.span.upperBound == next.span.lowerBound
            {
                joined[joined.count - 1].span = last.span.lowerBound..<next.span.upperBound
            } else {
                joined.append(next)
            }
        }
        found[zone.name, default: [:]][node] = joined
        return joined
    }

    /// Rows whose parent is, at some time, below them; one row per circle.
    func cycles() -> [NodeRow] {
        let clock = TimeZoneTable(name: "UTC", fixedOffset: 0)
        var seen: Set<Int> = []
        var closing: [NodeRow] = []
        for node in nodes.ids.indices where !seen.contains(node) {
            climb(node, .distantPast ..< .distantFuture, clock, path: [node], throughFeeders: true)
            {
                _ in
            } onCycle: { row, path in
                if seen.isDisjoint(with: path) { closing.append(row) }
                seen.formUnion(path)
            }
        }
        return closing
    }

    /// Follows the parents of a node as far as the nearest feeder.
    private func climb(
        _ node: Int, _ within: Range<Instant>, _ zone: TimeZoneTable, path: [Int],
        throughFeeders: Bool = false, onFeeder: (FeederSpan) -> Void,
        onCycle: (NodeRow, [Int]) -> Void = { _, _ in }
    ) {
        for index in nodes[node] {
            let row = rows[Int(index)]
            guard let held = row.span(in: zone)?.clamped(to: within), !held.isEmpty else {
                continue
            }
            if row.kind == .feeder, !throughFeeders {
                onFeeder(FeederSpan(span: held, feeder: node))
            } else if let parent = nodes.index[row.parentID] {
                if let start = path.firstIndex(of: parent) {
                    onCycle(row, Array(path[start...]))
                } else {
                    climb(
                        parent, held, zone, path: path + [parent], throughFeeders: throughFeeders,
                        onFeeder: onFeeder, onCycle: onCycle)
                }
            }
        }
    }
}
