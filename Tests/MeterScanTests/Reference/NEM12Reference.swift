// SPDX-License-Identifier: Apache-2.0

import MeterModel
import MeterScan
import Quantities

/// The slow twin of `NEM12Scanner`: records as strings, a day at a time.
struct NEM12Reference {
    let layout: NEM12Layout
    let entries: [DirectoryEntry]

    private struct Stream {
        var entry: DirectoryEntry?
        var fault: (code: RejectionCode, found: String)?
        var channel = Channel(.activeImport, .interval)
        var unit = MeasuredUnit.kilowattHours
        var minutes = 0
        /// False where channel and unit are not known or do not fit.
        var isMeasured = false
    }

    private struct Day {
        var line: TextLine
        var start: Int64
        var date: String
        var version: Int64
        var isVariable: Bool
        var qualityByte: Int
        var values: [Exact?]
        /// All that stands in the row, also where 400 records then say that it is missing.
        var written: Exact
        var qualities: [Quality]
        var next = 1
        var bad: String?
    }

    func scan(_ bytes: [UInt8]) -> ScanResult {
        var result = ScanResult()
        var stream: Stream?
        var day: Day?
        var hasRow = false

        func refuse(
            _ code: RejectionCode, _ line: TextLine, _ found: (String, Int), _ readings: Int,
            _ meter: UInt32? = nil, _ energy: Exact = .zero
        ) {
            if let stream {
                result.addEnergy(energy, line: line.number, code, stream.channel, stream.unit)
            }
            result.add(
                ReadingRejection(
                    code, line: line.number, byte: Int64(found.1),
                    found: String(found.0.prefix(200)), readings: readings, meter: meter))
            result.readings += readings
        }

        func place() {
            guard let placed = day, let stream, let entry = stream.entry else { return }
            day = nil
            let first = span(entry, placed.start)
            if placed.bad != nil || placed.isVariable && placed.next != placed.values.count + 1 {
                refuse(
                    .qualityRows, placed.line, (placed.bad ?? "V", placed.qualityByte),
                    placed.values.count, first?.meter, placed.written)
                return
            }
            // Faults of neighbouring cells are one rejection.
            var run: (code: RejectionCode, span: DirectorySpan?, day: Int, count: Int, sum: Exact)?
            func endRun() {
                guard let ended = run else { return }
                refuse(
                    ended.code, placed.line, (placed.date, placed.line.byte), ended.count,
                    ended.span?.meter, ended.sum)
                run = nil
            }
            for cell in placed.values.indices {
                let start = placed.start + Int64(cell * stream.minutes * 60)
                let end = start + Int64(stream.minutes * 60)
                let span = span(entry, start)
                let (date, second) = Instant(seconds: start).clock(
                    offset: Int(span?.storageOffset ?? 0))
                var code: RejectionCode?
                if let span {
                    if span.intervalMinutes != 0, Int(span.intervalMinutes) != stream.minutes {
                        code = .wrongIntervalLength
                    } else if second % (stream.minutes * 60) != 0 {
                        code = .offGrid
                    } else if end > layout.latestEnd {
                        code = .futureTime
                    }
                } else {
                    code = .outsideInstallation
                }
                if let code {
                    let dayNumber = span == nil ? 0 : Int(date.number)
                    if run?.code != code || run?.span != span || run?.day != dayNumber {
                        endRun()
                        run = (code, span, dayNumber, 0, .zero)
                    }
                    run?.count += 1
                    if placed.qualities[cell].hasValue { run?.sum += placed.values[cell] ?? .zero }
                } else if let span {
                    endRun()
                    let quality = placed.qualities[cell]
                    result.cells.append(
                        ScanResult.interval(
                            meter: span.meter, channel: stream.channel, day: Int(date.number),
                            slot: second / 60 / stream.minutes, minutes: stream.minutes,
                            value: quality.hasValue ? placed.values[cell] : nil,
                            unit: stream.unit, quality: quality, version: placed.version))
                    result.readings += 1
                }
            }
            endRun()
        }

        for line in TextLine.all(bytes) where !line.text.isEmpty {
            let cells = line.cells()
            let kind = cells[0].text
            if kind != "400" { place() }
            if kind != "300",
                line.text.unicodeScalars.contains(where: { "\0\r".unicodeScalars.contains($0) })
            {
                if kind == "400" {
                    if day != nil { apply([], line.text, to: &day) }
                } else if !["3", "4", "5"].contains(line.text.prefix(1)) {
                    (stream, hasRow) = (nil, false)
                }
                refuse(.badText, line, (line.text, line.byte), 1)
                continue
            }
            switch kind {
            case "100", "900": (stream, hasRow) = (nil, false)
            case "500": break
            case "200":
                hasRow = false
                stream = cells.count < 9 ? nil : self.stream(cells.map(\.text))
                if stream == nil { refuse(.columnCount, line, (line.text, line.byte), 1) }
            case "300":
                hasRow = true
                let values = valueCount(cells.map(\.text))
                guard let stream else {
                    refuse(.recordOrder, line, (line.text, line.byte), values)
                    continue
                }
                if let fault = stream.fault {
                    refuse(
                        fault.code, line, (fault.found, line.byte), values, nil,
                        energy(cells.map(\.text), values, stream))
                    continue
                }
                switch self.day(line, cells, stream) {
                case .success(let read): day = read
                case .failure(let fault):
                    let isCount = fault.code == .columnCount
                    refuse(
                        fault.code, line,
                        isCount ? (line.text, line.byte) : (fault.cell.text, fault.cell.byte),
                        isCount ? values : 1440 / stream.minutes, nil,
                        energy(
                            cells.map(\.text), isCount ? values : 1440 / stream.minutes, stream))
                }
            case "400":
                if day == nil {
                    if !hasRow { refuse(.recordOrder, line, (line.text, line.byte), 1) }
                } else {
                    apply(cells.map(\.text), line.text, to: &day)
                }
            default: refuse(.unknownRecord, line, (line.text, line.byte), 1)
            }
        }
        place()
        return result.sorted
    }

    private func span(_ entry: DirectoryEntry, _ moment: Int64) -> DirectorySpan? {
        entry.spans.first { $0.from <= moment && moment < $0.to }
    }

    private func valueCount(_ cells: [String]) -> Int {
        let values = cells.dropFirst(2).prefix { ($0.unicodeScalars.first?.value ?? 0) < 0x41 }
        return max(1, values.count)
    }

    /// The sum of a row's values where its stream is known and a quality other than N follows them.
    private func energy(_ cells: [String], _ values: Int, _ stream: Stream) -> Exact {
        guard stream.isMeasured, cells.count > values + 2 else { return .zero }
        if quality(cells[values + 2], "")?.hasValue == false { return .zero }
        return cells[2..<(values + 2)].compactMap(referenceNumber).reduce(.zero, +)
    }

    private func stream(_ cells: [String]) -> Stream {
        var stream = Stream(entry: entries.first { $0.id == cells[1] })
        let letters: [Character: ObisCode] = [
            "E": ObisCode(1, 8, 0), "B": ObisCode(2, 8, 0), "Q": ObisCode(3, 8, 0),
            "K": ObisCode(4, 8, 0),
        ]
        let energy = ["wh", "kwh", "mwh", "varh", "kvarh", "mvarh"]
        let isActive = !cells[7].lowercased().contains("var")
        if energy.contains(cells[7].lowercased()), let unit = MeasuredUnit(name: cells[7]),
            let letter = cells[4].first, let obis = letters[letter],
            let channel = Channel(obis, .interval, register: cells[4]),
            isActive == (letter == "E" || letter == "B")
        {
            (stream.unit, stream.channel, stream.isMeasured) = (unit, channel, true)
        }
        guard let minutes = Int(cells[8]), [5, 15, 30].contains(minutes) else {
            stream.fault = (.wrongIntervalLength, cells[8])
            return stream
        }
        stream.minutes = minutes
        guard energy.contains(cells[7].lowercased()), let unit = MeasuredUnit(name: cells[7])
        else {
            stream.fault = (cells[7] == "kW" ? .wrongUnit : .badUnit, cells[7])
            return stream
        }
        stream.unit = unit
        guard let letter = cells[4].first, let obis = letters[letter],
            let channel = Channel(obis, .interval, register: cells[4])
        else {
            stream.fault = (.badChannel, cells[4])
            return stream
        }
        stream.channel = channel
        if isActive != (letter == "E" || letter == "B") {
            stream.fault = (.wrongUnit, cells[7])
        } else if stream.entry == nil {
            stream.fault = (.unknownMeter, cells[1])
        }
        return stream
    }

    private struct Fault: Error {
        var code: RejectionCode
        var cell: (text: String, byte: Int)
    }

    private func day(
        _ line: TextLine, _ cells: [(text: String, byte: Int)], _ stream: Stream
    ) -> Result<Day, Fault> {
        let count = 1440 / stream.minutes
        func fault(_ code: RejectionCode, _ cell: Int) -> Result<Day, Fault> {
            .failure(Fault(code: code, cell: cells[min(cell, cells.count - 1)]))
        }
        guard cells.count >= count + 3 else { return fault(.columnCount, 0) }
        guard let start = naive(cells[1].text + "000000") else { return fault(.badTime, 1) }
        for cell in 2..<(2 + count)
        where !cells[cell].text.isEmpty && referenceNumber(cells[cell].text) == nil {
            return fault(.badNumber, cell)
        }
        let tail = cells.dropFirst(2 + count).map(\.text) + ["", "", "", "", ""]
        if tail.dropFirst(5).contains(where: { !$0.isEmpty }) { return fault(.columnCount, 0) }
        if let first = tail[0].unicodeScalars.first, first.value < 0x41 {
            return fault(.columnCount, 0)
        }
        let quality = tail[0] == "V" ? Quality.actual : quality(tail[0], tail[1])
        guard let quality else {
            return fault(.badQuality, 2 + count)
        }
        guard let version = tail[3].isEmpty ? 0 : naive(tail[3]) else {
            return fault(.badTime, 5 + count)
        }
        let values = cells[2..<(2 + count)].map {
            quality.hasValue ? referenceNumber($0.text) : nil
        }
        return .success(
            Day(
                line: line, start: start - 36_000, date: cells[1].text, version: version,
                isVariable: tail[0] == "V", qualityByte: cells[2 + count].byte, values: values,
                written: quality.hasValue
                    ? values.compactMap { $0 }.reduce(.zero, +) : .zero,
                qualities: values.map { $0 == nil && quality.hasValue ? .missing : quality }))
    }

    private func apply(_ cells: [String], _ text: String, to day: inout Day?) {
        guard var changed = day else { return }
        defer { day = changed }
        let padded = cells + ["", "", "", "", ""]
        guard let first = Int(padded[1]), let last = Int(padded[2]), first <= last,
            last <= changed.values.count,
            first == changed.next || !changed.isVariable && first > changed.next,
            let quality = quality(padded[3], padded[4])
        else {
            if changed.bad == nil { changed.bad = text }
            return
        }
        for cell in (first - 1)..<last where changed.qualities[cell].hasValue {
            changed.qualities[cell] = quality
        }
        changed.next = last + 1
    }

    private func quality(_ flag: String, _ reason: String) -> Quality? {
        guard let letter = flag.utf8.first, flag.utf8.count == 1 || flag.utf8.count == 3 else {
            return nil
        }
        let method = Int(flag.dropFirst())
        let code = Int(reason)
        guard flag.utf8.count == 1 || method != nil,
            reason.isEmpty || code.map({ $0 < 255 }) == true
        else { return nil }
        return Quality(letter: letter, method: method, reason: code)
    }

    /// Seconds of fourteen digits by their own clock.
    private func naive(_ text: String) -> Int64? {
        guard text.count == 14, text.allSatisfy(\.isNumber) else { return nil }
        let digits = Array(text)
        func part(_ range: Range<Int>) -> String { String(digits[range]) }
        return Instant(
            iso: "\(part(0..<4))-\(part(4..<6))-\(part(6..<8))"
                + "T\(part(8..<10)):\(part(10..<12)):\(part(12..<14))Z")?.seconds
    }
}
