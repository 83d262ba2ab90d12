// SPDX-License-Identifier: Apache-2.0

import BillTariff
import Quantities
import Testing

@Suite struct PowerFactorTableTests {
    /// Per cent as the regulation prints them.
    @Test(arguments: [
        (90, [100: "-0.75", 95: "-0.75", 94: "-0.6", 93: "-0.45", 92: "-0.3", 91: "-0.15"]),
        (
            90,
            [
                90: "0", 89: "0.5", 88: "1", 80: "5", 70: "10", 69: "11", 65: "15", 64: "17",
                50: "45",
            ]
        ),
        (
            85,
            [100: "-1.1", 94: "-1.1", 93: "-0.95", 92: "-0.8", 91: "-0.65", 90: "-0.5", 86: "-0.1"]
        ),
        (85, [85: "0", 84: "0.5", 65: "10", 64: "11", 60: "15", 59: "17"]),
        (80, [100: "-1.3", 92: "-1.3", 91: "-1.15", 90: "-1", 81: "-0.1", 80: "0", 79: "0.5"]),
        (80, [60: "10", 59: "11", 55: "15", 54: "17"]),
    ])
    func `shares are those of the regulation`(standard: Int, shares: [Int: String]) throws {
        for (powerFactor, share) in shares {
            let expected = try #require(Exact(share)) / Exact(100)
            #expect(
                PowerFactorTable.cn1983.share(of: powerFactor, standard: standard) == expected,
                "\(powerFactor) against \(standard)")
        }
    }

    @Test func `a worse power factor never costs less, and other standards have no share`() {
        for standard in PowerFactorTable.cn1983.standards {
            let shares = (0...100).compactMap {
                PowerFactorTable.cn1983.share(of: $0, standard: standard)
            }
            #expect(shares.count == 101)
            #expect(zip(shares, shares.dropFirst()).allSatisfy { $0 >= $1 })
        }
        #expect(PowerFactorTable.cn1983.share(of: 90, standard: 95) == nil)
    }
}
