// SPDX-License-Identifier: Apache-2.0

/// Who is behind a meter, which decides the shape of the day.
enum CustomerKind: String {
    case household, commerce, industry

    /// Load through the day, in parts of 100 of its average. Shape: `[hour]`.
    var hours: [Int32] {
        switch self {
        case .household:
            [
                48, 42, 38, 36, 36, 42, 70, 105, 98, 82, 78, 92,
                120, 110, 84, 78, 86, 112, 160, 205, 212, 190, 142, 84,
            ]
        case .commerce:
            [
                38, 36, 35, 35, 36, 40, 52, 80, 128, 158, 166, 168,
                160, 158, 162, 164, 160, 152, 140, 128, 110, 84, 58, 52,
            ]
        case .industry:
            [
                88, 86, 85, 84, 86, 90, 98, 108, 114, 116, 116, 110,
                98, 104, 114, 116, 114, 110, 104, 100, 98, 96, 90, 85,
            ]
        }
    }

    /// The hourly shape, drawn through the quarter hours between. Shape: `[slot]`, 96.
    var slots: [Int32] {
        let hours = hours
        return (0..<96).map { slot in
            let (from, to) = (hours[slot / 4], hours[(slot / 4 + 1) % 24])
            return (from * Int32(4 - slot % 4) + to * Int32(slot % 4)) / 4
        }
    }

    /// Sun on a roof, in parts of 100 of its average. Shape: `[slot]`, 96.
    static let sun: [Int32] = (0..<96).map { slot in
        let fromNoon = Int32(abs(slot - 50))
        return fromNoon >= 26 ? 0 : (676 - fromNoon * fromNoon) * 280 / 676
    }
}

/// What one meter measures: its size, its shape of day, and the multiplier of its transformers.
///
/// Everything follows from seed and number, so any worker can make any day of any meter.
struct CustomerLoad {
    let seed: UInt64
    /// The meter's number, from 0.
    let meter: Int
    let kind: CustomerKind
    /// Average of a quarter hour on the meter, in Wh before the multiplier: 20 to 1 200.
    let average: Int32
    /// Current times voltage transformer ratio; 1 where the meter is connected directly.
    let multiplier: Int

    init(seed: UInt64, meter: Int) {
        self.seed = seed
        self.meter = meter
        let share = draw(.kindOfCustomer, seed: seed, meter: meter) % 100
        let size = Int32(draw(.size, seed: seed, meter: meter) % 1000)
        switch share {
        case 0..<85: (kind, average, multiplier) = (.household, 30 + size * 110 / 1000, 1)
        case 85..<95: (kind, average, multiplier) = (.commerce, 150 + size * 600 / 1000, 1)
        default:
            kind = .industry
            average = 300 + size * 900 / 1000
            multiplier = [20, 40, 60, 120][Int(draw(.multiplier, seed: seed, meter: meter) % 4)]
        }
    }

    /// Fills one day of a stream.
    ///
    /// - Parameters:
    ///   - values: Wh per quarter hour. Shape: `[slot]`, 96.
    ///   - purpose: `.day` for energy drawn, `.reactive` or `.solar` for those streams.
    ///   - shape: Parts of 100 of the average. Shape: `[slot]`, 96.
    ///   - day: Days since 1970-01-01.
    func fill(
        _ values: inout MutableSpan<Int32>, at first: Int, for purpose: Draw, shape: Span<Int32>,
        day: Int
    ) {
        precondition(shape.count == 96 && first + 96 <= values.count, "a day of quarter hours")
        let today = draw(purpose, seed: seed, meter: meter, day: day)
        // The day as a whole lies between 3/4 and 5/4 of the average day.
        let level = average * Int32(192 + today >> 57)
        for part in 0..<12 {
            // 64 bits make the noise of eight slots: each between 7/8 and 9/8.
            var bits = scramble(today &+ UInt64(part))
            for slot in part * 8..<part * 8 + 8 {
                let noise = Int64(224 + bits & 63)
                bits >>= 8
                values[first + slot] = Int32(
                    truncatingIfNeeded: Int64(level) * Int64(shape[slot]) * noise
                        / (100 * 256 * 256))
            }
        }
    }
}
