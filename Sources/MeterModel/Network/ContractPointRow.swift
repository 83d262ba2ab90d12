// SPDX-License-Identifier: Apache-2.0

import Quantities

/// A row of `contract_points.csv`: a further service point that counts for a contract (总分表).
public struct ContractPointRow: NetworkRow {
    static let table = NetworkTable.contractPoints
    /// The contract.
    public var id: String
    /// The service point whose energy counts for it.
    public var servicePointID: String
    /// The quantity that counts; nil is every quantity.
    public var quantity: ObisCode?
    /// 1 where the energy is added, −1 where a child's energy is deducted.
    public var sign: Int
    /// The part of the energy that counts, above 0 and at most 1.
    public var share: Exact
    /// Line, span and further columns.
    public var context: RowContext

    init(_ reader: inout RowReader) {
        id = reader.required("contract_id")
        servicePointID = reader.required("service_point_id")
        quantity = reader.quantity("quantity")
        switch reader.text("sign") {
        case "", "1", "+1": sign = 1
        case "-1", "−1": sign = -1
        case let other:
            sign = 1
            reader.refuse(
                .badNumber, "sign '\(other)' is not known", mend: "use 1 to add, -1 to deduct")
        }
        share = reader.positiveDecimal("share") ?? .one
        if share > .one {
            reader.refuse(
                .badNumber, "share '\(share)' is more than all", mend: "write 0.5 for a half")
        }
        context = reader.context()
    }

    var historyKey: String {
        "\(id)\u{0}\(servicePointID)\u{0}\(quantity?.description ?? "")"
    }

    var fields: [(column: String, value: String)] {
        [
            ("contract_id", id), ("service_point_id", servicePointID),
            ("quantity", quantity?.description ?? ""), ("sign", String(sign)),
            ("share", share.description),
        ]
    }
}

extension RowReader {
    /// A quantity by its OBIS code or by the name that tariffs use; nil where the field is empty.
    mutating func quantity(_ column: String) -> ObisCode? {
        let value = text(column)
        switch value {
        case "": return nil
        case "import.kwh": return .activeImport
        case "export.kwh": return .activeExport
        case "reactive_import.kvarh": return .reactiveImport
        case "reactive_export.kvarh": return .reactiveExport
        default: break
        }
        let totals: [ObisCode] = [.activeImport, .activeExport, .reactiveImport, .reactiveExport]
        if let obis = ObisCode(value), totals.contains(obis) { return obis }
        refuse(
            .badChannel, "\(column) '\(value)' is not a quantity",
            mend: "write 1.8.0, 2.8.0, 3.8.0 or 4.8.0, or a name such as import.kwh")
        return nil
    }
}
