// SPDX-License-Identifier: Apache-2.0

/// One input that ingestion refused, with what an operator needs to find and mend it.
public struct ReadingRejection: Error, Hashable, Sendable {
    /// Why, as a stable code.
    public var code: RejectionCode
    /// The member of a zip archive that it stood in; empty in any other file.
    public var member = ""
    /// The line in the inflated file or member, from 1; 0 where the whole file is meant.
    public var line: Int
    /// Where the refused cell or line begins, in the inflated bytes of file or member, from 0.
    public var byte: Int64
    /// The first of the cells that it stands for, as a place in the line from 1; the others follow it
    /// without a gap. Nil where the line is refused as a whole.
    public var cell: Int?
    /// The text as it stood, at most 200 bytes of it.
    public var found: String
    /// How many value cells it stands for: 1 for a cell; for a line those found in it, at least 1.
    public var readings: Int
    /// The meter where it is known, as `MeterNumber.rawValue`.
    public var meter: UInt32?
    /// The energy of the interval values that it stands for, as far as they are numbers; nil for
    /// none, for registers, and where channel or unit cannot be told.
    public var energy: RejectedEnergy?

    /// A rejection from its parts.
    public init(
        _ code: RejectionCode, line: Int, byte: Int64, cell: Int? = nil, found: String,
        readings: Int = 1, meter: UInt32? = nil, energy: RejectedEnergy? = nil
    ) {
        self.code = code
        self.line = line
        self.byte = byte
        self.cell = cell
        self.found = found
        self.readings = readings
        self.meter = meter
        self.energy = energy
    }
}

/// Why an input was refused. The text form is a promise: scripts and people rely on it.
public enum RejectionCode: String, Hashable, Sendable, CaseIterable {
    // The reading is good but nothing of ours it could belong to is known: curable by an import.
    case unknownMeter = "unknown-meter"
    case outsideInstallation = "outside-installation"
    case wrongUnit = "wrong-unit"
    case wrongIntervalLength = "wrong-interval-length"
    // The cell cannot be a value, a time, a quality or a quantity.
    case badNumber = "bad-number"
    case badTime = "bad-time"
    case ambiguousTime = "ambiguous-time"
    case nonexistentTime = "nonexistent-time"
    case futureTime = "future-time"
    case offGrid = "off-grid"
    case badQuality = "bad-quality"
    case badChannel = "bad-channel"
    case badUnit = "bad-unit"
    // The line is not what the format says.
    case columnCount = "column-count"
    case lineTooLong = "line-too-long"
    case badText = "bad-text"
    // NEM12 records.
    case recordOrder = "record-order"
    case unknownRecord = "unknown-record"
    case qualityRows = "quality-rows"
    // The whole file: quarantined, nothing of it counts.
    case truncatedCompression = "truncated-compression"
    case corruptCompression = "corrupt-compression"
    case unsupportedContainer = "unsupported-container"
    case unknownFormat = "unknown-format"
    case emptyFile = "empty-file"
    case unreadableFile = "unreadable-file"
    case tooLarge = "too-large"

    /// True where a later network or profile import can make the reading acceptable, or a later
    /// date.
    public var isCurable: Bool {
        switch self {
        case .unknownMeter, .outsideInstallation, .wrongUnit, .wrongIntervalLength, .futureTime:
            true
        default: false
        }
    }

    /// All codes that are curable.
    public static let curable = allCases.filter(\.isCurable)

    /// True where the whole file is refused.
    public var isQuarantine: Bool {
        switch self {
        case .truncatedCompression, .corruptCompression, .unsupportedContainer, .unknownFormat,
            .emptyFile, .unreadableFile, .tooLarge:
            true
        default: false
        }
    }
}
