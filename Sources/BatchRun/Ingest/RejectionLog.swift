// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Store

/// The rejections of one file until its last checksum is known: few are held, many put aside.
struct RejectionLog: Sendable {
    private var held: [ReadingRejection] = []
    /// Those put aside, which come before the held ones.
    private var aside: [Range<Int64>] = []
    private let scratch: ScratchFile?
    /// What a retry tried again, by zip member: rejections of lines that it keeps do not count.
    private var retried: [String: RetriedRejections] = [:]

    /// So many are held: a file with more is not what a terminal sends.
    private static let limit = 4096

    /// No rejections yet.
    init(scratch: ScratchFile? = nil) {
        self.scratch = scratch
    }

    /// The one rejection of a file that is refused whole.
    init(_ rejection: ReadingRejection) {
        held = [rejection]
        scratch = nil
    }

    /// Takes rejections over, in the order of the file.
    mutating func take(_ rejections: inout [ReadingRejection]) throws {
        held += rejections
        rejections.removeAll()
        guard held.count > RejectionLog.limit, let scratch else { return }
        var writer = RejectionWriter()
        for rejection in held { writer.write(rejection) }
        aside.append(try scratch.append(writer.bytes))
        held.removeAll()
    }

    /// Leaves out the rejections of lines that a retry keeps as they were.
    mutating func passOver(keptIn retried: [String: RetriedRejections]) {
        self.retried = retried
    }

    /// Calls `body` for each rejection that counts, in the order of the file.
    func forEach(_ body: (ReadingRejection) throws -> Void) throws {
        var cursors = retried.mapValues { RetriedRejections.Cursor($0) }
        func counts(_ rejection: ReadingRejection) -> Bool {
            !(cursors[rejection.member]?.isKept(line: rejection.line) ?? false)
        }
        for place in aside {
            guard let scratch else { preconditionFailure("what is put aside has a place") }
            var reader = RejectionReader(bytes: try scratch.bytes(at: place))
            while let rejection = reader.next() {
                if counts(rejection) { try body(rejection) }
            }
        }
        for rejection in held where counts(rejection) { try body(rejection) }
    }
}

/// What the rejections of a file come to.
struct RejectedTally: Sendable {
    private(set) var readings = 0
    /// Readings by meter, where it is known.
    private(set) var byMeter: [UInt32: Int] = [:]
    private(set) var energy: [EnergySumKey: Int128] = [:]

    mutating func add(_ rejection: ReadingRejection) {
        readings += rejection.readings
        if let meter = rejection.meter { byMeter[meter, default: 0] += rejection.readings }
        if let sum = rejection.energy {
            let key = EnergySumKey(channel: sum.channel, unit: sum.unit, decimals: sum.decimals)
            energy[key, default: 0] += sum.value
        }
    }
}

/// Rejections as bytes, for a scratch file: read by the process that wrote them, so not checked.
private struct RejectionWriter {
    private(set) var bytes: [UInt8] = []

    mutating func write(_ rejection: ReadingRejection) {
        write(rejection.code.rawValue)
        write(rejection.member)
        write(rejection.line)
        write(rejection.byte)
        write(rejection.cell ?? 0)
        write(rejection.found)
        write(rejection.readings)
        write(rejection.meter.map { Int64($0) } ?? -1)
        guard let energy = rejection.energy else { return write(-1) }
        write(Int64(energy.unit))
        write(energy.channel)
        write(energy.value)
        write(energy.decimals)
    }

    private mutating func write(_ number: some FixedWidthInteger) {
        for place in 0..<(number.bitWidth / 8) {
            bytes.append(UInt8(truncatingIfNeeded: number >> (place * 8)))
        }
    }

    private mutating func write(_ text: String) {
        write(text.utf8.count)
        bytes += text.utf8
    }
}

private struct RejectionReader {
    let bytes: [UInt8]
    private var place = 0

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func next() -> ReadingRejection? {
        guard place < bytes.count else { return nil }
        guard let code = RejectionCode(rawValue: text()) else {
            preconditionFailure("a code that was written")
        }
        let member = text()
        let (line, byte, cell): (Int, Int64, Int) = (number(), number(), number())
        var rejection = ReadingRejection(
            code, line: line, byte: byte, cell: cell == 0 ? nil : cell, found: text(),
            readings: number())
        rejection.member = member
        let meter: Int64 = number()
        if meter >= 0 { rejection.meter = UInt32(meter) }
        let unit: Int = number()
        guard unit >= 0 else { return rejection }
        rejection.energy = RejectedEnergy(
            channel: number(), unit: UInt8(unit), value: number(), decimals: number())
        return rejection
    }

    private mutating func number<Number: FixedWidthInteger>() -> Number {
        var number: Number = 0
        for shift in stride(from: 0, to: Number.bitWidth, by: 8) {
            number |= Number(truncatingIfNeeded: bytes[place]) << shift
            place += 1
        }
        return number
    }

    private mutating func text() -> String {
        let count: Int = number()
        defer { place += count }
        return String(decoding: bytes[place..<(place + count)], as: UTF8.self)
    }
}
