// SPDX-License-Identifier: Apache-2.0

extension NetworkRows {
    /// A table as texts that `init(tables:)` reads back as the same rows, apart from their lines.
    ///
    /// - Returns: The table's columns, those it must have before those it may have; then further
    ///   columns by name.
    public func table(_ table: NetworkTable) -> CSVTable {
        switch table {
        case .nodes: NetworkRows.texts(nodes)
        case .terminals: NetworkRows.texts(terminals)
        case .customers: NetworkRows.texts(customers)
        case .servicePoints: NetworkRows.texts(servicePoints)
        case .meters: NetworkRows.texts(meters)
        case .contracts: NetworkRows.texts(contracts)
        case .contractPoints: NetworkRows.texts(contractPoints)
        case .registerReads: NetworkRows.texts(registerReads)
        case .opening: NetworkRows.texts(opening)
        }
    }

    /// Reads rows that are on record; what they refer to may be in tables that are left out.
    public init(tables: [NetworkTable: CSVTable]) throws(NetworkErrors) {
        self.init()
        var errors = NetworkErrors()
        nodes = NetworkRows.rows(tables[.nodes], &errors)
        terminals = NetworkRows.rows(tables[.terminals], &errors)
        customers = NetworkRows.rows(tables[.customers], &errors)
        servicePoints = NetworkRows.rows(tables[.servicePoints], &errors)
        meters = NetworkRows.rows(tables[.meters], &errors)
        contracts = NetworkRows.rows(tables[.contracts], &errors)
        contractPoints = NetworkRows.rows(tables[.contractPoints], &errors)
        registerReads = NetworkRows.rows(tables[.registerReads], &errors)
        opening = NetworkRows.rows(tables[.opening], &errors)
        guard errors.isEmpty else { throw errors }
    }

    /// The rows of a table whose columns are there.
    static func rows<Row: NetworkRow>(_ csv: CSVTable?, _ errors: inout NetworkErrors) -> [Row] {
        guard let csv else { return [] }
        var reader = RowReader(Row.table, csv, errors: errors)
        var rows: [Row] = []
        rows.reserveCapacity(csv.count)
        for row in 0..<csv.count {
            reader.row = row
            rows.append(Row(&reader))
        }
        errors = reader.errors
        return rows
    }

    private static func texts<Row: NetworkRow>(_ rows: [Row]) -> CSVTable {
        let known = Row.table.columns + Row.table.optionalColumns
        var names: Set<String> = []
        for row in rows where !row.context.extras.isEmpty {
            names.formUnion(row.context.extras.keys)
        }
        let extras = names.sorted()
        var csv = CSVTable(header: known + extras)
        var texts: [String] = []
        for row in rows {
            // `fields` stand in the order of the table's columns, of which `from` and `to` are last.
            texts.removeAll(keepingCapacity: true)
            for field in row.fields { texts.append(field.value) }
            texts.append(row.context.from?.description ?? "")
            texts.append(row.context.to?.description ?? "")
            for name in extras { texts.append(row.context.extras[name] ?? "") }
            csv.append(texts)
        }
        return csv
    }
}
