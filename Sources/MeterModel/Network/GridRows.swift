// SPDX-License-Identifier: Apache-2.0

/// What a node of the grid is.
public enum NodeKind: String, Hashable, Sendable, CaseIterable {
    case company, district, station, feeder, transformer
}

/// A row of `nodes.csv`: a node of the grid and the node that feeds it.
public struct NodeRow: NetworkRow {
    static let table = NetworkTable.nodes
    /// The id of the node.
    public var id: String
    /// The node above, or empty for the top.
    public var parentID: String
    /// What it is.
    public var kind: NodeKind
    /// Its name for people.
    public var name: String
    /// Line, span and further columns.
    public var context: RowContext

    init(_ reader: inout RowReader) {
        id = reader.required("node_id")
        parentID = reader.text("parent_id")
        kind = reader.choice("kind") ?? .company
        name = reader.text("name")
        context = reader.context()
    }

    var fields: [(column: String, value: String)] {
        [("node_id", id), ("parent_id", parentID), ("kind", kind.rawValue), ("name", name)]
    }
}

/// A row of `terminals.csv`: a terminal (采集终端) and where it stands.
public struct TerminalRow: NetworkRow {
    static let table = NetworkTable.terminals
    /// The id of the terminal.
    public var id: String
    /// The node it stands at.
    public var nodeID: String
    /// Line, span and further columns.
    public var context: RowContext

    init(_ reader: inout RowReader) {
        id = reader.required("terminal_id")
        nodeID = reader.required("node_id")
        context = reader.context()
    }

    var fields: [(column: String, value: String)] { [("terminal_id", id), ("node_id", nodeID)] }
}

/// A row of `customers.csv`: who pays.
public struct CustomerRow: NetworkRow {
    static let table = NetworkTable.customers
    /// The id of the customer.
    public var id: String
    /// The name on the invoice.
    public var name: String
    /// The customer class, as the utility names it.
    public var customerClass: String
    /// Line, span and further columns: e-mail, address, tax id.
    public var context: RowContext

    init(_ reader: inout RowReader) {
        id = reader.required("customer_id")
        name = reader.text("name")
        customerClass = reader.text("class")
        context = reader.context()
    }

    var fields: [(column: String, value: String)] {
        [("customer_id", id), ("name", name), ("class", customerClass)]
    }
}
