// SPDX-License-Identifier: Apache-2.0

import MeterModel
import MeterValidate
import Quantities

/// What a register counted over a billing span.
public struct CountedRegister: Hashable, Sendable {
    /// The register.
    public var obis: ObisCode
    /// Base units, after multiplier.
    public var amount: Exact
    /// How many of the readings that it begins and ends with are estimates.
    public var estimatedValues: Int

    /// What a register counted across meter exchanges.
    public init(_ obis: ObisCode, _ usage: RegisterUsage) {
        self.obis = obis
        amount = usage.amount
        estimatedValues = usage.estimatedValues
    }

    /// What a register counted from one reading to another.
    public init(
        _ obis: ObisCode, amount: Exact, ends first: RegisterReading, _ last: RegisterReading
    ) {
        self.obis = obis
        self.amount = amount
        estimatedValues = (first.isEstimated ? 1 : 0) + (last.isEstimated ? 1 : 0)
    }
}

extension RegisterReading {
    /// True for an estimate, the sender's or ours.
    var isEstimated: Bool { quality.qualityClass == .estimated }
}
