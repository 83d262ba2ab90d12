// SPDX-License-Identifier: Apache-2.0

/// The registers 尖 峰 平 谷 of one meter, as they stand at the end of any day.
///
/// A closed form, so that a file of day 300 needs no sum over 299 days: each register grows by a
/// fixed step a day, and stands up to half a step above that line. It therefore never falls.
struct RegisterLoad {
    /// How many time-of-use registers a meter has, beside the total.
    static let registers = 4
    /// Each register's part of the usage, of 100.
    private static let parts = [6, 38, 32, 24]

    let seed: UInt64
    let meter: Int
    /// What the meter uses on an average day, in hundredths of a kWh.
    let dailyUsage: Int

    init(_ load: CustomerLoad) {
        seed = load.seed
        meter = load.meter
        dailyUsage = Int(load.average) * 96 / 10
    }

    /// What a register shows after `days` days, in hundredths of a kWh; day 0 is the installation.
    func standing(register: Int, days: Int) -> Int {
        let step = max(2, dailyUsage * Self.parts[register] / 100)
        let opening = draw(.opening, seed: seed, meter: meter, day: register) % 2_000_000
        let above = draw(.register, seed: seed, meter: meter, day: days * 8 + register)
        return Int(opening) + step * days + (days == 0 ? 0 : Int(above % UInt64(step / 2 + 1)))
    }

    /// Total and registers after `days` days, in hundredths of a kWh; the total is their sum.
    func standings(days: Int) -> [Int] {
        let each = (0..<Self.registers).map { standing(register: $0, days: days) }
        return [each.reduce(0, +)] + each
    }
}
