// SPDX-License-Identifier: Apache-2.0

import BillTariff
import Quantities

/// What the trace of a priced load's lines is made of.
public struct PricedLoadTrace: Sendable {
    /// How the tariff rounds money.
    let rounding: MoneyRounding
    /// The tariff's file, as the caller named it.
    let file: String
    /// The clauses of its charges, by their ids.
    let clauses: [String: TariffClause]

    /// A trace from its parts.
    public init(rounding: MoneyRounding, file: String, clauses: [String: TariffClause]) {
        self.rounding = rounding
        self.file = file
        self.clauses = clauses
    }

    /// How a line comes about: formula, rounding, and the place of its clause.
    public func steps(of line: ChargeLine, in currency: Currency) -> [String] {
        let place = clauses[line.chargeID].map { "\(file):\($0.line)" } ?? file
        return [
            line.formula, rounding.trace(of: line.amountExact, to: line.amount, in: currency),
            place,
        ]
    }
}
