// SPDX-License-Identifier: Apache-2.0

import BillRating
import Quantities
import TestSupport
import Testing

/// What tests share that bill one load twice: by a night, and by `tariff price`.
enum Twin {
    /// Numbers that repeat, from 0 up to 999.
    static func number(_ seed: Int, _ place: Int) -> Int {
        var mixed = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(place)
        for _ in 0..<3 { mixed = (mixed ^ mixed >> 29) &* 0xBF58_476D_1CE4_E5B9 }
        return Int(mixed >> 33) % 1000
    }

    /// Thousandths as a decimal.
    static func decimal(_ thousandths: Int) -> String {
        Exact(Int128(thousandths), over: 1000).description
    }

    /// Expects the lines of a bill, and no others, on the invoices of a branch.
    ///
    /// - Parameter meters: How many meters measured each interval, which all are readings of a price.
    static func expectLines(
        of bill: RatedBill, in branch: TrialBranch, meters: Int = 1
    ) throws {
        #expect(
            try branch.rows(
                "SELECT description, quantity, amount_exact, formula FROM invoice_line ORDER BY position"
            )
                == bill.lines.map {
                    [
                        $0.description, $0.quantity.documentText, $0.amountExact.documentText,
                        $0.formula.replacing(/sum over (\d+) intervals/) { match in
                            "sum over \(meters * (Int(match.1) ?? 0)) intervals"
                        },
                    ]
                })
    }
}
