// SPDX-License-Identifier: Apache-2.0

import MeterModel

/// The shape of a file with one interval value per row.
public struct LongLayout: Hashable, Sendable {
    /// Which cell of a row is what, from 0.
    public struct Columns: Hashable, Sendable {
        /// How many cells every row has.
        public var count: Int
        /// The sender's id of the meter or service point.
        public var meter: Int
        /// The time label.
        public var time: Int
        /// The value.
        public var value: Int
        /// The quality letter, or nil where the file has none.
        public var quality: Int?
        /// The OBIS quantity, or nil where the file has none.
        public var channel: Int?

        /// Columns by position.
        public init(
            count: Int, meter: Int, time: Int, value: Int, quality: Int? = nil, channel: Int? = nil
        ) {
            let all = [meter, time, value, quality ?? 0, channel ?? 0]
            precondition(all.allSatisfy { (0..<count).contains($0) }, "columns are in the row")
            self.count = count
            self.meter = meter
            self.time = time
            self.value = value
            self.quality = quality
            self.channel = channel
        }
    }

    /// Which cell is what.
    public var columns: Columns
    /// The byte between cells.
    public var separator: UInt8 = UInt8(ascii: ",")
    /// The header line without its line ending; lines equal to it are passed over. May be empty.
    public var header: [UInt8] = []
    /// True where labels name the end of an interval, false for the start.
    public var labelsEnd = false
    /// The clock of labels without offset.
    public var clock: LabelClock
    /// The unit of the values.
    public var unit: MeasuredUnit
    /// The channel of rows that name none.
    public var channel = Channel(.activeImport, .interval)
    /// What quality letters mean.
    public var qualities = QualityLetters.standard
    /// Intervals that end after this moment are refused, in seconds since 1970-01-01T00:00:00Z.
    public var latestEnd: Int64 = .max

    /// A layout with commas, start labels, import energy and the usual quality letters.
    public init(columns: Columns, clock: LabelClock, unit: MeasuredUnit) {
        self.columns = columns
        self.clock = clock
        self.unit = unit
    }
}
