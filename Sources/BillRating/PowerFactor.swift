// SPDX-License-Identifier: Apache-2.0

import Quantities

/// The power factor (功率因数) of energies.
enum PowerFactor {
    /// The power factor `P / √(P² + Q²)` in hundredths; nil where there is none, or it is out of range.
    ///
    /// Exact: a bound `n / d` holds where `n² Q² ≤ (d² − n²) P²`, in whole numbers. Just half a hundredth
    /// never comes out: it would need two odd numbers whose squares sum to 200².
    static func hundredths(
        active: Exact, reactive: Exact, rounded mode: RoundingMode
    ) -> Int? {
        guard active >= .zero, reactive >= .zero, active > .zero || reactive > .zero else {
            return nil
        }
        guard active > .zero else { return 0 }
        let ratio = reactive / active
        let limit: Int128 = 1 << 54
        guard !ratio.isOverflow, ratio.numerator < limit, ratio.denominator < limit else {
            return nil
        }
        let squares = (
            q: ratio.numerator * ratio.numerator, p: ratio.denominator * ratio.denominator
        )
        /// Below zero where the power factor is above `n / 200`, zero where it is just that.
        func side(_ n: Int128) -> Int128 { n * n * squares.q - (40_000 - n * n) * squares.p }
        var whole = 100
        while side(2 * Int128(whole)) > 0 { whole -= 1 }
        if side(2 * Int128(whole)) == 0 { return whole }
        switch mode {
        case .down: return whole
        case .up: return whole + 1
        case .halfUp, .halfEven: return side(2 * Int128(whole) + 1) < 0 ? whole + 1 : whole
        }
    }
}
