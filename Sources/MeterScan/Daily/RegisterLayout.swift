// SPDX-License-Identifier: Apache-2.0

import MeterModel

/// The shape of a file with the registers of one meter and day per row (日冻结).
public struct RegisterLayout: Hashable, Sendable {
    /// One register of the row.
    public struct Column: Hashable, Sendable {
        /// The cell, from 0.
        public var position: Int
        /// What it shows; a channel of kind register.
        public var channel: Channel
        /// The unit of the register.
        public var unit: MeasuredUnit

        /// A register by position.
        public init(position: Int, channel: Channel, unit: MeasuredUnit = .kilowattHours) {
            self.position = position
            self.channel = channel
            self.unit = unit
        }
    }

    /// How many cells every row has.
    public var columnCount: Int
    /// The cell with the sender's id of the meter or service point.
    public var meter: Int
    /// The cell with the date, `2026-01-31` or `20260131`.
    public var date: Int
    /// The cell with the quality of the whole row, or nil where the file has none.
    public var quality: Int?
    /// The registers.
    public var registers: [Column]
    /// The byte between cells.
    public var separator: UInt8 = UInt8(ascii: ",")
    /// The header line without its line ending; lines equal to it are passed over. May be empty.
    public var header: [UInt8] = []
    /// The registers stood so at the start of the date plus so many days: 1 where they are frozen at
    /// 24:00 of the date, 0 where at 00:00.
    public var freezeDays = 1
    /// Whose midnight is meant.
    public var clock = LabelClock.servicePoint
    /// What quality letters mean.
    public var qualities = QualityLetters.standard
    /// Registers read after this moment are refused, in seconds since 1970-01-01T00:00:00Z.
    public var latestEnd: Int64 = .max

    /// A layout with commas, frozen at 24:00 by the service point's clock.
    public init(
        columnCount: Int, meter: Int, date: Int, registers: [Column], quality: Int? = nil
    ) {
        let all = [meter, date, quality ?? 0] + registers.map(\.position)
        precondition(all.allSatisfy { (0..<columnCount).contains($0) }, "columns are in the row")
        self.columnCount = columnCount
        self.meter = meter
        self.date = date
        self.registers = registers
        self.quality = quality
    }
}
