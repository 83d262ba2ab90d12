// SPDX-License-Identifier: Apache-2.0

import MeterModel

/// One channel of one id within a file: where its next row is expected, and the day being filled.
///
/// A huge file has one for each meter, so numbers are as narrow as what they count: a day has at most
/// 1440 slots.
struct LongSeries {
    /// The id, to recognise rows by.
    let id: CellPattern
    let channel: UInt64
    let entry: Int32
    /// The series whose row followed this one's last row, or -1: files repeat their order.
    var next: Int32 = -1

    // The span that the open day's last row fell into, in seconds of this day.
    private(set) var spanFrom: Int32 = 0
    private(set) var spanTo: Int32 = 0
    var meter: UInt32 = 0
    var stepSeconds: Int32 = 0
    var zone: Int32 = -1

    // The storage day that is being filled, where one is open.
    var day: Int32 = 0
    var dayStart: Int64 = 0
    /// The last label whose moment could be told, whatever became of its row, or `.min`; tells
    /// doubled hours apart.
    private(set) var lastLabel: Int64 = .min
    /// Seconds from the label before to the last one; 0 before there are two.
    private(set) var labelDistance: Int32 = 0

    // Whether the day's rows fit the meter's interval length: see `LongScanner.note`.
    /// Rows between slots.
    var finerRows: Int32 = 0
    /// The slots that came; counted anew from the first finer row on where rows fitted until then.
    var distances = SlotDistances()
    /// The first and last waiting row, or -1.
    var firstWaiting: Int32 = -1
    var lastWaiting: Int32 = -1
    /// The first row of the day before, or -1 where it is placed: its rows were too few to tell their
    /// length, which the open day may.
    var firstHeld: Int32 = -1

    // The strip in the batch, if `BatchPlaces` holds it.
    var strip = -1
    /// Where slot 0 of the day would stand in the batch's columns, as `BatchPlaces` counts.
    var base: UInt32 = 0
    var lastSlot: Int16 = 0
    /// The slots that the strip has room for.
    var firstSlot: Int16 = 0
    var endSlot: Int16 = 0
    var decimals: Int8 = 0
    /// True while rows of `day` may come.
    var isOpen = false
    /// Dense, and nothing finer came: rows are placed as they come.
    var fits = false

    /// The day that is being filled.
    var openDay: SeriesDay {
        get { SeriesDay(day: day, meter: meter, stepSeconds: stepSeconds) }
        set { (day, meter, stepSeconds) = (newValue.day, newValue.meter, newValue.stepSeconds) }
    }

    init(entry: Int32, id: CellPattern, channel: UInt64) {
        self.entry = entry
        self.id = id
        self.channel = channel
    }

    /// Takes note of the span that a row of the open day fell into.
    @inline(__always)
    mutating func note(_ span: DirectorySpan) {
        spanFrom = Int32(max(span.from, dayStart) - dayStart)
        spanTo = Int32(min(span.to, dayStart + 86_400) - dayStart)
        zone = Int32(span.zone)
    }

    /// Takes note of a label's moment.
    mutating func note(label: Int64) {
        labelDistance = lastLabel == .min ? 0 : Int32(clamping: label - lastLabel)
        lastLabel = label
    }

    /// Takes note of labels that followed each other by one step, of which this is the last.
    mutating func note(label: Int64, ofRowsInStep rows: Int, step: Int64) {
        if rows > 1 { lastLabel = label - step }
        note(label: label)
    }

    /// True for a moment so many seconds after the last label.
    func follows(_ moment: Int64, by distance: Int64) -> Bool {
        lastLabel != .min && distance > 0 && moment - lastLabel == distance
    }
}

/// A storage day of a meter, in slots of one length.
struct SeriesDay {
    var day: Int32 = 0
    var meter: UInt32 = 0
    /// 0 for no day.
    var stepSeconds: Int32 = 0

    /// True for the next or the previous day of the same meter and slots.
    func isBeside(_ other: SeriesDay) -> Bool {
        abs(day - other.day) == 1 && meter == other.meter && stepSeconds == other.stepSeconds
    }
}

/// What is remembered of the day before the open one, of the few series where it matters.
struct DayBefore {
    /// The day whose rows are held, if any are.
    var held = SeriesDay()
    /// The day, where it was refused as of a longer interval.
    var longer = SeriesDay()
}

/// A row that is read and not yet placed, because its strip may turn out too coarse.
struct WaitingRow {
    var slot: Int32
    /// The next row of the same series, or -1.
    var next: Int32 = -1
    var value: Int64
    var decimals: Int
    var quality: UInt32
    var line: Int
    /// Place and text of the time label, for a rejection.
    var byte: Int64
    var label: LabelText
    /// False where the caller asked for other lines only.
    var isWanted: Bool
}
