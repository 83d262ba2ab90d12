// SPDX-License-Identifier: Apache-2.0

import MeterModel
import MeterScan
import Quantities
import Testing

/// What every scanner does, so that tests drive them all alike.
protocol Scanner {
    var readings: Int { get }
    mutating func scan(
        _ lines: RawSpan, firstLine: Int, firstByte: Int64, into batch: inout ReadingBatch,
        rejections: inout [ReadingRejection]
    ) -> Int
    mutating func finish(into batch: inout ReadingBatch, rejections: inout [ReadingRejection])
    mutating func batchWasEmptied()
    mutating func batchWasCut(before strip: Int, cell: Int)
}

extension Scanner {
    // Those that keep no places in a batch.
    mutating func batchWasCut(before strip: Int, cell: Int) {}
}

extension LongScanner: Scanner {}

/// Readings and rejections as sorted text, so that neither strips nor order matter.
struct ScanResult: Equatable {
    var cells: [String] = []
    var rejections: [String] = []
    /// The energy that rejections take with them, where it is not zero.
    var energies: [String] = []
    var readings = 0

    /// A cell of an interval, as text.
    static func interval(
        meter: UInt32, channel: Channel, day: Int, slot: Int, minutes: Int, value: Exact?,
        unit: MeasuredUnit, quality: Quality, version: Int64 = 0
    ) -> String {
        "\(meter) \(channel) \(CivilDay(number: Int32(day))) \(slot)/\(minutes)min "
            + "\(value.map(\.description) ?? "absent") \(unit.name) \(quality.packed) v\(version)"
    }

    /// A register reading, as text.
    static func register(
        meter: UInt32, channel: Channel, instant: Int64, value: Exact?, unit: MeasuredUnit,
        quality: Quality
    ) -> String {
        "\(meter) \(channel) at \(instant) \(value.map(\.description) ?? "absent") \(unit.name) "
            + "\(quality.packed)"
    }

    mutating func add(_ batch: ReadingBatch) {
        let strips = batch.intervals
        for strip in 0..<strips.count {
            for slot in 0..<Int(strips.slotCounts[strip]) {
                let cell = strips.offsets[strip] + slot
                let quality = Quality(packed: strips.qualities[cell])
                if quality == .none {
                    #expect(strips.values[cell] == 0, "an undelivered slot holds 0")
                    continue
                }
                let value = Exact(
                    coefficient: Int128(strips.values[cell]),
                    exponent: -Int(strips.decimals[strip]))
                #expect(quality.hasValue || strips.values[cell] == 0, "an absent value is 0")
                cells.append(
                    Self.interval(
                        meter: strips.meters[strip],
                        channel: Channel(packed: strips.channels[strip]),
                        day: Int(strips.days[strip]), slot: Int(strips.firstSlots[strip]) + slot,
                        minutes: Int(strips.slotMinutes[strip]),
                        value: quality.hasValue ? value : nil,
                        unit: MeasuredUnit(rawValue: strips.units[strip]) ?? .wattHours,
                        quality: quality, version: strips.versions[strip]))
            }
        }
        for row in batch.registers {
            let quality = Quality(packed: row.quality)
            let value = Exact(coefficient: Int128(row.value), exponent: -Int(row.decimals))
            cells.append(
                Self.register(
                    meter: row.meter, channel: Channel(packed: row.channel), instant: row.instant,
                    value: quality.hasValue ? value : nil,
                    unit: MeasuredUnit(rawValue: row.unit) ?? .wattHours, quality: quality))
        }
    }

    mutating func add(_ rejection: ReadingRejection) {
        rejections.append(
            "\(rejection.line)@\(rejection.byte) \(rejection.code.rawValue) ×\(rejection.readings) "
                + "\(rejection.meter.map { "\($0)" } ?? "-") «\(rejection.found)»")
        guard let energy = rejection.energy else { return }
        addEnergy(
            Exact(coefficient: energy.value, exponent: -Int(energy.decimals)),
            line: rejection.line, rejection.code, Channel(packed: energy.channel),
            MeasuredUnit(rawValue: energy.unit) ?? .wattHours)
    }

    /// Adds what a rejection takes with it, as text.
    mutating func addEnergy(
        _ sum: Exact, line: Int, _ code: RejectionCode, _ channel: Channel, _ unit: MeasuredUnit
    ) {
        guard sum != .zero else { return }
        energies.append("\(line) \(code.rawValue) \(sum) \(unit.name) \(channel)")
    }

    /// Reads a text through a scanner.
    ///
    /// - Parameters:
    ///   - windowBytes: A window ends with the line in which it has reached this size.
    ///   - emptyingAt: The batch is emptied whenever it holds so many cells.
    ///   - keptStrips: But for so many of its last strips.
    static func scanning(
        _ text: [UInt8], with scanner: some Scanner, windowBytes: Int = 1 << 18,
        emptyingAt: Int = .max, keptStrips: Int = 0
    ) -> ScanResult {
        var scanner = scanner
        var result = ScanResult()
        var batch = ReadingBatch()
        var rejections: [ReadingRejection] = []
        var (place, line) = (0, 1)
        while place < text.count {
            let least = min(place + windowBytes, text.count)
            let newline = text[(least - 1)...].firstIndex(of: 0x0A)
            let end = newline.map { $0 + 1 } ?? text.count
            let lines = unsafe scanner.scan(
                text.span.bytes.extracting(place..<end), firstLine: line, firstByte: Int64(place),
                into: &batch, rejections: &rejections)
            let newlines = text[place..<end].count { $0 == 0x0A }
            let isCut = text[end - 1] != 0x0A
            #expect(lines == newlines + (isCut ? 1 : 0), "each line is counted once")
            line += newlines
            place = end
            if batch.cellCount >= emptyingAt {
                let first = max(batch.intervals.count - keptStrips, 0)
                var kept = IntervalStrips()
                if keptStrips > 0, batch.intervals.count > 0 {
                    scanner.batchWasCut(before: first, cell: batch.intervals.offsets[first])
                    kept = batch.intervals.takeStrips(from: first)
                } else {
                    scanner.batchWasEmptied()
                }
                result.add(batch)
                batch.removeAll()
                batch.intervals = kept
            }
        }
        scanner.finish(into: &batch, rejections: &rejections)
        result.add(batch)
        for rejection in rejections { result.add(rejection) }
        result.readings = scanner.readings
        let counted = result.cells.count + rejections.reduce(0) { $0 + $1.readings }
        #expect(result.readings == counted, "delivered is what came out plus what was refused")
        return result.sorted
    }

    /// What only one of the two has, the first few of it; empty where they are equal.
    func difference(_ other: ScanResult) -> [String] {
        let changes = (cells + rejections + energies).difference(
            from: other.cells + other.rejections + other.energies)
        let texts = changes.map { change in
            switch change {
            case .insert(_, let text, _): "+ " + text
            case .remove(_, let text, _): "- " + text
            }
        }
        return texts.isEmpty && readings != other.readings
            ? ["\(readings) readings, not \(other.readings)"] : Array(texts.prefix(6))
    }

    /// The same with cells and rejections in order.
    var sorted: ScanResult {
        ScanResult(
            cells: cells.sorted(), rejections: rejections.sorted(), energies: energies.sorted(),
            readings: readings)
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
}
