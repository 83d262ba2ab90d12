// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import GRDB
import MeterModel

/// The rows of a network, kept as people wrote them: one table per file of the network folder.
extension StoreTransaction {
    /// The network on record.
    public func networkRows() throws -> NetworkRows {
        let files = try NetworkTable.allCases.map { table in
            (name: table.fileName, bytes: try csv(table))
        }
        return try NetworkRows(reading: files, scope: .part)
    }

    /// Makes `rows` the network on record; what changed stands in the change log.
    public func replaceNetwork(with rows: NetworkRows) throws {
        for table in NetworkTable.allCases {
            try db.execute(sql: "DELETE FROM \(table.sqlName)")
            let csv = CSVTable(rows.csv(table))
            let known = table.columns + table.optionalColumns
            let names = known.map(NetworkTable.sqlColumn) + ["extras"]
            let insert = try db.cachedStatement(
                sql: """
                    INSERT INTO \(table.sqlName) (\(names.joined(separator: ", ")))
                    VALUES (\(names.map { _ in "?" }.joined(separator: ", ")))
                    """)
            let extras = csv.header.enumerated().filter { !known.contains($0.element) }
            for row in 0..<csv.count {
                var further: [String: String] = [:]
                for (column, name) in extras {
                    let value = csv.field(row: row, column: column)
                    if !value.isEmpty { further[name] = value }
                }
                let encoder = JSONEncoder()
                encoder.outputFormatting = .sortedKeys
                let json = String(decoding: try encoder.encode(further), as: UTF8.self)
                let values = known.indices.map { csv.field(row: row, column: $0) } + [json]
                try insert.execute(arguments: StatementArguments(values))
            }
        }
    }

    /// A table as the CSV file it came from.
    private func csv(_ table: NetworkTable) throws -> [UInt8] {
        let known = table.columns + table.optionalColumns
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT \(known.map(NetworkTable.sqlColumn).joined(separator: ", ")), extras
                FROM \(table.sqlName) ORDER BY 1, 2, 3
                """)
        let further = try rows.map { row -> [String: String] in
            let json: String = row["extras"]
            return try JSONDecoder().decode([String: String].self, from: Data(json.utf8))
        }
        let extras = Set(further.flatMap(\.keys)).sorted()
        var bytes = Array((known + extras).map(quoted).joined(separator: ",").utf8)
        for (row, more) in zip(rows, further) {
            let fields = known.indices.map { row[$0] as String } + extras.map { more[$0] ?? "" }
            bytes.append(UInt8(ascii: "\n"))
            bytes += fields.map(quoted).joined(separator: ",").utf8
        }
        bytes.append(UInt8(ascii: "\n"))
        return bytes
    }

    private func quoted(_ field: String) -> String {
        "\"" + field.replacing("\"", with: "\"\"") + "\""
    }

    /// The numbers that meters and feeders keep for life, and the meters' storage offsets.
    public func networkNumbers() throws -> NetworkNumbers {
        var numbers = NetworkNumbers()
        let meters = try Row.fetchCursor(db, sql: "SELECT * FROM meter_number ORDER BY meter_no")
        while let row = try meters.next() {
            numbers.meters.append(
                NetworkNumbers.Meter(
                    id: row["meter_id"], storageOffset: row["storage_offset_seconds"]))
        }
        numbers.feeders = try String.fetchAll(
            db, sql: "SELECT feeder_id FROM feeder_number ORDER BY feeder_no")
        return numbers
    }

    /// Keeps the numbers of meters and feeders that are new.
    public func keep(_ numbers: NetworkNumbers) throws {
        let meter = try db.cachedStatement(
            sql: "INSERT OR IGNORE INTO meter_number VALUES (?, ?, ?)")
        for (number, entry) in numbers.meters.enumerated() {
            try meter.execute(arguments: [number, entry.id, entry.storageOffset])
        }
        let feeder = try db.cachedStatement(
            sql: "INSERT OR IGNORE INTO feeder_number VALUES (?, ?)")
        for (number, id) in numbers.feeders.enumerated() {
            try feeder.execute(arguments: [number, id])
        }
    }
}

extension NetworkTable {
    /// The table of the database that keeps the file's rows.
    var sqlName: String {
        switch self {
        case .nodes: "node"
        case .terminals: "terminal"
        case .customers: "customer"
        case .servicePoints: "service_point"
        case .meters: "meter"
        case .contracts: "contract"
        case .contractPoints: "contract_point"
        case .registerReads: "register_read"
        case .opening: "opening"
        }
    }

    /// `from` and `to` are words of SQL.
    static func sqlColumn(_ column: String) -> String {
        column == "from" || column == "to" ? "valid_\(column)" : column
    }
}
