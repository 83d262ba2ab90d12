// SPDX-License-Identifier: Apache-2.0

import MeterModel
import MeterScan
import Quantities

/// The slow twins of `RegisterScanner` and `WideScanner`: rows as strings, cell by cell.
///
/// For commas, the service point's clock, and zones whose offset is fixed.
struct DailyReference {
    let entries: [DirectoryEntry]
    let zones: [TimeZoneTable]
    private var result = ScanResult()

    init(entries: [DirectoryEntry], zones: [TimeZoneTable]) {
        (self.entries, self.zones) = (entries, zones)
    }

    private mutating func refuse(
        _ code: RejectionCode, _ line: TextLine, _ cell: (text: String, byte: Int), _ readings: Int,
        _ meter: UInt32? = nil, _ energy: (sum: Exact, layout: WideLayout)? = nil
    ) {
        if let (sum, layout) = energy {
            result.addEnergy(sum, line: line.number, code, layout.channel, layout.unit)
        }
        result.readings += readings
        result.add(
            ReadingRejection(
                code, line: line.number, byte: Int64(cell.byte),
                found: String(cell.text.prefix(200)), readings: readings, meter: meter))
    }

    /// Entry and midnight of a row, or nil where it was refused.
    private mutating func begin(
        _ line: TextLine, _ cells: [(text: String, byte: Int)], meter: Int, date: Int, days: Int,
        readings: Int, energy: (sum: Exact, layout: WideLayout)? = nil
    ) -> (entry: DirectoryEntry, midnight: Int64)? {
        guard let entry = entries.first(where: { $0.id == cells[meter].text }) else {
            refuse(.unknownMeter, line, cells[meter], readings, nil, energy)
            return nil
        }
        let compact = cells[date].text
        let dashed =
            compact.count == 8
            ? "\(compact.prefix(4))-\(compact.dropFirst(4).prefix(2))-\(compact.suffix(2))"
            : compact
        guard let day = CivilDay(iso: dashed), !dashed.contains("+") else {
            refuse(.badTime, line, cells[date], readings, nil, energy)
            return nil
        }
        let offset = zones[Int(entry.spans[0].zone)].offset(at: Instant(seconds: 0))
        return (entry, Instant(day: day + days, offset: offset).seconds)
    }

    mutating func scan(_ bytes: [UInt8], _ layout: RegisterLayout) -> ScanResult {
        for line in TextLine.all(bytes) where !line.text.isEmpty {
            let cells = line.cells()
            guard cells.count == layout.columnCount else {
                let found = layout.registers.filter { $0.position < cells.count }.count
                refuse(.columnCount, line, (line.text, line.byte), max(found, 1))
                continue
            }
            let count = layout.registers.count
            guard
                let (entry, readAt) = begin(
                    line, cells, meter: layout.meter, date: layout.date, days: layout.freezeDays,
                    readings: count)
            else { continue }
            let spans = entry.spans
            let before = spans.first { $0.from < readAt && readAt <= $0.to }
            let after = spans.first { $0.from <= readAt && readAt < $0.to }
            guard let span = layout.freezeDays > 0 ? before ?? after : after ?? before else {
                refuse(.outsideInstallation, line, cells[layout.date], count)
                continue
            }
            if readAt > layout.latestEnd {
                refuse(.futureTime, line, cells[layout.date], count, span.meter)
                continue
            }
            for register in layout.registers {
                let cell = cells[register.position]
                let value = referenceNumber(cell.text)
                if value == nil, !cell.text.isEmpty {
                    refuse(.badNumber, line, cell, 1, span.meter)
                    continue
                }
                result.readings += 1
                result.cells.append(
                    ScanResult.register(
                        meter: span.meter, channel: register.channel, instant: readAt, value: value,
                        unit: register.unit, quality: value == nil ? .missing : .actual))
            }
        }
        return result.sorted
    }

    mutating func scan(_ bytes: [UInt8], _ layout: WideLayout, factor: Exact) -> ScanResult {
        for line in TextLine.all(bytes) where !line.text.isEmpty {
            let cells = line.cells()
            let count = layout.values.count
            guard cells.count == layout.columnCount else {
                let found = layout.values.filter { $0 < cells.count }.count
                refuse(.columnCount, line, (line.text, line.byte), max(found, 1))
                continue
            }
            let sum = layout.values.compactMap { referenceNumber(cells[$0].text) }
                .reduce(Exact.zero, +)
            guard
                let (entry, midnight) = begin(
                    line, cells, meter: layout.meter, date: layout.date, days: 0, readings: count,
                    energy: (sum * factor, layout))
            else { continue }
            let start = midnight + Int64(layout.firstStartMinute) * 60
            func span(_ moment: Int64) -> DirectorySpan? {
                entry.spans.first { $0.from <= moment && moment < $0.to }
            }
            // What cells were refused for, in runs without a gap.
            var runs:
                [(
                    code: RejectionCode, meter: UInt32?, day: Int, last: Int, count: Int, sum: Exact
                )] = []
            for (number, position) in layout.values.enumerated() {
                let cell = cells[position]
                let value = referenceNumber(cell.text)
                if value == nil, !cell.text.isEmpty {
                    refuse(.badNumber, line, cell, 1, span(start)?.meter)
                    continue
                }
                let moment = start + Int64(number * layout.minutes * 60)
                let (day, second) = Instant(seconds: moment).clock(
                    offset: Int(span(moment)?.storageOffset ?? 0))
                let code: RejectionCode? =
                    switch span(moment) {
                    case nil: .outsideInstallation
                    case let span?
                    where span.intervalMinutes != 0
                        && Int(span.intervalMinutes) != layout.minutes:
                        .wrongIntervalLength
                    case _ where moment + Int64(layout.minutes * 60) > layout.latestEnd: .futureTime
                    default: nil
                    }
                if let code {
                    let runDay = span(moment) == nil ? 0 : Int(day.number)
                    let meter = span(moment)?.meter
                    if let run = runs.last, run.code == code, run.meter == meter,
                        run.day == runDay, run.last == number - 1
                    {
                        runs[runs.count - 1].last = number
                        runs[runs.count - 1].count += 1
                        runs[runs.count - 1].sum += (value ?? .zero) * factor
                    } else {
                        runs.append((code, meter, runDay, number, 1, (value ?? .zero) * factor))
                    }
                } else if let span = span(moment) {
                    result.readings += 1
                    result.cells.append(
                        ScanResult.interval(
                            meter: span.meter, channel: layout.channel, day: Int(day.number),
                            slot: second / 60 / layout.minutes, minutes: layout.minutes,
                            value: value.map { $0 * factor }, unit: layout.unit,
                            quality: value == nil ? .missing : .actual))
                }
            }
            for run in runs {
                refuse(
                    run.code, line, (cells[layout.date].text, line.byte), run.count, run.meter,
                    (run.sum, layout))
            }
        }
        return result.sorted
    }
}
