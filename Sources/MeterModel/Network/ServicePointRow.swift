// SPDX-License-Identifier: Apache-2.0

import Quantities

/// What the energy through a service point is for.
public enum ServicePointRole: String, Hashable, Sendable, CaseIterable {
    /// It is a customer's.
    case customer
    /// It totals a transformer; never billed.
    case transformerTotal = "transformer_total"
    /// It totals a feeder; never billed.
    case feederTotal = "feeder_total"
    /// It checks another; never billed.
    case check
}

/// A row of `service_points.csv`: a service point (计量点) and where it hangs.
public struct ServicePointRow: NetworkRow {
    static let table = NetworkTable.servicePoints
    /// The id of the service point.
    public var id: String
    /// The node that feeds it.
    public var nodeID: String
    /// The IANA name of its clock.
    public var zoneName: String
    /// The most power it can carry, in kW, where it is known.
    public var capacityKilowatts: Exact?
    /// Its voltage as the utility writes it.
    public var voltage: String
    /// What it is for.
    public var role: ServicePointRole
    /// Line, span and further columns.
    public var context: RowContext

    init(_ reader: inout RowReader) {
        id = reader.deliveredID("service_point_id")
        nodeID = reader.required("node_id")
        zoneName = reader.required("timezone")
        capacityKilowatts = reader.positiveDecimal("capacity_kw")
        voltage = reader.text("voltage")
        role = reader.choice("role", standard: .customer) ?? .customer
        context = reader.context()
    }

    var fields: [(column: String, value: String)] {
        [
            ("service_point_id", id), ("node_id", nodeID), ("timezone", zoneName),
            ("capacity_kw", capacityKilowatts?.description ?? ""), ("voltage", voltage),
            ("role", role == .customer ? "" : role.rawValue),
        ]
    }
}
