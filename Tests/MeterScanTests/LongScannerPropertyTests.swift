// SPDX-License-Identifier: Apache-2.0

import MeterModel
import MeterScan
import Quantities
import Testing

@Suite struct LongScannerPropertyTests {
    /// A file of some meters and days, good for the most part, in either order.
    static func file(seed: UInt64) -> [UInt8] {
        var random = SeededGenerator(seed)
        func pick<T>(_ choices: [T]) -> T {
            choices[Int.random(in: 0..<choices.count, using: &random)]
        }
        let days = pick([
            ["2026-01-05", "2026-01-06"], ["2026-01-09", "2026-01-10"],
            ["2026-03-28", "2026-03-29"], ["2026-10-24", "2026-10-25", "2026-10-26"],
        ])
        let tail = pick(["", "", ":00", "+08:00", ":00+01:00", ":00Z", ":30"])
        let ids = pick([
            ["M1"], ["M1", "METER00002"], ["B3", "H4", "SP7"], ["METER00002", "B3", "X"],
            ["D6", "B3"],
        ])
        let faults = pick([0, 0, 5, 30])
        let hours = pick([2, 6, 24])
        var keys: [(id: String, time: String)] = []
        for id in ids {
            let minutes = pick([15, 15, 15, 30, 60])
            for day in days {
                // Now and then a meter changes its interval length in the middle of a day.
                let change = pick([0, 0, 0, 60, 120, 300])
                let other = pick([5, 15, 30])
                var times =
                    Array(stride(from: 0, to: hours * 60, by: minutes).filter { $0 < change })
                    + stride(from: 0, to: hours * 60, by: change > 0 ? other : minutes)
                    .filter { $0 >= change }
                if day == "2026-10-25", pick([true, true, false]),
                    let end = times.firstIndex(where: { $0 >= 180 })
                {
                    times.insert(contentsOf: times.filter { (120..<180).contains($0) }, at: end)
                }
                // Now and then most of a day is missing, or comes in longer intervals.
                let (step, from) = (pick([1, 1, 1, 2, 4]), pick([0, 0, 1, 3, 7]))
                let gaps = pick([0, 0, 1, 5])
                for (place, minute) in times.enumerated() {
                    if place < from || (place - from) % step != 0 { continue }
                    if gaps > 0, Int.random(in: 0..<10, using: &random) < gaps { continue }
                    let (hour, rest) = (minute / 60, minute % 60)
                    let clock = "\(hour < 10 ? "0" : "")\(hour):\(rest < 10 ? "0" : "")\(rest)"
                    keys.append((id, "\(day)T\(clock)\(tail)"))
                    if pick([0, 0, 0, 0, 0, 0, 0, 1]) == 1, faults > 0 {
                        keys.append(keys[keys.count - 1])
                    }
                }
            }
        }
        if pick([true, false]) {
            keys = keys.enumerated()
                .sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }
                .map(\.element)
        }
        if faults == 30, pick([true, false]) { keys.shuffle(using: &random) }
        let ending = pick(["\n", "\r\n"])
        var text = "meter_id,timestamp,kwh,quality" + ending
        for key in keys {
            var value = pick(["0.125", "1.5", "12", "0", "3.25", "100.001", "-0.5", "0.123456"])
            var quality = pick(["A", "A", "A", "A", "", "E", "S", "F", "N"])
            var (id, time) = key
            if Int.random(in: 0..<100, using: &random) < faults {
                switch Int.random(in: 0..<9, using: &random) {
                case 0:
                    value = pick([
                        "", "x", "1.", "12345678901234567890", "1,2", "--1", "1.0000000001",
                    ])
                case 1: quality = pick(["Q", "AA", "a", "\0"])
                case 2: id = pick(["", "M", "M12", "METER00003", "é"])
                case 3:
                    time = pick(["", "2026-13-01T00:00", time + "x", time.replacing(":", with: "")])
                case 4: text += ending
                case 5: text += "meter_id,timestamp,kwh,quality" + ending
                case 6: value = "999999999999999999"
                case 7: continue
                default: value = "0.000000001"
                }
            }
            text += "\(id),\(time),\(value),\(quality)\(ending)"
        }
        if pick([true, false]) { text.removeLast() }
        return Array(text.utf8)
    }

    @Test(arguments: 0..<24)
    func `any file is read as its slow twin reads it`(seed: Int) {
        for part in 0..<5 {
            let bytes = Self.file(seed: UInt64(seed * 100 + part))
            var layout = LongScannerTests.layout
            layout.labelsEnd = part == 3
            if part == 4 { layout.latestEnd = LongScannerTests.exchange }
            let (entries, zones) = (LongScannerTests.entries, LongScannerTests.zones)
            let expected = LongReference(layout: layout, entries: entries, zones: zones).scan(bytes)
            let scanner = LongScanner(
                layout: layout, index: MeterIndex(entries: entries, zones: zones))
            let whole = ScanResult.scanning(bytes, with: scanner)
            #expect(whole.difference(expected).isEmpty)
            let window = 1 + (seed * 7 + part * 13) % 64
            let cut = ScanResult.scanning(bytes, with: scanner, windowBytes: window)
            #expect(cut.difference(expected).isEmpty)
            let emptied = ScanResult.scanning(
                bytes, with: scanner, windowBytes: 500, emptyingAt: 100)
            #expect(emptied.difference(expected).isEmpty)
            let kept = ScanResult.scanning(
                bytes, with: scanner, windowBytes: window, emptyingAt: 1, keptStrips: 1 + part)
            #expect(kept.difference(expected).isEmpty)
        }
    }
}
