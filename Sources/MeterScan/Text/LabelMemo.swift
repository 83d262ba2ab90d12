// SPDX-License-Identifier: Apache-2.0

/// Remembers the last label, so that the next one of the same day is read by comparing.
///
/// Labels of one file look alike: `2026-01-31T08:15:00+08:00` differs from its neighbour in the
/// bytes of hour and minute only. Everything else is compared with the last label's bytes.
struct LabelMemo {
    /// How long the label is; 0 where none is remembered.
    private(set) var length = 0
    /// The label's bytes 0 to 7 and 3 to 10: the day and the `T`.
    private var head: UInt64 = 0
    private var headEnd: UInt64 = 0
    /// The label's bytes 16 to 23 and 17 to 24, as far as it has them.
    private var tail: UInt64 = 0
    private var tailMask: UInt64 = 0
    private var tailEnd: UInt64 = 0
    private var tailEndMask: UInt64 = 0
    /// Moment of the label's midnight, with the seconds that its tail adds.
    private var midnight: Int64 = 0
    /// The zone whose clock the moment was found by, or -1 where it does not depend on the meter.
    private(set) var zone: Int32 = -1

    /// Remembers a label that was read.
    ///
    /// - Parameters:
    ///   - offset: Seconds ahead of UTC, the same all through the label's day.
    ///   - zone: The meter's zone that gave the offset, or -1.
    mutating func remember(
        _ lines: RawSpan, _ from: Int, _ to: Int, _ label: TimeLabel, offset: Int, zone: Int32
    ) {
        let count = to - from
        guard count >= 16, count <= 25, from + 25 <= lines.byteCount,
            let hour = TimeLabel.number(lines, from + 11, 2), hour < 24,
            let minute = TimeLabel.number(lines, from + 14, 2)
        else {
            length = 0
            return
        }
        length = count
        (head, headEnd) = (lines.word(from), lines.word(from + 3))
        tailMask = LabelMemo.mask(bytes: count - 16)
        tail = lines.word(from + 16) & tailMask
        tailEndMask = LabelMemo.mask(bytes: count - 17)
        tailEnd = lines.word(from + 17) & tailEndMask
        midnight = label.naive - Int64(hour * 3600 + minute * 60) - Int64(offset)
        self.zone = zone
    }

    /// The lowest bytes of a word, at most all eight.
    private static func mask(bytes: Int) -> UInt64 {
        bytes <= 0 ? 0 : ~0 >> UInt64(64 - 8 * min(bytes, 8))
    }

    /// When the label's day ends.
    var dayEnd: Int64 { midnight + 86_400 }

    /// The minute of the label's day that a moment is at, or nil where it is at none.
    @inline(__always)
    func minute(of moment: Int64) -> Int? {
        let second = moment - midnight
        guard second >= 0, second < 86_400, second % 60 == 0 else { return nil }
        return Int(second / 60)
    }

    /// The text of each minute of a day, such as `08:15`, the first byte lowest.
    static let clockTexts: [UInt64] = (0..<1440).map { minute in
        let text = [minute / 600, minute / 60 % 10, 10, minute % 60 / 10, minute % 10]
        return text.reversed().reduce(0) { $0 << 8 | UInt64(0x30 + $1) }
    }

    /// True where the label at a place is the last one but for its clock, which reads so.
    ///
    /// The caller has checked that a label is remembered and that 25 bytes are inside.
    @inline(__always)
    func matches(_ lines: RawSpan, _ from: Int, clock: UInt64) -> Bool {
        difference(lines, from) | (lines.knownWord(from &+ 11) ^ clock) & 0xFF_FFFF_FFFF == 0
    }

    /// The bits in which the label at a place differs from the last one, but for hour and minute.
    @inline(__always)
    private func difference(_ lines: RawSpan, _ from: Int) -> UInt64 {
        (lines.knownWord(from) ^ head) | (lines.knownWord(from &+ 3) ^ headEnd)
            | (lines.knownWord(from &+ 16) & tailMask ^ tail)
            | (lines.knownWord(from &+ 17) & tailEndMask ^ tailEnd)
    }

    /// The moment of the label at a place, or nil where it differs in more than hour and minute.
    ///
    /// The caller has checked that a label is remembered and that 25 bytes are inside.
    @inline(__always)
    func moment(_ lines: RawSpan, _ from: Int) -> Int64? {
        guard difference(lines, from) == 0 else { return nil }
        // Hour, colon, minute: bytes 11 to 15.
        let clock = (lines.knownWord(from &+ 11) ^ 0x30_303A_3030) & 0xFF_FFFF_FFFF
        guard clock & 0xFF_0000 == 0,
            (clock &+ 0x76_7600_7676 | clock) & 0x80_8000_8080 == 0
        else { return nil }
        let hour = (clock & 0xFF) &* 10 &+ (clock &>> 8 & 0xFF)
        let minute = (clock &>> 24 & 0xFF) &* 10 &+ (clock &>> 32 & 0xFF)
        guard hour < 24, minute < 60 else { return nil }
        return midnight &+ Int64(truncatingIfNeeded: hour &* 3600 &+ minute &* 60)
    }
}
