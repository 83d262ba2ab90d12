// SPDX-License-Identifier: Apache-2.0

import MeterModel

/// The shape of a file with the intervals of one meter and day per row (`P1` to `P96`).
public struct WideLayout: Hashable, Sendable {
    /// How many cells every row has.
    public var columnCount: Int
    /// The cell with the sender's id of the meter or service point.
    public var meter: Int
    /// The cell with the date, `2026-01-31` or `20260131`.
    public var date: Int
    /// The cells with values, next to each other.
    public var values: Range<Int>
    /// The cell with the quality of the whole row, or nil where the file has none.
    public var quality: Int?
    /// Length of an interval.
    public var minutes: Int
    /// When the first interval starts, in minutes after midnight of the date: 0 where P1 is labelled
    /// 00:00 as a start or 00:15 as an end, -15 where it is labelled 00:00 as an end.
    public var firstStartMinute = 0
    /// The byte between cells.
    public var separator: UInt8 = UInt8(ascii: ",")
    /// The header line without its line ending; lines equal to it are passed over. May be empty.
    public var header: [UInt8] = []
    /// Whose midnight is meant.
    public var clock = LabelClock.servicePoint
    /// The channel of all rows; of kind interval.
    public var channel = Channel(.activeImport, .interval)
    /// The unit of the values, after scaling.
    public var unit = MeasuredUnit.kilowattHours
    /// How a delivered value becomes energy.
    public var scale = EnergyScale.energy
    /// What quality letters mean.
    public var qualities = QualityLetters.standard
    /// Intervals that end after this moment are refused, in seconds since 1970-01-01T00:00:00Z.
    public var latestEnd: Int64 = .max

    /// A layout with commas, import energy in kWh, starting at midnight of the service point.
    public init(
        columnCount: Int, meter: Int, date: Int, values: Range<Int>, minutes: Int,
        quality: Int? = nil
    ) {
        let all = [meter, date, quality ?? 0, values.lowerBound, values.upperBound - 1]
        precondition(all.allSatisfy { (0..<columnCount).contains($0) }, "columns are in the row")
        precondition(minutes > 0 && 1440 % minutes == 0, "intervals fill a day")
        self.columnCount = columnCount
        self.meter = meter
        self.date = date
        self.values = values
        self.minutes = minutes
        self.quality = quality
    }
}

/// How a delivered decimal becomes a value of the layout's unit, exactly:
/// `value × factor × 10^-decimals`.
public struct EnergyScale: Hashable, Sendable {
    /// The whole factor.
    let factor: Int64
    /// Decimals that the factor adds.
    let decimals: Int

    /// The value is energy already.
    public static let energy = EnergyScale(factor: 1, decimals: 0)

    /// The value is the mean power of an interval.
    public init(_ step: PowerStep) {
        self.init(factor: step.factor, decimals: step.decimals)
    }

    private init(factor: Int64, decimals: Int) {
        self.factor = factor
        self.decimals = decimals
    }
}
