// SPDX-License-Identifier: Apache-2.0

import Quantities

/// A row of `contracts.csv`: who pays for a service point, and by which terms.
public struct ContractRow: NetworkRow {
    static let table = NetworkTable.contracts
    /// The id of the contract.
    public var id: String
    /// The service point it pays for.
    public var servicePointID: String
    /// Who pays.
    public var customerID: String
    /// The tariff that prices it.
    public var tariffID: String
    /// When the contract, or these terms of it, begin.
    public var startMoment: NetworkMoment
    /// When they end; nil is open.
    public var endMoment: NetworkMoment?
    /// The day of the month on whose midnight periods end, 1 to 31; clamped to the month.
    public var billingDay: Int
    /// How many months a period has.
    public var cycleMonths: Int
    /// What the tariff needs to know, such as `contract_kw`.
    public var parameters: [String: String]
    /// Line, span and further columns.
    public var context: RowContext

    init(_ reader: inout RowReader) {
        id = reader.required("contract_id")
        servicePointID = reader.required("service_point_id")
        customerID = reader.required("customer_id")
        tariffID = reader.required("tariff_id")
        startMoment = reader.requiredMoment("starts")
        endMoment = reader.moment("ends")
        billingDay =
            reader.required("billing_day").isEmpty
            ? 1 : reader.number("billing_day", 1...31) ?? 1
        cycleMonths = reader.number("cycle_months", 1...120) ?? 1
        parameters = reader.parameters("parameters")
        context = reader.context()
    }

    var starts: [NetworkMoment] { [context.from, startMoment].compactMap(\.self) }
    var ends: [NetworkMoment] { [context.to, endMoment].compactMap(\.self) }

    var fields: [(column: String, value: String)] {
        [
            ("contract_id", id), ("service_point_id", servicePointID), ("customer_id", customerID),
            ("tariff_id", tariffID), ("starts", startMoment.description),
            ("ends", endMoment?.description ?? ""), ("billing_day", String(billingDay)),
            ("cycle_months", cycleMonths == 1 ? "" : String(cycleMonths)),
            ("parameters", ContractRow.text(parameters)),
        ]
    }

    /// Parameters as the folder writes them, sorted by key.
    static func text(_ parameters: [String: String]) -> String {
        parameters.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            .joined(separator: ";")
    }
}

extension RowReader {
    /// What a field of the form `contract_kw=1250;persons=5` says.
    mutating func parameters(_ column: String) -> [String: String] {
        var parameters: [String: String] = [:]
        for pair in text(column).split(separator: ";") {
            guard let equals = pair.firstIndex(of: "="), equals != pair.startIndex else {
                refuse(
                    .badParameters, "\(column) has '\(pair)'",
                    mend: "write key=value, with ; between pairs")
                continue
            }
            let key = String(pair[..<equals])
            if parameters.updateValue(String(pair[pair.index(after: equals)...]), forKey: key)
                != nil
            {
                refuse(
                    .badParameters, "\(column) names '\(key)' twice", mend: "keep one of the two")
            }
        }
        return parameters
    }
}
