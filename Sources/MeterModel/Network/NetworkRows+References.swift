// SPDX-License-Identifier: Apache-2.0

extension NetworkRows {
    /// Checks that what rows refer to is there at all; `Network` checks that it is there in time.
    func checkReferences(_ errors: inout NetworkErrors) {
        let nodeIDs = Set(nodes.map(\.id))
        let terminalIDs = Set(terminals.map(\.id))
        let servicePointIDs = Set(servicePoints.map(\.id))
        let contractIDs = Set(contracts.map(\.id))
        for row in nodes where !row.parentID.isEmpty && !nodeIDs.contains(row.parentID) {
            unknown(.unknownNode, row, "parent_id", row.parentID, &errors)
        }
        for row in terminals where !nodeIDs.contains(row.nodeID) {
            unknown(.unknownNode, row, "node_id", row.nodeID, &errors)
        }
        for row in servicePoints where !nodeIDs.contains(row.nodeID) {
            unknown(.unknownNode, row, "node_id", row.nodeID, &errors)
        }
        for row in meters {
            if !servicePointIDs.contains(row.servicePointID) {
                unknownServicePoint(row, row.servicePointID, &errors)
            }
            if !row.terminalID.isEmpty, !terminalIDs.contains(row.terminalID) {
                unknown(.unknownTerminal, row, "terminal_id", row.terminalID, &errors)
            }
        }
        checkContractReferences(servicePointIDs, contractIDs, &errors)
        let meterIDs = Set(meters.map(\.id))
        for row in registerReads where !meterIDs.contains(row.meterID) {
            unknown(.unknownMeter, row, "meter_id", row.meterID, &errors)
        }
    }

    private func checkContractReferences(
        _ servicePointIDs: Set<String>, _ contractIDs: Set<String>, _ errors: inout NetworkErrors
    ) {
        let customerIDs = Set(customers.map(\.id))
        for row in contracts {
            if !servicePointIDs.contains(row.servicePointID) {
                unknownServicePoint(row, row.servicePointID, &errors)
            }
            if !customerIDs.contains(row.customerID) {
                unknown(.unknownCustomer, row, "customer_id", row.customerID, &errors)
            }
        }
        for row in contractPoints {
            if !contractIDs.contains(row.id) {
                unknown(.unknownContract, row, "contract_id", row.id, &errors)
            }
            if !servicePointIDs.contains(row.servicePointID) {
                unknownServicePoint(row, row.servicePointID, &errors)
            }
        }
        for row in opening where !contractIDs.contains(row.id) {
            unknown(.unknownContract, row, "contract_id", row.id, &errors)
        }
    }

    private func unknownServicePoint(
        _ row: some NetworkRow, _ id: String, _ errors: inout NetworkErrors
    ) {
        unknown(.unknownServicePoint, row, "service_point_id", id, &errors)
    }

    private func unknown(
        _ code: NetworkError.Code, _ row: some NetworkRow, _ column: String, _ id: String,
        _ errors: inout NetworkErrors
    ) {
        // An empty field was already refused as such.
        if id.isEmpty { return }
        let table: NetworkTable =
            switch code {
            case .unknownNode: .nodes
            case .unknownTerminal: .terminals
            case .unknownCustomer: .customers
            case .unknownServicePoint: .servicePoints
            case .unknownMeter: .meters
            default: .contracts
            }
        errors.append(
            code, row, found: "\(column) '\(id)' is not in \(table.fileName)",
            mend: "add it there, or correct the id")
    }
}
