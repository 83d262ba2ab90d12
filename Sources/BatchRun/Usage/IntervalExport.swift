// SPDX-License-Identifier: Apache-2.0

import MeterBlocks
import MeterModel
import Quantities
import Store

/// Writes the current settled interval values as interval-long files, block by block.
///
/// Active energy goes to the file named; reactive energy to a second one beside it, because a file
/// of the format has one unit. Memory depends on the size of a block, not on how many there are.
public struct IntervalExport {
    /// What was written.
    public struct Report: Hashable, Sendable {
        /// A file and how many rows it has.
        public struct File: Hashable, Sendable {
            /// Its path.
            public let path: String
            /// Rows without the header.
            public let rows: Int
        }

        /// The files; the one named first.
        public internal(set) var files: [File] = []
        /// Rows that say that the value is missing.
        public internal(set) var missing = 0
        /// Rows whose value another of equal standing contradicts.
        public internal(set) var suspect = 0
        /// Values left out, that no decimal of the file's unit writes: delivered after the multiplier,
        /// or as mean power over minutes of which an hour's share is none.
        public internal(set) var unwritable = 0
    }

    private let store: TallyStore
    private let network: Network

    /// An export from an open database.
    public init(store: TallyStore) throws {
        self.store = store
        network = try store.loadNetwork()
    }

    /// Writes the files, and gives what they hold.
    ///
    /// - Parameters:
    ///   - path: The file; a name that ends in `.gz` is compressed.
    ///   - feeder: The readings of this feeder only.
    ///   - from: The first day, by the standard time of the meter.
    ///   - to: The day after the last.
    public func write(to path: String, feeder: String?, from: CivilDay?, to: CivilDay?) throws
        -> Report
    {
        var report = Report()
        let active = try LongFile(ExportFile(path), value: "kwh")
        var reactive: LongFile?
        for key in try keys(feeder: feeder, from: from, to: to) {
            for part in try store.read({ try $0.settledParts(of: key) }) {
                let readings = try store.intervals(of: part)
                for strips in readings.byMeterAndChannel {
                    let channel = Channel(packed: readings.strips.channels[strips[0]])
                    switch channel.obis.baseUnit {
                    case .kilowattHours:
                        try active.append(strips, of: readings, network, &report)
                    case .kilovarHours:
                        let file =
                            try reactive
                            ?? LongFile(
                                ExportFile(IntervalExport.reactivePath(path)), value: "kvarh")
                        reactive = file
                        try file.append(strips, of: readings, network, &report)
                    }
                }
            }
        }
        try active.finish()
        report.files.append(Report.File(path: path, rows: active.rows))
        if let reactive {
            try reactive.finish()
            report.files.append(
                Report.File(path: IntervalExport.reactivePath(path), rows: reactive.rows))
        }
        return report
    }

    /// `month.csv.gz` becomes `month-kvarh.csv.gz`.
    static func reactivePath(_ path: String) -> String {
        let start = path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex
        let point = path[start...].dropFirst().firstIndex(of: ".") ?? path.endIndex
        return "\(path[..<point])-kvarh\(path[point...])"
    }

    private func keys(feeder: String?, from: CivilDay?, to: CivilDay?) throws -> [BlockKey] {
        var number: Int?
        if let feeder {
            guard let known = network.feeder(feeder) else { throw UnknownName.feeder(feeder) }
            number = Int(known.rawValue)
        }
        let first = from?.number ?? .min
        let last = to.map { $0.number - 1 } ?? .max
        guard first <= last else { return [] }
        return try store.read {
            try $0.settledKeys(feeder: number, days: first...last)
        }.filter { $0.kind == .interval }
    }
}

extension StoredIntervals {
    /// The strips of each meter's channels, in the order of meters and channels.
    fileprivate var byMeterAndChannel: [[Int]] {
        let order = origins.indices.sorted {
            (strips.meters[$0], strips.channels[$0], strips.slotMinutes[$0], $0)
                < (strips.meters[$1], strips.channels[$1], strips.slotMinutes[$1], $1)
        }
        var groups: [[Int]] = []
        for strip in order {
            if let last = groups.last?.first, strips.meters[last] == strips.meters[strip],
                strips.channels[last] == strips.channels[strip],
                strips.slotMinutes[last] == strips.slotMinutes[strip]
            {
                groups[groups.count - 1].append(strip)
            } else {
                groups.append([strip])
            }
        }
        return groups
    }
}
