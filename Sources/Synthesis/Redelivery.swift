// SPDX-License-Identifier: Apache-2.0

/// A file and the one that follows it with some of its readings again.
///
/// Which of two values is current is always decided by law 2 without a conflict, and always for the
/// value of the meter; what else is delivered is a duplicate, superseded or absent.
struct Redelivery {
    /// The cells of the first file.
    var first: CellBlock
    /// The cells of the second.
    var again: CellBlock
    /// The version of each stream's rows in the first file, and in the second; higher is newer.
    var firstVersions: [Int]
    var againVersions: [Int]

    /// The part of the day that is delivered again, and the part in which it may differ.
    private static let window = 32..<64
    private static let doubtful = 40..<48

    /// What a meter goes through, by its place in the file.
    enum Story: Int {
        /// Delivered once; in NEM12, followed by an older version, which loses.
        case alone
        /// Delivered twice the same.
        case repeated
        /// Estimated first, then actual.
        case estimatedFirst
        /// In NEM12, corrected by a newer version; else partly missing first, then partly
        /// substituted, which loses against the actual value.
        case mended

        /// The story of the meter at this place, counted from 0.
        init(position: Int) {
            self = Story(rawValue: (position + 1) % 4) ?? .alone
        }
    }

    /// The two files of these current values.
    ///
    /// - Parameter positions: Each stream's meter, counted from the file's first.
    init(of current: CellBlock, positions: [Int], sending: Branch.Sending) {
        first = current
        again = current
        firstVersions = [Int](repeating: 1, count: current.streams)
        againVersions = [Int](repeating: 2, count: current.streams)
        for stream in 0..<current.streams {
            let story = Story(position: positions[stream])
            if sending == .nem12 {
                tellNem12(story, stream: stream)
            } else {
                tellLong(story, stream: stream)
            }
        }
    }

    /// Whole days are delivered again, and version times decide.
    private mutating func tellNem12(_ story: Story, stream: Int) {
        for cell in doubtfulCells(stream) {
            switch story {
            case .alone: again.values[cell] = otherValue(again.values[cell])
            case .repeated: break
            case .estimatedFirst:
                first.values[cell] = otherValue(first.values[cell])
                first.qualities[cell] = UInt8(ascii: "E")
            case .mended: first.values[cell] = otherValue(first.values[cell])
            }
        }
        if story == .alone { againVersions[stream] = 0 }
    }

    /// Some hours are delivered again, and quality decides.
    private mutating func tellLong(_ story: Story, stream: Int) {
        for slot in 0..<again.slots {
            let inWindow = Self.window.contains(slot % CellBlock.slotsPerDay)
            if story == .alone || !inWindow { again.qualities[stream * again.slots + slot] = 0 }
        }
        for cell in doubtfulCells(stream) {
            switch story {
            case .alone, .repeated: break
            case .estimatedFirst:
                first.values[cell] = otherValue(first.values[cell])
                first.qualities[cell] = UInt8(ascii: "E")
            case .mended where cell % 2 == 0:
                first.values[cell] = 0
                first.qualities[cell] = UInt8(ascii: "N")
            case .mended:
                again.values[cell] = otherValue(again.values[cell])
                again.qualities[cell] = UInt8(ascii: "S")
            }
        }
    }

    private func doubtfulCells(_ stream: Int) -> [Int] {
        (0..<first.days).flatMap { day in
            Self.doubtful.map { first.start(stream: stream, day: day) + $0 }
        }
    }

    /// A value that differs and still looks like one.
    private func otherValue(_ value: Int32) -> Int32 { value + 7 + value / 4 }
}
