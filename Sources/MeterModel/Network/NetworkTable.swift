// SPDX-License-Identifier: Apache-2.0

/// The tables of a network folder.
public enum NetworkTable: String, Hashable, Sendable, CaseIterable {
    case nodes, terminals, customers
    case servicePoints = "service_points"
    case meters, contracts
    case contractPoints = "contract_points"
    case registerReads = "register_reads"
    case opening

    /// The file of the folder, such as `service_points.csv`.
    public var fileName: String { rawValue + ".csv" }

    /// True where a folder can do without the file.
    public var isOptional: Bool {
        switch self {
        case .customers, .contracts, .contractPoints, .registerReads, .opening: true
        default: false
        }
    }

    /// The columns a file must have, in the order that we write them.
    public var columns: [String] {
        switch self {
        case .nodes: ["node_id", "parent_id", "kind", "name"]
        case .terminals: ["terminal_id", "node_id"]
        case .customers: ["customer_id", "name", "class"]
        case .servicePoints: ["service_point_id", "node_id", "timezone"]
        case .meters:
            [
                "meter_id", "service_point_id", "terminal_id", "installed", "removed", "multiplier",
                "digits", "interval_minutes",
            ]
        case .contracts:
            [
                "contract_id", "service_point_id", "customer_id", "tariff_id", "starts", "ends",
                "billing_day",
            ]
        case .contractPoints: ["contract_id", "service_point_id", "quantity", "sign", "share"]
        case .registerReads: ["meter_id", "channel", "at", "kind", "value"]
        case .opening: ["contract_id", "billed_through", "key", "value"]
        }
    }

    /// The columns with a meaning that a file may leave out; every table may have `from` and `to`.
    public var optionalColumns: [String] {
        switch self {
        case .servicePoints: ["capacity_kw", "voltage", "role", "from", "to"]
        case .meters: ["basis", "use", "from", "to"]
        case .contracts: ["cycle_months", "parameters", "from", "to"]
        default: ["from", "to"]
        }
    }
}
