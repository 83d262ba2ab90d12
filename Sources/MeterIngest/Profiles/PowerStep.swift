// SPDX-License-Identifier: Apache-2.0

/// What turns mean power into the energy of an interval, where that is a finite decimal.
///
/// A quarter-hour at 1 kW is 0.25 kWh: a factor of 25 and two more decimals. Five minutes are a
/// twelfth, which no decimal writes.
struct PowerStep: Hashable {
    /// The whole factor.
    let factor: Int64
    /// How many more digits stand after the point.
    let decimals: Int

    /// The step of this length; nil where `minutes / 60` is not a finite decimal.
    init?(minutes: Int) {
        guard minutes > 0,
            let decimals = (0...2).first(where: { minutes * PowerStep.tens[$0] % 60 == 0 })
        else { return nil }
        self.decimals = decimals
        factor = Int64(minutes * PowerStep.tens[decimals] / 60)
    }

    /// The energy of an interval at a mean power; nil where it is too large for 64 bits.
    func energy(
        of power: (value: Int64, decimals: Int)
    ) -> (value: Int64, decimals: Int)? {
        let (product, isTooLarge) = power.value.multipliedReportingOverflow(by: factor)
        return isTooLarge ? nil : (product, power.decimals + decimals)
    }

    private static let tens = [1, 10, 100]
}
