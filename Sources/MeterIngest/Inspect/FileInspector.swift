// SPDX-License-Identifier: Apache-2.0

import MeterModel
import MeterScan
import Quantities

/// Looks into reading files without a network or a database.
public struct FileInspector: Sendable {
    private let profiles: ProfileSet
    private let zone: TimeZoneTable?
    private let isStrict: Bool

    /// An inspector that knows these profiles.
    ///
    /// - Parameters:
    ///   - zone: The clock of times that are written without an offset; nil leaves them local.
    ///   - strict: True to reject every violation of NEM12.
    public init(profiles: ProfileSet, zone: TimeZoneTable? = nil, strict: Bool = false) {
        self.profiles = profiles
        self.zone = zone
        isStrict = strict
    }

    /// What a file holds; a file that cannot be read has no format and one rejection that says why.
    public func inspect(path: String) -> FileInspection {
        do throws(FileQuarantine) {
            return try read(path)
        } catch {
            return FileInspection(
                path: path, format: nil, bytes: error.deliveredBytes, readings: 0,
                rejections: [
                    ReadingRejection(
                        error.code, line: 0, byte: 0, found: error.detail, readings: 0)
                ],
                rejected: 1, series: [])
        }
    }

    private func read(_ path: String) throws(FileQuarantine) -> FileInspection {
        var file = try DeliveredFile(path: path)
        var formats: [String] = []
        var tally = FileTally(zone: zone)
        while try file.beginText() {
            let format = try read(textOf: &file, &tally)
            if !formats.contains(format) { formats.append(format) }
        }
        return FileInspection(
            path: path, format: formats.count == 1 ? formats[0] : FileSummary.mixedFormats,
            bytes: file.deliveredBytes, readings: tally.readings,
            rejections: tally.rejections, rejected: tally.rejected, series: tally.series)
    }

    /// Tallies one text of a file; gives the name of its format.
    private func read(
        textOf file: inout DeliveredFile, _ tally: inout FileTally
    ) throws(FileQuarantine) -> String {
        var format: ReadingFormat?
        tally.member = file.member
        while true {
            let known = format
            let found = try file.withNextWindow { lines, firstLine, firstByte in
                let format = tally.take(
                    lines, firstLine, firstByte, format: known, profiles: profiles,
                    isStrict: isStrict)
                return (lines.newlineCount, format)
            }
            for oversized in file.oversizedLines { tally.refuse(oversized) }
            file.oversizedLines.removeAll()
            guard let found else { break }
            guard let detected = found else {
                throw file.quarantine(.unknownFormat, detail: tally.beginning)
            }
            if let line = tally.otherHeader {
                throw file.quarantine(.unknownFormat, detail: HeaderWatch.detail(line))
            }
            format = detected
        }
        guard let format else {
            throw file.quarantine(.unknownFormat, detail: "no line that can be read")
        }
        tally.finish()
        return format.name
    }
}

/// What has been found in a file so far.
private struct FileTally {
    /// The zip member that is being read; empty in any other file.
    var member = ""
    private let zone: TimeZoneTable?
    private var reader: FormatReader?
    private var headers: HeaderWatch?
    private var clock = ClockResolver()
    private var order: [SeriesKey] = []
    private var tallies: [SeriesKey: SeriesTally] = [:]
    /// Delivered cells.
    private(set) var readings = 0
    /// What was refused, the first of it.
    private(set) var rejections: [ReadingRejection] = []
    /// How much was refused.
    private(set) var rejected = 0
    /// The first 200 bytes of a text whose format is not known.
    private(set) var beginning = ""
    /// The line of another header than the first.
    private(set) var otherHeader: Int?

    init(zone: TimeZoneTable?) {
        self.zone = zone
    }

    /// Takes a window of lines; the first one of a text tells the format.
    ///
    /// - Returns: The format, or nil where it is not known.
    mutating func take(
        _ lines: RawSpan, _ firstLine: Int, _ firstByte: Int64, format: ReadingFormat?,
        profiles: ProfileSet, isStrict: Bool
    ) -> ReadingFormat? {
        var window = lines.copiedBytes()[...]
        var (line, byte) = (firstLine, firstByte)
        var format = format
        if format == nil {
            guard let found = ReadingFormat.detect(window, profiles: profiles) else {
                beginning = ReadingFormat.beginning(of: window)
                return nil
            }
            format = found.format
            reader = FormatReader(found.format, isStrict: isStrict)
            headers = HeaderWatch(format: found.format, profiles: profiles)
            clock = ClockResolver()
            let header = window.prefix(found.headerBytes)
            line += header.count { $0 == 0x0A }
            byte += Int64(header.count)
            window = window.dropFirst(header.count)
        }
        for line in DeliveredLines(of: window, firstLine: line, firstByte: byte) {
            let outcomes = reader?.read(line) ?? []
            if otherHeader == nil, case .rejected(let rejection)? = outcomes.first,
                let headers, headers.mayBeHeader(rejection), headers.isOtherHeader(line)
            {
                otherHeader = line.number
            }
            add(outcomes)
        }
        return format
    }

    /// Counts what the end of the file completes.
    mutating func finish() {
        add(reader?.finish() ?? [])
    }

    /// Counts a rejection.
    mutating func refuse(_ rejection: ReadingRejection) {
        readings += rejection.readings
        rejected += 1
        guard rejections.count < FileInspection.mostRejections else { return }
        rejections.append(rejection)
        rejections[rejections.count - 1].member = member
    }

    /// The series in the order of their first cells.
    var series: [FileInspection.Series] {
        order.compactMap { key in tallies[key]?.series(key) }
    }

    private mutating func add(_ outcomes: [CellOutcome]) {
        for outcome in outcomes {
            switch outcome {
            case .rejected(let rejection): refuse(rejection)
            case .cell(let cell): add(cell)
            }
        }
    }

    private mutating func add(_ cell: DeliveredCell) {
        var time = cell.time
        let zone = reader?.clockZone ?? zone
        if case .local = time, let zone {
            switch clock.instant(of: cell, zone: zone) {
            case .success(let instant): time = .instant(instant, offset: zone.offset(at: instant))
            case .failure(let refusal):
                refuse(cell.place.rejection(refusal.code))
                return
            }
        }
        readings += 1
        let key = SeriesKey(cell)
        if tallies[key] == nil { order.append(key) }
        tallies[key, default: SeriesTally()].add(cell, at: time, zone: zone)
    }
}
