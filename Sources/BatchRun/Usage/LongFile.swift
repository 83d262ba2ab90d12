// SPDX-License-Identifier: Apache-2.0

import MeterBlocks
import MeterModel
import Quantities

/// An interval-long file that is being written. Source: design §5.3.
final class LongFile {
    /// Rows written, without the header.
    private(set) var rows = 0
    private let file: ExportFile
    private var row: [UInt8] = []
    private var labels = SlotLabels()

    /// The most decimals that readers of the format take.
    private static let mostDecimals = 9

    init(_ file: ExportFile, value column: String) throws(UnwritableOutput) {
        self.file = file
        try file.append("meter_id,timestamp,\(column),quality,channel\n".utf8)
    }

    func finish() throws(UnwritableOutput) {
        try file.finish()
    }

    /// Adds a day of one channel, its slots in order of time; each stands in one of the strips.
    func append(
        _ strips: [Int], of readings: StoredIntervals, _ network: Network,
        _ report: inout IntervalExport.Report
    ) throws(UnwritableOutput) {
        let columns = readings.strips
        var delivered: [(slot: Int, strip: Int, place: Int)] = []
        for strip in strips {
            for (position, place) in columns.slots(strip).enumerated()
            where columns.qualities[place] != 0 {
                delivered.append((Int(columns.firstSlots[strip]) + position, strip, place))
            }
        }
        if strips.count > 1 { delivered.sort { $0.slot < $1.slot } }
        let meter = MeterNumber(rawValue: columns.meters[strips[0]])
        let channel = Channel(packed: columns.channels[strips[0]]).description
        let head = Array("\(network.id(of: meter)),".utf8)
        let minutes = Int(columns.slotMinutes[strips[0]])
        let day = CivilDay(number: columns.days[strips[0]])
        let offset = network.storageOffset(of: meter)
        labels.prepare(day: day, offset: offset)
        let needsMultiplier = network.spans(of: meter).contains { $0.terms.multiplier != .one }
        for (slot, strip, place) in delivered {
            let quality = Quality(packed: columns.qualities[place])
            row.removeAll(keepingCapacity: true)
            row += head
            labels.append(minute: slot * minutes, to: &row)
            row.append(UInt8(ascii: ","))
            if quality.hasValue {
                var multiplier = Exact.one
                if needsMultiplier, readings.origins[strip].flags.contains(.primary) {
                    let start = Instant(day: day, minute: slot * minutes, offset: offset)
                    multiplier = network.span(of: meter, at: start)?.terms.multiplier ?? .one
                }
                let isWritten = append(
                    columns.values[place], step: columns.step(strip), over: multiplier)
                guard isWritten else {
                    report.unwritable += 1
                    continue
                }
                if readings.origins[strip].flags.contains(.suspect) { report.suspect += 1 }
            } else {
                report.missing += 1
            }
            row += [UInt8(ascii: ","), quality.letter, UInt8(ascii: ",")]
            row += channel.utf8
            row.append(UInt8(ascii: "\n"))
            try file.append(row)
            rows += 1
        }
    }

    /// Appends a value with at least as many decimals as were delivered; false where the multiplier,
    /// or the minutes of mean power, leave no decimal that can be read back.
    private func append(_ value: Int64, step: ValueStep, over multiplier: Exact) -> Bool {
        let exact = Exact(value) * step.exact / multiplier
        let least = min(max(0, -Int(step.exponent)), LongFile.mostDecimals)
        for decimals in least...LongFile.mostDecimals {
            if let text = exact.decimalText(decimals: decimals) {
                row += text.utf8
                return true
            }
        }
        return false
    }
}

/// The timestamps of one storage day, made once for all its meters.
private struct SlotLabels {
    private var day: CivilDay?
    private var offset = 0
    private var date: [UInt8] = []
    private var zone: [UInt8] = []

    /// Makes ready for a day.
    mutating func prepare(day: CivilDay, offset: Int) {
        guard day != self.day || offset != self.offset else { return }
        self.day = day
        self.offset = offset
        let midnight = Array(Instant(day: day, offset: offset).iso(offset: offset).utf8)
        date = Array(midnight.prefix(11))
        zone = Array(midnight.dropFirst(19))
    }

    /// Appends the time of a minute of the day, such as `2026-09-01T13:15:00+08:00`.
    func append(minute: Int, to row: inout [UInt8]) {
        row += date
        for number in [minute / 60, minute % 60, 0] {
            row.append(UInt8(ascii: "0") + UInt8(number / 10))
            row.append(UInt8(ascii: "0") + UInt8(number % 10))
            row.append(UInt8(ascii: ":"))
        }
        row.removeLast()
        row += zone
    }
}
