// SPDX-License-Identifier: Apache-2.0

import GRDB
import MeterModel

/// What imports replaced: with it the network of any earlier moment can be had again (law 8).
extension StoreTransaction {
    /// Keeps the rows that an import replaces.
    public func keep(_ replaced: [ReplacedRows], replacedBy seq: Int) throws {
        let insert = try db.cachedStatement(
            sql: "INSERT INTO network_past VALUES (?, ?, ?, ?, ?)")
        for entry in replaced {
            var rows: [String?] = try entry.rows.map { try $0.columnsJSON() }
            if rows.isEmpty { rows = [nil] }
            for (position, row) in rows.enumerated() {
                try insert.execute(arguments: [
                    entry.table.rawValue, entry.id, seq, position, row,
                ])
            }
        }
    }

    /// The ids of a table that imports changed after a change of input.
    public func changedIDs(of table: NetworkTable, since seq: Int) throws -> [String] {
        try String.fetchAll(
            db,
            sql: "SELECT DISTINCT id FROM network_past WHERE table_name = ? AND until_seq > ?",
            arguments: [table.rawValue, seq])
    }

    /// The rows, as they were known at a change of input, of the ids that imports changed later.
    public func replacedRows(since seq: Int) throws -> [ReplacedRows] {
        var replaced: [ReplacedRows] = []
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT table_name, id, row FROM network_past p WHERE until_seq > ?1 AND until_seq =
                    (SELECT min(until_seq) FROM network_past q WHERE q.table_name = p.table_name
                    AND q.id = p.id AND q.until_seq > ?1)
                ORDER BY table_name, id, position
                """, arguments: [seq])
        while let row = try rows.next() {
            let (name, id): (String, String) = (row["table_name"], row["id"])
            guard let table = NetworkTable(rawValue: name) else {
                throw DatabaseError(message: "network_past: table '\(name)'")
            }
            if replaced.last?.table != table || replaced.last?.id != id {
                replaced.append(ReplacedRows(table: table, id: id, rows: []))
            }
            guard let json = row["row"] as String? else { continue }
            replaced[replaced.count - 1].rows.append(try [String: String](columnsJSON: json))
        }
        return replaced
    }
}
