// SPDX-License-Identifier: Apache-2.0

import Quantities
import Testing

@testable import BillRating

@Suite struct PowerFactorTests {
    @Test(arguments: [
        // 3-4-5: 0.8 and 0.6 just
        ("4", "3", 80), ("3", "4", 60), ("0.004", "0.003", 80), ("7", "24", 28), ("24", "7", 96),
        ("1", "0", 100), ("0", "1", 0), ("1000000000000.001", "0.001", 100),
    ])
    func `whole hundredths stay what they are, however they are rounded`(
        active: String, reactive: String, hundredths: Int
    ) throws {
        let (p, q) = (try #require(Exact(active)), try #require(Exact(reactive)))
        for mode in [RoundingMode.down, .halfUp, .halfEven, .up]
        where active.count < 10 || mode == .halfUp {
            #expect(PowerFactor.hundredths(active: p, reactive: q, rounded: mode) == hundredths)
        }
    }

    @Test(arguments: [
        // √(1 − 0.885²) = 0.46559102…
        ("0.885", "0.465591", 89, 89), ("0.885", "0.465592", 88, 89),
    ])
    func `half a hundredth is told exactly`(
        active: String, reactive: String, near: Int, up: Int
    ) throws {
        let (p, q) = (try #require(Exact(active)), try #require(Exact(reactive)))
        for mode in [RoundingMode.halfUp, .halfEven] {
            #expect(PowerFactor.hundredths(active: p, reactive: q, rounded: mode) == near)
        }
        #expect(PowerFactor.hundredths(active: p, reactive: q, rounded: .up) == up)
        #expect(PowerFactor.hundredths(active: p, reactive: q, rounded: .down) == 88)
    }

    @Test func `random energies agree with the square root`() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            let p = Int.random(in: 1...999_999, using: &generator)
            let q = Int.random(in: 0...999_999, using: &generator)
            let cos = Double(p) / (Double(p) * Double(p) + Double(q) * Double(q)).squareRoot()
            let fraction = cos * 100 - (cos * 100).rounded(.down)
            // Too near to a bound to be told with floating point.
            guard abs(fraction - 0.5) > 1e-6, fraction > 1e-6, fraction < 1 - 1e-6 else { continue }
            let found = RoundingMode.allCases.map {
                PowerFactor.hundredths(active: Exact(p), reactive: Exact(q), rounded: $0)
            }
            let down = Int(cos * 100)
            let near = Int((cos * 100).rounded())
            let expected = RoundingMode.allCases.map { mode in
                mode == .down ? down : mode == .up ? down + 1 : near
            }
            #expect(found == expected, "\(p) kWh, \(q) kvarh")
        }
    }

    @Test func `energies below zero, or of no size, have none`() {
        #expect(PowerFactor.hundredths(active: .zero, reactive: .zero, rounded: .halfUp) == nil)
        #expect(PowerFactor.hundredths(active: Exact(-1), reactive: .one, rounded: .halfUp) == nil)
        #expect(PowerFactor.hundredths(active: .one, reactive: Exact(-1), rounded: .halfUp) == nil)
    }
}
