// SPDX-License-Identifier: Apache-2.0

import Quantities
import Testing

@Suite struct SquareRootTests {
    @Test(arguments: [
        // the root of 2 is 1.41421…, that of 3 is 1.73205…
        ("2", "0.001", RoundingMode.halfUp, "1.414"), ("2", "0.001", .up, "1.415"),
        ("3", "0.001", .down, "1.732"), ("3", "0.01", .halfEven, "1.73"), ("3", "1", .halfUp, "2"),
        // 1.5² and 2.5² are 2.25 and 6.25: roots in the very middle
        ("2.25", "1", .halfUp, "2"), ("2.25", "1", .halfEven, "2"), ("6.25", "1", .halfEven, "2"),
        ("6.25", "1", .halfUp, "3"), ("6.25", "1", .down, "2"), ("6.25", "0.5", .up, "2.5"),
        ("250000", "1", .up, "500"), ("0", "0.01", .up, "0"), ("1/9", "0.1", .halfUp, "0.3"),
    ])
    func `a root is rounded once`(number: String, step: String, mode: RoundingMode, root: String)
        throws
    {
        let (number, step) = (try #require(Exact(number)), try #require(Exact(step)))
        #expect(number.squareRoot(to: step, mode).description == root)
    }

    @Test func `squares of whole numbers have their roots, and those beside them none`() {
        for root in [3, 10, 4_294_967_296, 1_000_000_000_000_000_000] as [Int128] {
            let square = root * root
            #expect(Exact(square).squareRoot(to: .one, .up) == Exact(root))
            #expect(Exact(square + 1).squareRoot(to: .one, .up) == Exact(root + 1))
            #expect(Exact(square - 1).squareRoot(to: .one, .down) == Exact(root - 1))
        }
    }
}
