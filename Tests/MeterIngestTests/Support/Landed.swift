// SPDX-License-Identifier: Apache-2.0

import MeterModel
import MeterScan
import Quantities
import Testing

@testable import MeterIngest

/// What ingesting a file left behind, in a form that does not depend on how it was batched.
struct Landed: Equatable {
    /// `meter channel start/minutes or instant value unit quality version`, sorted.
    var cells: [String] = []
    /// `@line code ×readings`, the readings of one line and code together, sorted.
    var rejections: [String] = []
    /// `@line code sum unit channel` of rejections that take energy with them, sorted.
    var energies: [String] = []
    /// What the engine counted.
    var readings = 0

    /// Readings that batches and rejections hold.
    private(set) var heldReadings = 0

    init() {}

    /// The content of batches and rejections.
    init(_ batches: [ReadingBatch], _ refused: [ReadingRejection], readings: Int) {
        self.readings = readings
        cells = batches.flatMap { Landed.intervals($0) + Landed.registers($0) }.sorted()
        var counts: [String: Int] = [:]
        var energies: [String: RejectedEnergy] = [:]
        for rejection in refused {
            let key = "@\(rejection.line) \(rejection.code.rawValue)"
            counts[key, default: 0] += rejection.readings
            energies[key] = .sum(energies[key], rejection.energy)
        }
        rejections = counts.map { "\($0.key) ×\($0.value)" }.sorted()
        self.energies = energies.map { "\($0.key) \(Landed.text($0.value))" }.sorted()
        heldReadings = cells.count + refused.reduce(0) { $0 + $1.readings }
    }

    private static func text(_ energy: RejectedEnergy) -> String {
        let sum = Exact(coefficient: energy.value, exponent: -Int(energy.decimals))
        let unit = MeasuredUnit(rawValue: energy.unit)?.name ?? "?"
        return "\(sum) \(unit) \(Channel(packed: energy.channel))"
    }

    private static func intervals(_ batch: ReadingBatch) -> [String] {
        let strips = batch.intervals
        return (0..<strips.count).flatMap { strip in
            (0..<Int(strips.slotCounts[strip])).compactMap { slot -> String? in
                let place = strips.offsets[strip] + slot
                let quality = Quality(packed: strips.qualities[place])
                if quality == .none { return nil }
                let minutes = Int(strips.slotMinutes[strip])
                let start = (Int(strips.firstSlots[strip]) + slot) * minutes
                let value = Exact(
                    coefficient: Int128(strips.values[place]),
                    exponent: -Int(strips.decimals[strip]))
                return "\(strips.meters[strip]) \(Channel(packed: strips.channels[strip])) "
                    + "\(CivilDay(number: strips.days[strip]))+\(start)/\(minutes) "
                    + "\(value) \(strips.units[strip]) \(quality) \(strips.versions[strip])"
            }
        }
    }

    private static func registers(_ batch: ReadingBatch) -> [String] {
        batch.registers.map { row in
            let value = Exact(coefficient: Int128(row.value), exponent: -Int(row.decimals))
            return "\(row.meter) \(Channel(packed: row.channel)) "
                + "\(Instant(seconds: row.instant).iso(offset: 0)) "
                + "\(value) \(row.unit) \(Quality(packed: row.quality)) \(row.version)"
        }
    }
}

/// Ingests a file as the nightly run does.
func ingest(
    _ path: String, _ context: IngestContext, onlyLines: Set<Int>? = nil, budget: Int = .max
) throws -> (landed: Landed, summary: FileSummary) {
    var file = try FileIngest(
        path: path, context: context, retrying: onlyLines.map { ["": RetriedRejections(lines: $0)] }
    )
    var batches: [ReadingBatch] = []
    var refused: [ReadingRejection] = []
    while true {
        var batch = ReadingBatch()
        let more = try file.next(into: &batch, rejections: &refused, cellBudget: budget)
        batches.append(batch)
        if !more { break }
    }
    let summary = file.summary
    return (Landed(batches, refused, readings: summary.readings), summary)
}

/// What the generic engine makes of the same bytes.
func ingestCellByCell(
    _ bytes: [UInt8], _ context: IngestContext, onlyLines: Set<Int>? = nil
) throws -> Landed {
    let (format, header) = try #require(
        ReadingFormat.detect(bytes[...], profiles: context.profiles))
    var engine = GenericEngine(
        format, context: context, retrying: onlyLines.map { RetriedRejections(lines: $0) })
    var batch = ReadingBatch()
    var refused: [ReadingRejection] = []
    let firstLine = bytes[..<header].count { $0 == 0x0A } + 1
    _ = bytes.withBytes(from: header) {
        engine.scan(
            $0, firstLine: firstLine, firstByte: Int64(header), into: &batch, rejections: &refused)
    }
    engine.finish(into: &batch, rejections: &refused)
    engine.flush(isEnd: true, into: &batch, rejections: &refused)
    return Landed([batch], refused, readings: engine.readings)
}

/// A small network.
///
/// - `M1`: meter 1, quarter-hours, Beijing time, from 2026-01-01 local.
/// - `M2`: meter 2, half-hours, Beijing time, always.
/// - `SP`: a service point where meter 3 gives way to meter 4 at 2026-01-03T00:00 Beijing time.
/// - `R1`: meter 5, no intervals, Beijing time, always.
/// - `B1`: meter 6, quarter-hours, Berlin.
/// - `NMI1`: meter 7, half-hours by market time (+10:00), always.
///
/// Early, part of it is not known yet: `B1`, meter 4, `R1` after the change, `M1` before the morning of
/// 2026-01-02, and `NMI1` but for seven hours of that day.
enum SmallNetwork {
    static let newYear = Int64(20_454) * 86_400 - 8 * 3600

    private static func span(
        _ meter: UInt32, _ minutes: UInt16, zone: UInt16 = 0, from: Int64 = .min,
        to: Int64 = .max
    ) -> DirectorySpan {
        DirectorySpan(
            from: from, to: to, meter: meter, storageOffset: [28_800, 3600, 36_000][Int(zone)],
            intervalMinutes: minutes, zone: zone)
    }

    static func context(
        _ profiles: ProfileSet = .builtIn, latestEnd: Int64 = newYear + 400 * 86_400,
        strict: Bool = false, isEarly: Bool = false
    ) throws -> IngestContext {
        // An exchange of meters, seven minutes into a quarter of an hour.
        let change = newYear + 2 * 86_400 + 420
        var entries = [
            DirectoryEntry(id: "M1", spans: [span(1, 15, from: newYear)]),
            DirectoryEntry(id: "M2", spans: [span(2, 30)]),
            DirectoryEntry(
                id: "SP", spans: [span(3, 15, to: change), span(4, 15, from: change)]),
            DirectoryEntry(id: "R1", spans: [span(5, 0)]),
            DirectoryEntry(id: "B1", spans: [span(6, 15, zone: 1)]),
            DirectoryEntry(id: "NMI1", spans: [span(7, 30, zone: 2)]),
        ]
        if isEarly {
            let morning = newYear + 30 * 3600
            entries = [
                DirectoryEntry(id: "M1", spans: [span(1, 15, from: morning)]),
                DirectoryEntry(id: "M2", spans: [span(2, 30)]),
                DirectoryEntry(id: "SP", spans: [span(3, 15, to: change)]),
                DirectoryEntry(id: "R1", spans: [span(5, 0, to: change)]),
                DirectoryEntry(
                    id: "NMI1",
                    spans: [span(7, 30, zone: 2, from: morning, to: morning + 7 * 3600)]),
            ]
        }
        return try context(entries, profiles, latestEnd: latestEnd, strict: strict)
    }

    /// Where only `B1` in Berlin is known, within some time.
    static func berlin(
        minutes: UInt16 = 15, from: Int64 = .min, to: Int64 = .max
    ) throws -> IngestContext {
        try context([
            DirectoryEntry(id: "B1", spans: [span(6, minutes, zone: 1, from: from, to: to)])
        ])
    }

    private static func context(
        _ entries: [DirectoryEntry], _ profiles: ProfileSet = .builtIn,
        latestEnd: Int64 = newYear + 400 * 86_400, strict: Bool = false
    ) throws -> IngestContext {
        let zones = [
            TimeZoneTable(name: "Beijing", fixedOffset: 8 * 3600),
            try TimeZoneTable.named("Europe/Berlin"),
            TimeZoneTable(name: "market", fixedOffset: 10 * 3600),
        ]
        return IngestContext(
            profiles: profiles, index: MeterIndex(entries: entries, zones: zones), zones: zones,
            latestEnd: latestEnd, strict: strict)
    }
}

extension Landed {
    /// What this has and the other has not, a few of each; empty where both are equal.
    func difference(from other: Landed) -> [String] {
        func few(_ mine: [String], _ theirs: [String], _ sign: String) -> [String] {
            mine.difference(from: theirs).insertions.prefix(4).map { change in
                if case .insert(_, let text, _) = change { sign + text } else { "" }
            }
        }
        let counts =
            readings == other.readings ? [] : ["\(readings) not \(other.readings) readings"]
        return few(cells, other.cells, "+") + few(other.cells, cells, "-")
            + few(rejections, other.rejections, "+") + few(other.rejections, rejections, "-")
            + few(energies, other.energies, "+") + few(other.energies, energies, "-")
            + counts
    }
}

extension RetriedRejections {
    /// Some lines as a whole.
    init(lines: Set<Int>) {
        self.init()
        for line in lines.sorted() {
            append(Entry(number: 0, line: line, cell: nil, readings: 1, code: .unknownMeter))
        }
    }

    /// Those of some rejections that can be cured.
    init(curableOf rejections: [ReadingRejection]) {
        self.init()
        for (number, rejection) in rejections.enumerated().sorted(by: {
            ($0.element.line, $0.offset) < ($1.element.line, $1.offset)
        }) where rejection.code.isCurable {
            append(
                Entry(
                    number: Int64(number), line: rejection.line, cell: rejection.cell,
                    readings: rejection.readings, code: rejection.code))
        }
    }
}
