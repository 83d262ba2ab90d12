// SPDX-License-Identifier: Apache-2.0

/// The rows of one id as they were before an import; none where it was not known.
public struct ReplacedRows: Hashable, Sendable {
    /// The table.
    public var table: NetworkTable
    /// The id, as in `NetworkChange`.
    public var id: String
    /// The rows as columns with values.
    public var rows: [[String: String]]

    /// Rows from their parts.
    public init(table: NetworkTable, id: String, rows: [[String: String]]) {
        self.table = table
        self.id = id
        self.rows = rows
    }
}

extension NetworkRows {
    /// These rows with what later imports replaced put back.
    ///
    /// - Parameter replaced: The rows of each id as they were; every other id is as it was.
    public func restoring(_ replaced: [ReplacedRows]) throws(NetworkErrors) -> NetworkRows {
        let byTable = Dictionary(grouping: replaced, by: \.table)
        var errors = NetworkErrors()
        var rows = NetworkRows()
        rows.nodes = restore(nodes, byTable, &errors)
        rows.terminals = restore(terminals, byTable, &errors)
        rows.customers = restore(customers, byTable, &errors)
        rows.servicePoints = restore(servicePoints, byTable, &errors)
        rows.meters = restore(meters, byTable, &errors)
        rows.contracts = restore(contracts, byTable, &errors)
        rows.contractPoints = restore(contractPoints, byTable, &errors)
        rows.registerReads = restore(registerReads, byTable, &errors)
        rows.opening = restore(opening, byTable, &errors)
        guard errors.isEmpty else { throw errors }
        return rows
    }

    private func restore<Row: NetworkRow>(
        _ known: [Row], _ replaced: [NetworkTable: [ReplacedRows]], _ errors: inout NetworkErrors
    ) -> [Row] {
        guard let replaced = replaced[Row.table] else { return known }
        let ids = Set(replaced.map(\.id))
        let columns = Row.table.columns + Row.table.optionalColumns
        let old = replaced.flatMap(\.rows)
        let extras = Set(old.flatMap(\.keys)).subtracting(columns).sorted()
        var texts = CSVTable(header: columns + extras)
        for row in old { texts.append((columns + extras).map { row[$0] ?? "" }) }
        return known.filter { !ids.contains($0.id) } + NetworkRows.rows(texts, &errors)
    }
}
