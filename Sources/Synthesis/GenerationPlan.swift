// SPDX-License-Identifier: Apache-2.0

import MeterScan
import Quantities

/// What `tallywatt generate` is asked to make: a branch, its deliveries, and what they add up to.
///
/// The same plan makes the same files, whatever the number of threads.
public struct GenerationPlan: Hashable, Sendable {
    /// The file format that terminals send.
    public enum Format: String, Hashable, Sendable, CaseIterable {
        /// Rows of `meter_id,timestamp,kwh,quality`, 96 a day, in Asia/Shanghai.
        case intervalLong = "interval-long"
        /// Rows of a day's frozen registers 总尖峰平谷, in Asia/Shanghai.
        case registerDaily = "register-daily"
        /// NEM12 at 15 minutes, service points in Australia/Brisbane.
        case nem12 = "nem12"
        /// A third of the meters in each of the others.
        case mixed = "mixed"
    }

    /// The order of rows in an interval-long file.
    public enum Order: String, Hashable, Sendable, CaseIterable {
        /// All rows of a meter, then the next meter's.
        case meter
        /// All meters' rows of a time step, then the next step's.
        case time
    }

    /// How many meters: 1 to 99 999 999.
    public var meters: Int
    /// How many days of readings: 1 to 3 660.
    public var days: Int
    /// The first day of readings, on which meters are installed and contracts start.
    public var start = CivilDay(number: 20_454)
    /// What the terminals send.
    public var format = Format.intervalLong
    /// How interval-long rows are sorted.
    public var order = Order.meter
    /// How many meters one terminal serves, and one file holds.
    public var metersPerFile = 500
    /// How many days one file holds.
    public var daysPerFile = 1
    /// The share of files (0 to 1) that a second file follows with some of the readings again.
    public var overlap = Exact.zero
    /// How hard files are compressed.
    public var compression = CompressionEffort.standard
    /// Chooses the loads; another seed makes another branch of the same size.
    public var seed: UInt64 = 1
    /// True to write `contracts.csv` and, for registers, `register_reads.csv` as well.
    public var contracts = false

    /// A plan with every option at its default: from 2026-01-01, interval-long, standard gzip.
    public init(meters: Int, days: Int) {
        self.meters = meters
        self.days = days
    }

    /// Throws where an option is outside its range.
    public func check() throws(GenerationError) {
        let rules: [(holds: Bool, option: String, range: String)] = [
            ((1...99_999_999).contains(meters), "meters", "1 to 99999999"),
            ((1...3660).contains(days), "days", "1 to 3660"),
            ((1...20_000).contains(metersPerFile), "meters-per-file", "1 to 20000"),
            // A file is made in memory and compressed in one call.
            (
                daysPerFile >= 1 && daysPerFile <= 200_000 / max(metersPerFile, 1),
                "days-per-file", "1 to 200000 / meters-per-file"
            ),
            (overlap >= .zero && overlap <= .one, "overlap", "0 to 1"),
            (
                start >= CivilDay(number: 0) && start <= CivilDay(number: 43_829), "start",
                "1970-01-01 to 2089-12-31"
            ),
        ]
        for rule in rules where !rule.holds {
            throw .badOption(option: rule.option, range: rule.range)
        }
    }
}

/// Why nothing, or not everything, could be generated.
public enum GenerationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// An option outside its range.
    case badOption(option: String, range: String)
    /// The output folder holds something already.
    case folderNotEmpty(path: String)
    /// A file or folder could not be written.
    case cannotWrite(path: String, reason: String)

    /// One line for the operator.
    public var description: String {
        switch self {
        case .badOption(let option, let range): "--\(option) must be \(range)"
        case .folderNotEmpty(let path): "\(path) is not empty; name a new folder"
        case .cannotWrite(let path, let reason): "\(path) cannot be written: \(reason)"
        }
    }
}

/// What was generated.
public struct GenerationReport: Hashable, Sendable {
    /// Reading files written to the inbox.
    public var files = 0
    /// Value cells in them, absent ones and those delivered again included.
    public var readings = 0
    /// Bytes of those files as compressed.
    public var compressedBytes = 0
    /// Bytes of those files before compression.
    public var plainBytes = 0

    /// Nothing generated.
    public init() {}
}
