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
    static func long(_ numbers: inout SeededNumbers) -> String {
        let hasChannel = Bool.random(using: &numbers)
        let end = pick(["\n", "\r\n"], &numbers)
        let header = "meter_id,timestamp,kwh,quality" + (hasChannel ? ",channel" : "")
        let slots = Int.random(in: 1...200, using: &numbers)
        var rows: [String] = []
        let isByTime = Bool.random(using: &numbers)
        let meters = ["M1", "M2", "SP", "B1"]
        let pairs = (0..<slots * meters.count).map {
            isByTime ? ($0 / meters.count, $0 % meters.count) : ($0 % slots, $0 / slots)
        }
        for (slot, meter) in pairs {
            let minutes = meters[meter] == "M2" ? 30 : 15
            let start = Instant(seconds: SmallNetwork.newYear + Int64(slot * minutes) * 60)
            let offset = pick(["+08:00", "", "Z"], &numbers)
            // Without an offset the time is by the clock of the service point.
            let ahead = offset == "Z" ? 0 : offset == "" && meters[meter] == "B1" ? 3600 : 28_800
            let iso = start.iso(offset: ahead == 0 ? 0 : ahead)
            var row = [
                meters[meter], iso.prefix(19) + offset, value(&numbers),
                pick(["A", "A", "A", "", "E", "S", "F", "N"], &numbers),
            ].map { String($0) }
            if hasChannel { row.append(pick(["", "1.8.0", "2.8.0", "1.8.0:E1"], &numbers)) }
            if Int.random(in: 0..<30, using: &numbers) == 0 { damage(&row, &numbers) }
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
