// SPDX-License-Identifier: Apache-2.0

import MeterUsage
import MeterValidate
import Quantities
import Testing

@Suite struct KindComparisonTests {
    @Test(arguments: [
        // intervals kWh, register kWh, exponent, multiplier, agree
        // Two hundredths × 40 is 0.8 kWh; a thousandth of 400 is 0.4.
        ("400.8", "400", -2, "40", true),
        ("400.81", "400", -2, "40", false),
        ("399.2", "400", -2, "40", true),
        ("399.19", "400", -2, "40", false),
        // A thousandth of 5400 is 5.4 kWh.
        ("5405.4", "5400", -2, "40", true),
        ("5405.401", "5400", -2, "40", false),
        // A register that counts down, such as a netted one.
        ("-5405.4", "-5400", -2, "40", true),
        ("0", "0", -2, "1", true),
        ("0.021", "0", -2, "1", false),
    ])
    func `intervals and register agree within two digits or a thousandth`(
        intervals: String, register: String, exponent: Int, multiplier: String, agree: Bool
    ) throws {
        let comparison = KindComparison(
            span: 0..<86_400, intervalSum: try #require(Exact(intervals)),
            registerAdvance: try #require(Exact(register)), registerExponent: exponent,
            multiplier: try #require(Exact(multiplier)))
        #expect((comparison.finding == nil) == agree)
        if let finding = comparison.finding {
            #expect(finding.rule == .kindsDisagree)
            #expect(finding.severity == .warn)
            #expect(
                finding.detail
                    == "intervals sum to \(intervals), the register advanced by \(register)")
        }
    }
}
