// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Quantities

/// How one sender writes a file of separated columns: everything that the numbers do not say.
///
/// Label, clock, kind and multiplier are decided here and never guessed from the data; each of
/// them wrong gives totals that look plausible.
public struct DelimitedProfile: Hashable, Sendable {
    /// How values lie in the lines.
    public enum Shape: String, Hashable, Sendable, CaseIterable {
        /// One value per line.
        case long
        /// One line per meter and day, one column per time of day.
        case wide
        /// One line per meter and moment, one column per register.
        case register
    }

    /// What the numbers are.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// The energy of each interval.
        case intervalEnergy = "interval_energy"
        /// A cumulative register.
        case register
        /// The mean power of each interval.
        case meanPower = "mean_power"
    }

    /// Which end of its interval a time names.
    public enum Label: String, Hashable, Sendable, CaseIterable {
        case start
        case end
    }

    /// Which midnight of its date a daily register belongs to.
    public enum Freeze: String, Hashable, Sendable, CaseIterable {
        /// The midnight that begins the date.
        case startOfDay = "00:00"
        /// The midnight that ends the date.
        case endOfDay = "24:00"
    }

    /// Whether the meter's multiplier is already in the numbers.
    public enum Multiplier: String, Hashable, Sendable, CaseIterable {
        case applied
        case notApplied = "not_applied"
    }

    /// How the file's bytes are text.
    public enum Encoding: String, Hashable, Sendable, CaseIterable {
        case utf8 = "utf-8"
        case gb18030
    }

    /// Whether a column may stand in double quotes.
    public enum Quotes: String, Hashable, Sendable, CaseIterable {
        case none
        case double
    }

    /// What becomes of blanks and tabs around the text of a column.
    public enum Blanks: String, Hashable, Sendable, CaseIterable {
        /// They are part of the text, where they make most texts wrong.
        case keep
        /// They are taken away.
        case trim
    }

    /// The clock of times that are written without an offset.
    public enum Clock: Hashable, Sendable {
        /// A clock that never changes, seconds ahead of UTC.
        case fixed(offset: Int)
        /// The clock of a place.
        case zone(TimeZoneTable)
        /// The clock of the meter's service point.
        case servicePoint
    }

    /// The unit of the value column.
    public enum UnitSource: Hashable, Sendable {
        /// The value column is the one that is named by a unit.
        case header
        /// Energy in this unit; for mean power, this unit per hour.
        case fixed(MeasuredUnit)
    }

    /// Which column holds something.
    public enum Column: Hashable, Sendable {
        /// The column of this name; an optional one may be absent from a file.
        case named(String, optional: Bool)
        /// The column at this place, from 0.
        case position(Int)
    }

    /// The run of value columns of a wide file.
    public enum ValueColumns: Hashable, Sendable {
        /// Columns named by a prefix and a number, such as `P1` to `P96`.
        case prefixed(String, first: Int, count: Int)
        /// Columns side by side, the first at this place from 0.
        case from(position: Int, count: Int)

        /// How many value columns a line has.
        public var count: Int {
            switch self {
            case .prefixed(_, _, let count), .from(_, let count): count
            }
        }
    }

    /// A register column and what it counts.
    public struct RegisterColumn: Hashable, Sendable {
        /// The quantity.
        public var obis: ObisCode
        /// The column.
        public var column: Column
    }

    /// The columns by what they hold.
    public struct Columns: Hashable, Sendable {
        /// The meter's or service point's id.
        public var meter: Column
        /// Date and time, or the date alone where `time` is set or lines are days.
        public var timestamp: Column
        /// The time of day, where it has a column of its own.
        public var time: Column?
        /// The value of a long line; nil where it is named by its unit.
        public var value: Column?
        /// The values of a wide line.
        public var values: ValueColumns?
        /// The registers of a register line.
        public var registers: [RegisterColumn] = []
        /// The quality of the line's values.
        public var quality: Column?
        /// The quantity, as OBIS.
        public var channel: Column?
    }

    /// What the profile is called.
    public var name: String
    /// How values lie in the lines.
    public var shape: Shape
    /// What the numbers are.
    public var kind: Kind
    /// Columns by role.
    public var columns: Columns
    /// How many columns a file without a header line has; nil where a header names them.
    public var headerlessColumns: Int?
    /// Names that a header must hold, beside the columns used, to be taken for this format.
    public var detect: [String] = []
    /// The quantity of values that no column says.
    public var channel = ObisCode.activeImport
    /// The unit.
    public var unit: UnitSource
    /// Which end of the interval the time names.
    public var label = Label.start
    /// Minutes after midnight that the first column of a wide line is labelled with.
    public var firstLabelMinutes: Int?
    /// Which midnight a daily register belongs to; nil where lines give the time of the reading.
    public var freeze: Freeze?
    /// The clock of times without an offset.
    public var clock = Clock.servicePoint
    /// How times are written.
    public var timeFormat = TimeFormat.iso
    /// Whether the multiplier is in the numbers.
    public var multiplier: Multiplier
    /// Decimal digits that are meant but not written: 2 reads `12345` as 123.45.
    public var impliedDecimals = 0
    /// The byte between whole and decimal digits.
    public var decimalMark = UInt8(ascii: ".")
    /// The byte between columns.
    public var separator = UInt8(ascii: ",")
    /// Whether columns may stand in double quotes.
    public var quotes = Quotes.none
    /// What becomes of blanks around a column's text.
    public var blanks = Blanks.keep
    /// How bytes are text.
    public var encoding = Encoding.utf8
    /// The sender's quality text to `A`, `E`, `S`, `F` or `N`.
    public var qualities = DelimitedProfile.plainQualities
    /// Texts that stand for no value, beside the empty one.
    public var nulls: Set<String> = []

    /// The quality texts of a profile that names none: the letters themselves, empty for actual.
    public static let plainQualities: [String: UInt8] = [
        "": UInt8(ascii: "A"), "A": UInt8(ascii: "A"), "E": UInt8(ascii: "E"),
        "S": UInt8(ascii: "S"), "F": UInt8(ascii: "F"), "N": UInt8(ascii: "N"),
    ]

    /// Whether the values are cumulative registers or energy of intervals.
    public var readingKind: ReadingKind { kind == .register ? .register : .interval }

    /// Minutes of one column of a wide line; nil for other shapes.
    public var wideMinutes: Int? { columns.values.map { 1440 / $0.count } }
}
