// SPDX-License-Identifier: Apache-2.0

import MeterModel
import MeterScan
import Quantities

/// The slow twin of `LongScanner`: the whole file at once, with strings, row by row.
struct LongReference {
    let layout: LongLayout
    let entries: [DirectoryEntry]
    let zones: [TimeZoneTable]

    /// A row whose slot is known.
    private struct Row {
        var line: TextLine
        var time: (text: String, byte: Int)
        var cell: String?
        var value: Exact?
        var meter: UInt32
        /// Nil for a row that lies between two slots.
        var slot: Int?
    }

    private struct Series: Hashable {
        var id: String
        var channel: Channel
    }

    private struct DayKey: Equatable {
        var meter: UInt32
        var day: Int
        var minutes: Int
    }

    func scan(_ bytes: [UInt8]) -> ScanResult {
        var result = ScanResult()
        var labels: [Series: [Int64]] = [:]
        var days: [Series: (key: DayKey, rows: [Row])] = [:]

        func refuse(
            _ code: RejectionCode, _ line: TextLine, _ cell: (text: String, byte: Int),
            _ meter: UInt32? = nil, _ channel: Channel? = nil, _ value: Exact? = nil
        ) {
            if let channel, let value {
                result.addEnergy(value, line: line.number, code, channel, layout.unit)
            }
            result.add(
                ReadingRejection(
                    code, line: line.number, byte: Int64(cell.byte), found: cell.text, meter: meter)
            )
            result.readings += 1
        }

        /// The slots in order of delivery, without repeats.
        func changes(_ rows: ArraySlice<Row>) -> [Int] {
            var slots: [Int] = []
            for slot in rows.compactMap(\.slot) where slots.last != slot { slots.append(slot) }
            return slots
        }

        /// The most slots that an interval can last of which all of some are the first.
        func length(_ slots: [Int]) -> Int {
            guard let first = slots.first, Set(slots).count > 1 else { return 0 }
            return (1...1440).last { length in slots.allSatisfy { ($0 - first) % length == 0 } }
                ?? 0
        }

        func areLonger(_ slots: [Int], of day: Int) -> Bool {
            guard slots.count >= 4, let low = slots.min(), let high = slots.max() else {
                return false
            }
            let length = length(slots)
            let begins = low - length < 0
            let ends = high + length > day - 1
            let all = Array(stride(from: low, through: high, by: max(1, length)))
            let missing = all.count - slots.count
            return length > 1 && (begins || ends)
                && missing * (begins && ends ? 2 : 4) < all.count
        }

        /// Days of each series as they ended, and whether each is of a longer interval.
        var ended: [Series: [(key: DayKey, rows: [Row], isLonger: Bool)]] = [:]

        /// Gives a day its verdict, once the days beside it in the file are known.
        func settle(_ key: DayKey, _ rows: [Row], of series: Series, besideLonger: Bool) {
            // Rows that fit stand, whatever comes after them.
            let sound = rows.prefix { $0.slot != nil }
            let judged =
                length(changes(sound)) == 1 ? rows.suffix(from: sound.count) : rows.suffix(from: 0)
            let slots = changes(judged)
            let finer = judged.count { $0.slot == nil }
            let isCoarser = isLonger(key, rows) || besideLonger && isFew(rows)
            let isFiner = finer > 0 && finer * 2 >= slots.count
            for (place, row) in rows.enumerated() {
                guard let cell = row.cell else { continue }
                if place >= judged.startIndex, isCoarser || isFiner {
                    refuse(
                        .wrongIntervalLength, row.line, row.time, row.meter, series.channel,
                        row.value)
                } else {
                    result.cells.append(cell)
                    result.readings += 1
                }
            }
        }

        func isLonger(_ key: DayKey, _ rows: [Row]) -> Bool {
            let sound = rows.prefix { $0.slot != nil }
            return length(changes(sound)) != 1
                && areLonger(changes(rows[...]), of: 1440 / key.minutes)
        }

        func isFew(_ rows: [Row]) -> Bool {
            let slots = changes(rows[...])
            return rows.allSatisfy { $0.slot != nil } && slots.count < 4 && length(slots) != 1
        }

        func close(_ series: Series) {
            guard let (key, rows) = days.removeValue(forKey: series) else { return }
            ended[series, default: []].append((key, rows, isLonger(key, rows)))
        }

        for line in TextLine.all(bytes)
        where !line.text.isEmpty && line.text != String(decoding: layout.header, as: UTF8.self) {
            let cells = line.cells()
            guard cells.count == layout.columns.count else {
                refuse(.columnCount, line, (line.text, line.byte))
                continue
            }
            var channel = layout.channel
            if let column = layout.columns.channel, !cells[column].text.isEmpty {
                guard let named = Channel(cells[column].text, kind: .interval) else {
                    refuse(.badChannel, line, cells[column])
                    continue
                }
                channel = named
            }
            guard channel.obis.baseUnit == layout.unit.base else {
                refuse(.wrongUnit, line, cells[layout.columns.channel ?? layout.columns.value])
                continue
            }
            let letter = layout.columns.quality.map { cells[$0].text } ?? ""
            let value = cells[layout.columns.value]
            /// What the row delivers, whatever else is wrong with it.
            let amount = letter == "N" ? nil : referenceNumber(value.text)
            let id = cells[layout.columns.meter]
            guard let entry = entries.first(where: { $0.id == id.text }) else {
                refuse(.unknownMeter, line, id, nil, channel, amount)
                continue
            }
            let series = Series(id: id.text, channel: channel)
            let time = cells[layout.columns.time]
            let start: Int64
            let span: DirectorySpan
            switch self.start(time.text, entry, &labels[series, default: []]) {
            case .failure(let fault):
                refuse(fault.code, line, time, nil, channel, amount)
                continue
            case .success(let found): (start, span) = found
            }
            let minutes = Int(span.intervalMinutes)
            guard minutes > 0 else {
                refuse(.wrongIntervalLength, line, time, span.meter, channel, amount)
                continue
            }
            let (day, second) = Instant(seconds: start).clock(offset: Int(span.storageOffset))
            let key = DayKey(meter: span.meter, day: Int(day.number), minutes: minutes)
            guard second % (minutes * 60) == 0 else {
                let isFiner = second % 300 == 0
                refuse(
                    isFiner ? .wrongIntervalLength : .offGrid, line, time, span.meter, channel,
                    amount)
                guard isFiner else { continue }
                if days[series]?.key != key {
                    close(series)
                    days[series] = (key, [])
                }
                days[series]?.rows.append(
                    Row(line: line, time: time, value: amount, meter: span.meter))
                continue
            }
            guard start + Int64(minutes) * 60 <= layout.latestEnd else {
                refuse(.futureTime, line, time, span.meter, channel, amount)
                continue
            }
            if days[series]?.key != key {
                close(series)
                days[series] = (key, [])
            }
            let slot = second / minutes / 60
            var row = Row(
                line: line, time: time, cell: nil, value: amount, meter: span.meter, slot: slot)
            let quality =
                letter.isEmpty
                ? Quality.actual
                : letter.utf8.count == 1 ? Quality(letter: letter.utf8.first ?? 0) : nil
            if let quality {
                let isAbsent = value.text.isEmpty || quality == .missing
                let number = isAbsent ? nil : referenceNumber(value.text)
                if isAbsent || number != nil {
                    row.cell = ScanResult.interval(
                        meter: span.meter, channel: channel, day: Int(day.number), slot: slot,
                        minutes: minutes, value: number, unit: layout.unit,
                        quality: isAbsent ? .missing : quality)
                } else {
                    refuse(.badNumber, line, value, span.meter)
                }
            } else {
                refuse(
                    .badQuality, line, cells[layout.columns.quality ?? 0], span.meter, channel,
                    amount)
            }
            days[series]?.rows.append(row)
        }
        for series in Array(days.keys) { close(series) }
        for (series, days) in ended {
            for (place, day) in days.enumerated() {
                let beside = [place - 1, place + 1].filter(days.indices.contains).map { days[$0] }
                let isBesideLonger = beside.contains {
                    $0.isLonger && abs($0.key.day - day.key.day) == 1
                        && ($0.key.meter, $0.key.minutes) == (day.key.meter, day.key.minutes)
                }
                settle(day.key, day.rows, of: series, besideLonger: isBesideLonger)
            }
        }
        return result.sorted
    }

    private struct Fault: Error {
        let code: RejectionCode
        init(_ code: RejectionCode) { self.code = code }
    }

    /// The start of a label's interval and the span there.
    ///
    /// - Parameter labels: The labels before that could be told; this one is added if it can.
    private func start(
        _ text: String, _ entry: DirectoryEntry, _ labels: inout [Int64]
    ) -> Result<(Int64, DirectorySpan), Fault> {
        let withOffset = Instant(iso: text)
        let naive = Instant(iso: text + "Z")
        guard withOffset != nil || naive != nil else { return .failure(Fault(.badTime)) }
        var fault: RejectionCode?
        var told: [(moment: Int64, found: (Int64, DirectorySpan)?)] = []
        for span in entry.spans {
            let zone: TimeZoneTable
            switch layout.clock {
            case .fixed(let offset): zone = TimeZoneTable(name: "fixed", fixedOffset: offset)
            case .zone(let named): zone = named
            case .servicePoint: zone = zones[Int(span.zone)]
            case .inFile:
                if withOffset == nil { return .failure(Fault(.badTime)) }
                zone = TimeZoneTable(name: "unused", fixedOffset: 0)
            }
            var moments: [Int64] = []
            if let withOffset {
                moments = [withOffset.seconds]
            } else if let naive {
                // Every quarter-hour offset of the world is tried; those the zone then has count.
                moments = stride(from: -64_800, through: 64_800, by: 900)
                    .map { naive.seconds - $0 }
                    .filter { zone.offset(at: Instant(seconds: $0)) == Int(naive.seconds - $0) }
                    .sorted()
            }
            if moments.count > 1 {
                var distances: [Int64] = []
                if labels.count > 1 {
                    distances.append(labels[labels.count - 1] - labels[labels.count - 2])
                }
                let next = distances.compactMap { distance in
                    moments.first { $0 - (labels.last ?? $0) == distance && distance > 0 }
                }
                let byInterval = moments.first { moment in
                    let minutes = nearest(moment, entry, span.zone).intervalMinutes
                    return minutes > 0
                        && labels.last.map { moment - $0 == Int64(minutes) * 60 } ?? false
                }
                moments = (next.first ?? byInterval).map { [$0] } ?? []
                if moments.isEmpty { fault = fault ?? .ambiguousTime }
            } else if moments.isEmpty {
                fault = fault ?? .nonexistentTime
            }
            for moment in moments {
                let start = layout.labelsEnd ? moment - Int64(span.intervalMinutes) * 60 : moment
                let isInside = span.from <= start && start < span.to
                told.append((moment, isInside ? (start, span) : nil))
            }
        }
        let place = told.first { $0.found != nil } ?? told.first
        if let place { labels.append(place.moment) }
        if let found = place?.found { return .success(found) }
        return .failure(Fault(told.isEmpty ? fault ?? .outsideInstallation : .outsideInstallation))
    }

    /// The span that holds a moment, else the nearest; of one zone where spans name the clock.
    private func nearest(
        _ moment: Int64, _ entry: DirectoryEntry, _ zone: UInt16
    ) -> DirectorySpan {
        var spans = entry.spans
        if layout.clock == .servicePoint { spans.removeAll { $0.zone != zone } }
        return spans.min { left, right in
            func away(_ span: DirectorySpan) -> Double {
                max(0, Double(span.from) - Double(moment), Double(moment) - Double(span.to))
            }
            return away(left) < away(right)
        } ?? entry.spans[0]
    }
}
