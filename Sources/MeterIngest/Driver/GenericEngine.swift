// SPDX-License-Identifier: Apache-2.0

import MeterModel
import MeterScan
import Quantities

/// Ingests any format cell by cell: the path of unusual profiles, and the twin of the kernels.
struct GenericEngine {
    private var reader: FormatReader
    private let context: IngestContext
    /// Where set, all other cells give neither readings nor rejections.
    private var retried: RetriedRejections.Cursor?
    private let freeze: DelimitedProfile.Freeze?
    private var clock = ClockResolver()
    private var strips: OpenStrips
    /// Delivered cells so far, absent and rejected ones too.
    private(set) var readings = 0

    init(_ format: ReadingFormat, context: IngestContext, retrying retried: RetriedRejections?) {
        let index = context.index
        reader = FormatReader(format, isStrict: context.strict) { index.entry(id: $0) >= 0 }
        self.context = context
        self.retried = retried.map { RetriedRejections.Cursor($0) }
        if case .delimited(let profile, _) = format {
            strips = OpenStrips(findsOtherLengths: profile.shape == .long)
            freeze = profile.freeze
        } else {
            strips = OpenStrips(findsOtherLengths: false)
            freeze = nil
        }
    }

    /// How many cells wait in open strips.
    var openCells: Int { strips.cellCount }

    /// Takes a window of whole lines; gives how many there were.
    @discardableResult
    mutating func scan(
        _ lines: RawSpan, firstLine: Int, firstByte: Int64, into batch: inout ReadingBatch,
        rejections: inout [ReadingRejection]
    ) -> Int {
        let window = lines.copiedBytes()[...]
        for line in DeliveredLines(of: window, firstLine: firstLine, firstByte: firstByte) {
            let wanted = wantedCells(line.number) ?? .all
            take(reader.read(line, wanted: wanted), into: &batch, rejections: &rejections)
        }
        return lines.newlineCount
    }

    /// Takes what the end of the file completes.
    mutating func finish(into batch: inout ReadingBatch, rejections: inout [ReadingRejection]) {
        take(reader.finish(), into: &batch, rejections: &rejections)
    }

    /// Moves strips into the batch; at the file's end all of them.
    mutating func flush(
        isEnd: Bool, into batch: inout ReadingBatch, rejections: inout [ReadingRejection]
    ) {
        strips.close(isEnd: isEnd, into: &batch, rejections: &rejections)
    }

    private mutating func take(
        _ outcomes: [CellOutcome], into batch: inout ReadingBatch,
        rejections: inout [ReadingRejection]
    ) {
        var refused: [ReadingRejection] = []
        for outcome in outcomes {
            let isWanted = wants(outcome)
            if isWanted { readings += outcome.readings }
            switch outcome {
            case .rejected(let rejection): if isWanted { refused.append(rejection) }
            case .cell(let cell):
                // Cells that are not asked for still tell the order of times and their distances.
                let rejection = place(cell, isWanted: isWanted, into: &batch)
                guard isWanted, let rejection else { continue }
                // What is wrong with neighbours is said once, with the number of the cells.
                if let last = refused.last, last.line == rejection.line,
                    last.code == rejection.code,
                    let first = last.cell, first + last.readings == rejection.cell
                {
                    refused[refused.count - 1].readings += 1
                    refused[refused.count - 1].energy = .sum(last.energy, rejection.energy)
                } else {
                    refused.append(rejection)
                }
            }
        }
        rejections += refused
    }

    /// The cells of a line that are wanted; nil for none.
    private mutating func wantedCells(_ line: Int) -> LineCells? {
        retried == nil ? .all : retried?.cells(ofLine: line)
    }

    private mutating func wants(_ outcome: CellOutcome) -> Bool {
        guard let wanted = wantedCells(outcome.line) else { return false }
        return outcome.column.map(wanted.contains) ?? true
    }

    /// Puts a cell where it belongs, or says why it belongs nowhere.
    private mutating func place(
        _ cell: DeliveredCell, isWanted: Bool, into batch: inout ReadingBatch
    ) -> ReadingRejection? {
        let entry = context.index.entry(id: cell.meter)
        precondition(entry >= 0, "the reader refuses ids that are not known")
        // The clock is that of the meter nearest to the time, whose offset is not yet known.
        guard let near = context.index.nearestSpan(of: entry, to: cell.time.seconds) else {
            return cell.rejection(.outsideInstallation)
        }
        switch clock.instant(
            of: cell, zone: reader.clockZone ?? context.zones[Int(near.zone)],
            step: Int64(cell.intervalMinutes ?? Int(near.intervalMinutes)) * 60)
        {
        case .failure(let refusal):
            return cell.rejection(refusal.code, minutes: Int(near.intervalMinutes))
        case .success(let label) where cell.channel.kind == .register:
            return isWanted ? placeRegister(cell, at: label, entry, into: &batch) : nil
        case .success(let label):
            return placeInterval(cell, labelled: label, entry, isWanted: isWanted)
        }
    }

    private func placeRegister(
        _ cell: DeliveredCell, at instant: Instant, _ entry: Int32, into batch: inout ReadingBatch
    ) -> ReadingRejection? {
        // What is frozen at the end of a date is of the meter that was there on that date, else of
        // the one that begins then; what is read at any other moment is of the meter there, else
        // of the one that has just ended.
        let (at, before) = (instant.seconds, instant.seconds - 1)
        let (first, second) = freeze == .endOfDay ? (before, at) : (at, before)
        guard
            let span = context.index.span(of: entry, at: first)
                ?? context.index.span(of: entry, at: second)
        else { return cell.rejection(.outsideInstallation) }
        guard instant.seconds <= context.latestEnd else {
            return cell.futureRejection(meter: span.meter)
        }
        batch.registers.append(
            RegisterRow(
                meter: span.meter, channel: cell.channel.packed, instant: instant.seconds,
                value: cell.value ?? 0, decimals: UInt8(cell.decimals), unit: cell.unit.rawValue,
                quality: cell.quality.packed, version: cell.version))
        return nil
    }

    private mutating func placeInterval(
        _ cell: DeliveredCell, labelled label: Instant, _ entry: Int32, isWanted: Bool
    ) -> ReadingRejection? {
        let held =
            cell.label == .end
            ? context.index.span(
                of: entry, whereBegins: cell.intervalMinutes, endingAt: label.seconds)
            : context.index.span(of: entry, at: label.seconds)
        guard let span = held else { return cell.rejection(.outsideInstallation) }
        let known = Int(span.intervalMinutes)
        func refused(_ code: RejectionCode) -> ReadingRejection {
            cell.rejection(code, meter: span.meter, minutes: known)
        }
        let minutes = cell.intervalMinutes ?? known
        guard minutes > 0, known == 0 || known == minutes else {
            return refused(.wrongIntervalLength)
        }
        let length = Int64(minutes) * 60
        let start = cell.label == .end ? label + -length : label
        let (day, second) = start.clock(offset: Int(span.storageOffset))
        guard second % Int(length) == 0 else {
            guard strips.findsOtherLengths, second % Int(SlotPlace.finestStep) == 0 else {
                return refused(.offGrid)
            }
            strips.noteFinerCell(
                meter: span.meter, channel: cell.channel.packed, day: day.number, minutes: minutes)
            return refused(.wrongIntervalLength)
        }
        guard start.seconds + length <= context.latestEnd else {
            return cell.futureRejection(meter: span.meter, minutes: known)
        }
        var (value, decimals, unit) = (cell.value ?? 0, cell.decimals, cell.unit)
        if cell.isMeanPower, let step = PowerStep(minutes: minutes) {
            guard let energy = step.energy(of: (value, decimals)) else {
                return refused(.badNumber)
            }
            (value, decimals) = energy
            unit = step.unit(of: unit)
        }
        strips.take(
            SlotCell(
                meter: span.meter, channel: cell.channel.packed, day: day.number, minutes: minutes,
                slot: second / Int(length), unit: unit, version: cell.version, value: value,
                decimals: decimals, quality: cell.quality, place: cell.place,
                isWanted: isWanted))
        return nil
    }
}

extension CellOutcome {
    /// The line it stands on.
    fileprivate var line: Int {
        switch self {
        case .cell(let cell): cell.place.line
        case .rejected(let rejection): rejection.line
        }
    }

    /// Its place in the line, from 0; nil for a line that is refused as a whole.
    fileprivate var column: Int? {
        switch self {
        case .cell(let cell): cell.column
        case .rejected(let rejection): rejection.cell.map { $0 - 1 }
        }
    }
}
