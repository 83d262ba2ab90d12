// SPDX-License-Identifier: Apache-2.0

import GRDB

/// What of a bill on the list for correction is other, as far as later bills may rest on it; empty where
/// only its receiver is.
public struct CorrectedInputs: OptionSet, Hashable, Sendable {
    /// One bit for each.
    public let rawValue: Int

    /// The inputs of some bits.
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// What its lines come to.
    public static let amounts = CorrectedInputs(rawValue: 1)
    /// The demand it was billed by, and its amounts.
    public static let demand = CorrectedInputs(rawValue: 2 | 1)
    /// The energy that it billed or kept for later bills, and its demand and amounts.
    public static let energy = CorrectedInputs(rawValue: 4 | 2 | 1)

    /// What a row of the list says: its columns `energy`, `demand` and `amounts`.
    init(_ row: Row) {
        let isOther: (String) -> Bool = { row[$0] }
        self = []
        if isOther("energy") { formUnion(.energy) }
        if isOther("demand") { formUnion(.demand) }
        if isOther("amounts") { formUnion(.amounts) }
    }

    /// The same columns, in the order of the table.
    var columns: StatementArguments {
        [contains(.energy), contains(.demand), contains(.amounts)]
    }
}
