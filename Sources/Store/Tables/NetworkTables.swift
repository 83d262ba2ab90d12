// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import GRDB
import MeterModel

/// The rows of a network, kept as people wrote them: one table per file of the network folder.
extension StoreTransaction {
    /// The network on record.
    public func networkRows() throws -> NetworkRows {
        var tables: [NetworkTable: CSVTable] = [:]
        for table in NetworkTable.allCases { tables[table] = try texts(table) }
        return try NetworkRows(tables: tables)
    }

    /// Makes `rows` the network on record; what changed stands in the change log.
    public func replaceNetwork(with rows: NetworkRows) throws {
        for table in NetworkTable.allCases {
            try db.execute(sql: "DELETE FROM \(table.sqlName)")
            let texts = rows.table(table)
            let known = table.columns + table.optionalColumns
            // Columns that no row fills are many, and need not be bound row by row.
            let filled = known.indices.filter { !texts.isBlank(column: $0) }
            let hasExtras = texts.header.count > known.count
            let names = (known.map(NetworkTable.sqlColumn) + ["extras"]).joined(separator: ", ")
            let places = known.indices.map { filled.contains($0) ? "?" : "''" }
            let insert = try db.cachedStatement(
                sql: """
                    INSERT INTO \(table.sqlName) (\(names))
                    VALUES (\(places.joined(separator: ", ")), \(hasExtras ? "?" : "'{}'"))
                    """)
            // Of this type, as GRDB binds values of one known type through key paths, at twice the
            // cost.
            var values: [(any DatabaseValueConvertible)?] = []
            for row in 0..<texts.count {
                values.removeAll(keepingCapacity: true)
                for column in filled { values.append(texts.field(row: row, column: column)) }
                if hasExtras { values.append(try extras(of: row, in: texts, after: known.count)) }
                try insert.execute(arguments: StatementArguments(values))
            }
        }
    }

    /// The further columns of a row as JSON.
    private func extras(of row: Int, in texts: CSVTable, after known: Int) throws -> String {
        var further: [String: String] = [:]
        for column in known..<texts.header.count {
            let value = texts.field(row: row, column: column)
            if !value.isEmpty { further[texts.header[column]] = value }
        }
        return try further.columnsJSON()
    }

    /// A table as the texts it holds.
    private func texts(_ table: NetworkTable) throws -> CSVTable {
        let known = table.columns + table.optionalColumns
        var names: Set<String> = []
        let objects = try String.fetchCursor(
            db, sql: "SELECT DISTINCT extras FROM \(table.sqlName) WHERE extras <> '{}'")
        while let json = try objects.next() {
            names.formUnion(try [String: String](columnsJSON: json).keys)
        }
        let extras = names.sorted()
        var texts = CSVTable(header: known + extras)
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT \(known.map(NetworkTable.sqlColumn).joined(separator: ", ")), extras
                FROM \(table.sqlName) ORDER BY 1, 2, 3
                """)
        while let row = try rows.next() {
            let further = try [String: String](columnsJSON: row[known.count])
            texts.append(known.indices.map { row[$0] as String } + extras.map { further[$0] ?? "" })
        }
        return texts
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

extension [String: String] {
    /// Columns of a row with their values, as the JSON that is kept: the same text for the same columns.
    func columnsJSON() throws -> String {
        if isEmpty { return "{}" }
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }

    /// The columns that JSON of ours keeps.
    init(columnsJSON json: String) throws {
        self =
            json == "{}"
            ? [:] : try JSONDecoder().decode([String: String].self, from: Data(json.utf8))
    }
}
