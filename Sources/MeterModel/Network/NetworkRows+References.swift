// SPDX-License-Identifier: Apache-2.0

extension NetworkRows {
    /// Checks that what rows refer to is there at all; `Network` checks that it is there in time.
    ///
    /// - Parameter unread: Tables that could not be read in full: what refers to them is not held
    ///   against the row.
    func checkReferences(_ errors: inout NetworkErrors, except unread: Set<NetworkTable> = []) {
        var check = ReferenceCheck(unread: unread, errors: errors)
        check.enter(.nodes, nodes.lazy.map(\.id))
        check.enter(.terminals, terminals.lazy.map(\.id))
        check.enter(.servicePoints, servicePoints.lazy.map(\.id))
        // Few rows, or none, refer to these long tables.
        if !contracts.isEmpty { check.enter(.customers, customers.lazy.map(\.id)) }
        if !registerReads.isEmpty { check.enter(.meters, meters.lazy.map(\.id)) }
        if !contractPoints.isEmpty || !opening.isEmpty {
            check.enter(.contracts, contracts.lazy.map(\.id))
        }
        for row in nodes { check.reference(row, "parent_id", row.parentID, .nodes) }
        for row in terminals { check.reference(row, "node_id", row.nodeID, .nodes) }
        for row in servicePoints { check.reference(row, "node_id", row.nodeID, .nodes) }
        for row in meters {
            check.reference(row, "service_point_id", row.servicePointID, .servicePoints)
            check.reference(row, "terminal_id", row.terminalID, .terminals)
        }
        for row in contracts {
            check.reference(row, "service_point_id", row.servicePointID, .servicePoints)
            check.reference(row, "customer_id", row.customerID, .customers)
        }
        for row in contractPoints {
            check.reference(row, "contract_id", row.id, .contracts)
            check.reference(row, "service_point_id", row.servicePointID, .servicePoints)
        }
        for row in registerReads { check.reference(row, "meter_id", row.meterID, .meters) }
        for row in opening { check.reference(row, "contract_id", row.id, .contracts) }
        errors = check.errors
    }
}

/// Looks ids up in the tables that they refer to.
private struct ReferenceCheck {
    let unread: Set<NetworkTable>
    var errors: NetworkErrors
    private var ids: [NetworkTable: Set<String>] = [:]

    init(unread: Set<NetworkTable>, errors: NetworkErrors) {
        self.unread = unread
        self.errors = errors
    }

    mutating func enter(_ table: NetworkTable, _ tableIDs: some Sequence<String>) {
        ids[table] = Set(tableIDs)
    }

    /// Notes an id that is not in its table; an empty field refers to nothing, or was refused
    /// before.
    mutating func reference(
        _ row: some NetworkRow, _ column: String, _ id: String, _ table: NetworkTable
    ) {
        if id.isEmpty || unread.contains(table) || ids[table]?.contains(id) == true { return }
        let code: NetworkError.Code =
            switch table {
            case .nodes: .unknownNode
            case .terminals: .unknownTerminal
            case .customers: .unknownCustomer
            case .servicePoints: .unknownServicePoint
            case .meters, .registerReads: .unknownMeter
            case .contracts, .contractPoints, .opening: .unknownContract
            }
        errors.append(
            code, row, found: "\(column) '\(id)' is not in \(table.fileName)",
            mend: "add it there, or correct the id")
    }
}
