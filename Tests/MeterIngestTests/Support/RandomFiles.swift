// SPDX-License-Identifier: Apache-2.0

import Quantities

/// A generator of equal numbers for equal seeds. Source: Steele, Lea, Flood, SplitMix64.
struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}

/// Files for `SmallNetwork` as senders write them, with at most one fault per line.
enum RandomFiles {
    /// A value, with some empty ones.
    static func value(_ numbers: inout SeededNumbers) -> String {
        switch Int.random(in: 0..<20, using: &numbers) {
        case 0: ""
        case 1: "-\(Int.random(in: 0...99, using: &numbers)).5"
        case 2: String(Int.random(in: 0...999_999_999_999_999, using: &numbers))
        case 3: "0.\(Int.random(in: 100_000_000...999_999_999, using: &numbers))"
        default:
            "\(Int.random(in: 0...99, using: &numbers))."
                + "\(Int.random(in: 100...999, using: &numbers))"
        }
    }

    private static func pick(_ texts: [String], _ numbers: inout SeededNumbers) -> String {
        texts.randomElement(using: &numbers) ?? ""
    }

    /// An interval-long file, by meter or by time.
    static func long(_ numbers: inout SeededNumbers, mayBeLonger: Bool = false) -> String {
        let hasChannel = Bool.random(using: &numbers)
        let end = pick(["\n", "\r\n"], &numbers)
        let header = "meter_id,timestamp,kwh,quality" + (hasChannel ? ",channel" : "")
        let slots = Int.random(in: 1...110, using: &numbers)
        var rows: [String] = []
        let isByTime = Bool.random(using: &numbers)
        let meters = ["M1", "M2", "SP", "B1"]
        // M2 is of half hours.
        let isFiner = Int.random(in: 0..<4, using: &numbers) == 0
        // Now and then all are hours, of which a few lie in the day before the others; the cell-by-cell
        // reader takes no notice of the slot of a value that it cannot read, so all are good.
        let isLonger = mayBeLonger && Int.random(in: 0..<4, using: &numbers) == 0
        let late = isLonger ? Int64.random(in: 0..<24, using: &numbers) * 3600 : 0
        let pairs = (0..<slots * meters.count).map {
            isByTime ? ($0 / meters.count, $0 % meters.count) : ($0 % slots, $0 / slots)
        }
        for (slot, meter) in pairs {
            let minutes = isLonger ? 60 : meters[meter] == "M2" && !isFiner ? 30 : 15
            let start = Instant(seconds: SmallNetwork.newYear + late + Int64(slot * minutes) * 60)
            let offset = pick(["+08:00", "", "Z"], &numbers)
            // Without an offset the time is by the clock of the service point.
            let ahead = offset == "Z" ? 0 : offset == "" && meters[meter] == "B1" ? 3600 : 28_800
            let iso = start.iso(offset: ahead == 0 ? 0 : ahead)
            var row = [
                meters[meter], iso.prefix(19) + offset, value(&numbers),
                pick(["A", "A", "A", "", "E", "S", "F", "N"], &numbers),
            ].map { String($0) }
            if hasChannel { row.append(pick(["", "1.8.0", "2.8.0", "1.8.0:E1"], &numbers)) }
            if !isLonger, Int.random(in: 0..<30, using: &numbers) == 0 { damage(&row, &numbers) }
            rows.append(row.joined(separator: ","))
            if Int.random(in: 0..<50, using: &numbers) == 0 { rows.append(header) }
            if Int.random(in: 0..<50, using: &numbers) == 0 { rows.append("") }
            if Int.random(in: 0..<40, using: &numbers) == 0 { rows.append(rows[rows.count - 1]) }
        }
        let last = Bool.random(using: &numbers) ? end : ""
        return ([header] + rows).joined(separator: end) + last
    }

    /// Puts one fault into a long row.
    private static func damage(_ row: inout [String], _ numbers: inout SeededNumbers) {
        switch Int.random(in: 0..<7, using: &numbers) {
        case 0: row[0] = "X9"
        case 1: row[1] = pick(["2026-01-40 00:00", "", "yesterday", "2026-01-01"], &numbers)
        case 2: row[1] = "2026-01-05T00:07:00+08:00"
        case 3: (row[2], row[3]) = (pick(["x", "1,5", "1.", "--1"], &numbers), "A")
        case 4: row[3] = pick(["X", "AA"], &numbers)
        case 5: row.append("more")
        default: row[1] = "2031-01-01T00:00:00+08:00"
        }
    }

    /// A NEM12 file, careless in the ways that senders are.
    static func nem12(_ numbers: inout SeededNumbers) -> String {
        var lines = chance(8, &numbers) ? [] : ["100,NEM12,202601010000,MDP,RET"]
        for _ in 0..<Int.random(in: 1...4, using: &numbers) {
            let minutes = Int(pick(["30", "30", "30", "15", "5"], &numbers)) ?? 30
            let nmi = pick(["NMI1", "NMI1", "NMI1", "X9", "M1"], &numbers)
            let suffix = pick(["E1", "E1", "B1", "Q1", "K2", "T1"], &numbers)
            let usual = "EB".contains(suffix.prefix(1)) ? "kWh" : "kvarh"
            let unit = chance(8, &numbers) ? pick(["kW", "kWh", "xyz"], &numbers) : usual
            let next = pick([",20260201", ",", "", ",,,,"], &numbers)
            lines.append("200,\(nmi),\(suffix),1,\(suffix),N1,SN,\(unit),\(minutes)\(next)")
            for day in 1...Int.random(in: 1...3, using: &numbers) {
                lines += nem12Row(day, 1440 / minutes, &numbers)
            }
            if chance(6, &numbers) { lines.append("500,S,ORD,20260102120000,001123.5") }
            if chance(6, &numbers) {
                lines.append(pick(["900", "900,,,", "", "<html>"], &numbers))
            }
        }
        let end = pick(["\n", "\r\n"], &numbers)
        return lines.joined(separator: end) + pick(["", end + "900" + end], &numbers)
    }

    private static func nem12Row(
        _ day: Int, _ count: Int, _ numbers: inout SeededNumbers
    ) -> [String] {
        var cells = (0..<count).map { _ in value(&numbers) }
        let fault = Int.random(in: 0..<40, using: &numbers)
        if fault == 0 { cells[count / 2] = "x" }
        if fault == 1 { cells.removeLast(9) }
        if fault == 2 { cells += cells }
        let date = fault == 3 ? "20260132" : "2026010\(day)"
        let quality = fault == 4 ? "X" : pick(["A", "A", "E52", "S14", "N", "V", "V"], &numbers)
        let reason = fault == 5 ? "999" : pick(["", "32", "7"], &numbers)
        let update = fault == 6 ? "2026" : "20260102030405"
        let times = pick([",\(update),", ",,", "", ",\(update)"], &numbers)
        let tail = times.isEmpty ? "" : ",\(reason),why\(times)"
        var lines = ["300,\(date),\(cells.joined(separator: ",")),\(quality)\(tail)"]
        guard quality == "V" || chance(6, &numbers) else { return lines }
        var next = 1
        while next <= count {
            let last = min(count, next + Int.random(in: 0..<count, using: &numbers))
            let first = chance(15, &numbers) ? next + 1 : next
            lines.append(
                "400,\(first),\(last),\(pick(["A", "S14", "N", "F52"], &numbers)),\(reason),")
            next = last + 1
        }
        return lines
    }

    /// A file of day rows: a header of value columns, then one row per meter and day.
    static func days(_ values: [String], _ ids: [String], _ numbers: inout SeededNumbers) -> String
    {
        let header = "meter_id,date," + values.joined(separator: ",")
        var lines = [header]
        for _ in 0..<Int.random(in: 1...30, using: &numbers) {
            var cells = values.map { _ in value(&numbers) }
            let fault = Int.random(in: 0..<25, using: &numbers)
            if fault < 3 { cells[cells.count / 2] = pick(["x", "1,"], &numbers) }
            if fault == 3 { cells.removeLast() }
            let date =
                fault == 4 || fault == 5
                ? pick(["2026-02-30", "", "2035-01-01", "2025-12-30"], &numbers)
                : pick(["2026-01-02", "20260103", "2026-03-29", "2026-10-25"], &numbers)
            lines.append("\(pick(ids, &numbers)),\(date),\(cells.joined(separator: ","))")
            if chance(20, &numbers) { lines.append(header) }
        }
        return lines.joined(separator: pick(["\n", "\r\n"], &numbers))
    }

    /// True once in so many times.
    private static func chance(_ times: Int, _ numbers: inout SeededNumbers) -> Bool {
        Int.random(in: 0..<times, using: &numbers) == 0
    }

    /// The text with some bytes changed, left out or doubled.
    static func damaged(_ text: String, _ numbers: inout SeededNumbers) -> [UInt8] {
        var bytes = Array(text.utf8)
        // The first line stays, so that the file is still one of its format.
        let first = (bytes.firstIndex(of: 0x0A) ?? 0) + 1
        for _ in 0..<Int.random(in: 1...40, using: &numbers) where bytes.count > first {
            let place = Int.random(in: first..<bytes.count, using: &numbers)
            switch Int.random(in: 0..<4, using: &numbers) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &numbers)
            case 1: bytes.remove(at: place)
            case 2: bytes.insert(bytes[place], at: place)
            default:
                bytes.removeSubrange(place..<min(bytes.count, place + 60))
            }
        }
        return bytes
    }
}
