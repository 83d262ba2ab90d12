// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Quantities

/// One 300 record of NEM12 with the 400 records behind it: the values of one day of one channel.
struct IntervalRow {
    private let stream: NEM12Stream
    private let day: CivilDay
    private let line: DeliveredLine
    private let values: [(field: Field, number: WrittenNumber?)]
    private let method: NEM12Quality
    private let code: String
    private let reason: Int?
    private let version: Int64
    /// The cells of the line that count where it is refused.
    private let wanted: LineCells
    /// What 400 records say of runs of intervals, nil for one that cannot be read.
    private var parts: [Part?] = []

    /// One 400 record.
    private struct Part {
        let intervals: ClosedRange<Int>
        let quality: Quality
        let code: String
        let isComplete: Bool
    }

    /// Market time, all year. Source: AEMO MDFF 2.6.
    private static let offset = 10 * 3600

    /// Reads a 300 record: day, values, quality, reason, description and two times, of which
    /// the last may be absent.
    static func read(
        _ fields: [Field], line: DeliveredLine, stream: NEM12Stream, isStrict: Bool,
        wanted: LineCells
    ) -> Result<IntervalRow, ReadingRejection> {
        let count = stream.count
        let tail = fields.dropFirst(2 + count)
        /// The whole row is refused for what stands in one place.
        func refused(_ code: RejectionCode, _ place: CellPlace) -> Result<Self, ReadingRejection> {
            let values = code == .columnCount ? NEM12Stream.valueCount(fields) : count
            return .failure(
                place.rejection(
                    code, readings: max(1, wanted.count(of: 2..<(2 + values))),
                    energy: stream.measure.energy(of: fields, values: values, wanted: wanted)))
        }
        // Padding behind the last field is harmless; anything else there is a wrong count.
        guard let quality = tail.first, tail.dropFirst(5).allSatisfy(\.text.isEmpty),
            !isStrict || tail.count == 5, WrittenNumber(quality.text) == nil
        else { return refused(.columnCount, line.place) }
        if fields[2..<(2 + count)].contains(where: { NEM12Quality(method: $0.text) != nil }) {
            return refused(.columnCount, line.place)
        }
        guard let day = TimeFormat.pattern("yyyyMMdd").read(fields[1].text)?.day else {
            return refused(.badTime, fields[1].place)
        }
        guard let method = NEM12Quality(method: quality.text) else {
            return refused(.badQuality, quality.place)
        }
        let reasonText = tail.dropFirst().first?.text ?? ""
        guard let reason = reasonCode(reasonText) else {
            return refused(.badQuality, tail[tail.startIndex + 1].place)
        }
        if isStrict, !method.isVariable, !method.isComplete(hasReason: reason != nil) {
            return refused(.badQuality, quality.place)
        }
        var values: [(field: Field, number: WrittenNumber?)] = []
        let isMissing = method.letter == UInt8(ascii: "N")
        for field in fields[2..<(2 + count)] {
            let number = WrittenNumber(field.text)
            let mayBeEmpty = isMissing || !isStrict
            let isBad = number == nil && !(field.text.isEmpty && mayBeEmpty)
            if isBad || isStrict && number.map({ $0.value < 0 }) ?? false {
                return refused(.badNumber, field.place)
            }
            values.append((field, number))
        }
        let updated = tail.dropFirst(3).first
        let version = TimeFormat.pattern("yyyyMMddHHmmss").read(updated?.text ?? "")
        let isUpdateNeeded = isStrict && !isMissing
        if version == nil, isUpdateNeeded || updated.map({ !$0.text.isEmpty }) ?? false {
            return refused(.badTime, updated?.place ?? line.place)
        }
        // Description and load time are not looked at, and must not hide a record of their own.
        if tail.dropFirst(2).contains(where: { $0.text.utf8.contains(0x0D) }) {
            return refused(.badText, line.place)
        }
        return .success(
            IntervalRow(
                stream: stream, day: day, line: line, values: values, method: method,
                code: quality.text, reason: reason, version: version.map(seconds) ?? 0,
                wanted: wanted))
    }

    private static func seconds(_ time: WrittenTime) -> Int64 {
        Instant(day: time.day, offset: 0).seconds + Int64(time.second ?? 0)
    }

    /// The reason of a text: nil inside where it is empty, nil outside where it is no code.
    private static func reasonCode(_ text: String) -> Int?? {
        if text.isEmpty { return .some(nil) }
        guard text.utf8.count <= 3, let code = UInt8(text), code <= 254, text.utf8.first != 0x2B
        else { return nil }
        return .some(Int(code))
    }

    /// Adds a 400 record that is no text.
    mutating func addUnreadable() { parts.append(nil) }

    /// Adds a 400 record: first and last interval, quality, reason, description.
    mutating func add(quality fields: [Field]) {
        guard fields.count >= 4, let first = Int(fields[1].text), let last = Int(fields[2].text),
            first >= 1, first <= last, let method = NEM12Quality(method: fields[3].text),
            let reason = IntervalRow.reasonCode(fields.count > 4 ? fields[4].text : ""),
            let quality = method.quality(reason: reason)
        else {
            parts.append(nil)
            return
        }
        parts.append(
            Part(
                intervals: first...last, quality: quality, code: fields[3].text,
                isComplete: method.isComplete(hasReason: reason != nil)))
    }

    /// The row's cells, each with its quality, or why the row is refused.
    func outcomes(isStrict: Bool) -> [CellOutcome] {
        guard let qualities = qualities(isStrict: isStrict) else {
            // Until the 400 records can be trusted, a value is one wherever it stands.
            let isMissing = method.quality(reason: reason).map { !$0.hasValue } ?? false
            let cells = values.indices.filter { wanted.contains(2 + $0) }
            let energy = stream.measure.energy(
                of: isMissing ? [] : cells.compactMap { values[$0].number })
            return [
                .rejected(
                    line.place.rejection(.qualityRows, readings: cells.count, energy: energy))
            ]
        }
        return values.indices.map { interval in
            let (field, number) = values[interval]
            let (quality, code) = qualities[interval]
            let value = quality.hasValue ? number : nil
            return .cell(
                DeliveredCell(
                    meter: stream.nmi, channelName: stream.suffix, channel: stream.measure.channel,
                    unit: stream.measure.unit, isMeanPower: false, intervalMinutes: stream.minutes,
                    time: .instant(
                        Instant(
                            day: day, minute: (interval + 1) * stream.minutes,
                            offset: IntervalRow.offset),
                        offset: IntervalRow.offset),
                    lineDay: nil, label: .end, value: value?.value, decimals: value?.decimals ?? 0,
                    quality: quality.hasValue && value == nil ? .missing : quality,
                    senderQuality: code, version: version, place: field.place,
                    column: 2 + interval))
        }
    }

    /// The quality and code of each interval; nil where the 400 records cannot be right.
    ///
    /// They stand in order and do not overlap. Behind a `V` they tile the whole day; behind another
    /// quality, which is no good style, they may leave gaps, where the row's own holds.
    private func qualities(isStrict: Bool) -> [(Quality, String)]? {
        if isStrict, !method.isVariable, !parts.isEmpty { return nil }
        let own = method.quality(reason: reason)
        var qualities = values.map { _ in (own ?? .none, code) }
        var next = 1
        for part in parts {
            guard let part, part.intervals.lowerBound >= next,
                part.intervals.lowerBound == next || !method.isVariable,
                part.intervals.upperBound <= stream.count, !isStrict || part.isComplete
            else { return nil }
            // What the row itself says to be missing stays so.
            for interval in part.intervals where own?.hasValue ?? true {
                qualities[interval - 1] = (part.quality, part.code)
            }
            next = part.intervals.upperBound + 1
        }
        return method.isVariable && next != stream.count + 1 ? nil : qualities
    }
}
