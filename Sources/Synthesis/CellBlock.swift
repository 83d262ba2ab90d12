// SPDX-License-Identifier: Apache-2.0

/// The interval readings of one file: a row of slots for each stream.
struct CellBlock {
    /// Quarter hours of a day.
    static let slotsPerDay = 96

    let streams: Int
    let days: Int
    /// Wh. Shape: `[stream × slot]`, slots of all days in a row.
    var values: [Int32]
    /// Letters in ASCII; 0 where the file has no such cell. Shape: `[stream × slot]`.
    var qualities: [UInt8]

    /// Slots of one stream.
    var slots: Int { days * Self.slotsPerDay }

    /// A block of zero values, all actual.
    init(streams: Int, days: Int) {
        self.streams = streams
        self.days = days
        let cells = streams * days * Self.slotsPerDay
        values = [Int32](repeating: 0, count: cells)
        qualities = [UInt8](repeating: UInt8(ascii: "A"), count: cells)
    }

    /// Where a day of a stream begins in the columns.
    func start(stream: Int, day: Int) -> Int { stream * slots + day * Self.slotsPerDay }

    /// The sum of a stream, in Wh.
    func sum(stream: Int) -> Int64 {
        values[stream * slots..<(stream + 1) * slots].reduce(0) { $0 + Int64($1) }
    }
}

/// One stream of one meter in a terminal's files.
struct MeterStream {
    /// The meter's number, from 0.
    let meter: Int
    /// Its place among the meter's streams: 0, or 1 for a second one.
    let place: Int
    /// What its values are drawn for.
    let purpose: Draw
    /// The NEM12 suffix, which names the register: `E1`, `Q1` or `B1`.
    let suffix: String

    /// The most streams that a meter has.
    static let perMeter = 2

    /// The interval streams of a meter: one in China; in NEM12 two thirds have one, a sixth
    /// reactive energy and a sixth solar export besides.
    static func all(of meter: Int, sending: Branch.Sending) -> [MeterStream] {
        let main = MeterStream(meter: meter, place: 0, purpose: .day, suffix: "E1")
        switch (sending, meter % 6) {
        case (.registerDaily, _): return []
        case (.nem12, 4):
            return [main, MeterStream(meter: meter, place: 1, purpose: .reactive, suffix: "Q1")]
        case (.nem12, 5):
            return [main, MeterStream(meter: meter, place: 1, purpose: .solar, suffix: "B1")]
        default: return [main]
        }
    }
}
