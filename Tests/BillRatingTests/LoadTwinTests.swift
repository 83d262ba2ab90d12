// SPDX-License-Identifier: Apache-2.0

import BillTariff
import Quantities
import Testing

@testable import BillRating

/// Loads of any form, read by `LoadProfile.parse` and by the plain reader below.
@Suite struct LoadTwinTests {
    /// Where and how a load is written.
    private struct Form {
        var zone: String
        var first: String
        var minutes: Int
    }

    private static let forms = [
        Form(zone: "Asia/Shanghai", first: "2026-01-01T00:00:00+08:00", minutes: 15),
        // Clocks go forward and back; by half an hour; at midnight, so that a day comes twice.
        Form(zone: "Europe/London", first: "2026-03-27T00:00:00Z", minutes: 30),
        Form(zone: "Europe/London", first: "2026-10-23T22:00:00Z", minutes: 15),
        Form(zone: "Australia/Lord_Howe", first: "2026-04-03T00:00:00Z", minutes: 15),
        Form(zone: "Australia/Lord_Howe", first: "2026-10-02T00:00:00Z", minutes: 60),
        Form(zone: "America/Havana", first: "2026-10-30T03:00:00Z", minutes: 60),
        Form(zone: "America/Havana", first: "2026-03-06T03:00:00Z", minutes: 5),
        Form(zone: "Europe/Berlin", first: "2026-10-24T00:00:00Z", minutes: 240),
        Form(zone: "+05:45", first: "2028-02-28T00:00:00Z", minutes: 7),
    ]

    @Test(arguments: 0..<forms.count, 1...12)
    func `a load is read as a plain reader reads it`(form: Int, seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(form * 1000 + seed))
        let form = LoadTwinTests.forms[form]
        let zone = try TimeZoneTable.named(form.zone)
        let text = try LoadTwinTests.load(form, zone, &random)
        compare(text, zone)
        for _ in 0..<12 { compare(LoadTwinTests.broken(text, &random), zone) }
    }

    @Test(arguments: [
        "start,kwh\n2026-01-01T00:00,1\n2026-01-01T00:15,-0\n2026-01-01T00:30,-.5\n",
        "start,kwh\n2026-01-01T00:00,1\n2026-01-01T00:15,1/2\n",
        "start,kwh\n2026-01-01T00:00,1\n\n\n",
        "start,kwh\r\n2026-01-01T00:00,1\r\n2026-01-01T00:15,2\r\n",
        "start,kwh\n2026-01-01T00:00,1\r2026-01-01T00:15,2\u{85}2026-01-01T00:30,2\u{2028}",
        "\u{FEFF}\u{FEFF}start,kwh\n2026-01-01T00:00,1\n2026-01-01T00:15,2",
        "start,kwh\n2026-01-01T00:00,1\n2026-01-01T00:15,\u{301}2\n",
        "start,kwh\n2026-01-01T00:00,1\n2026-01-01T00:15,2\u{301}\n",
        "start,kwh\n2026-01-01T00:00Z,1\n2026-01-01T00:15:00Z,2\n2026-01-01T00:30+00,2\n",
        "start,kwh\n2026-01-01T00:00:30,1\n2026-01-01T00:15:30,2\n",
        "start,kwh\n2026-01-01T00:00:30Z,1\n2026-01-01T00:15:30Z,2\n2026-01-01T00:30:30Z,2\n",
        "start,kwh\n2026-01-01T23:45,1\n2026-01-01T24:00,2\n",
        "start,kwh\n2026-01-01T00:00,1\n2026-01-01T00:60,2\n",
        "start,kwh\n2999-12-31T23:30,1\n2999-12-31T23:45,1\n3000-01-01T00:00,2\n",
    ])
    func `what is rare is read as a plain reader reads it`(text: String) throws {
        for name in ["UTC", "Asia/Shanghai"] { compare(text, try TimeZoneTable.named(name)) }
    }

    /// Twenty zeros make no other amount, but are more than a word of steps holds: then all is counted in
    /// fractions.
    @Test(arguments: 1...6)
    func `integers and fractions give the same bill`(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        let charges = """
            format: 1
            id: test
            version: 1
            valid_from: 2026-01-01
            currency: GBP
            timezone: Europe/London
            rounding: { money: 0.01, mode: half_up, at: line }
            prices_include_tax: false
            periods: { peak: { time: 08:00-20:00 }, off: rest }
            charges:
              - { id: e, kind: energy, on: import.kwh, price: { peak: 1.37, off: 0.5 } }
              - { id: s, kind: interval_price, on: import.kwh, series: s, unit: p/kWh, missing: hold }
              - { id: b, kind: demand, by: period, window: 30min, type: block, price: 2, per: month, prorate: none }
              - id: d
                kind: demand
                by: all
                window: 60min
                type: sliding
                peaks: { mean_of: 3, on: different_days, fewer: mean }
                price: 1.5
                per: month
                prorate: none
              - id: v
                kind: demand
                by: all
                measure: kva
                window: 30min
                type: sliding
                round_quantity: { to: 0.001, mode: half_up }
                price: 1
                per: month
                prorate: none
            """
        let tariff = try Tariff.parse(charges, file: "t.yaml", sha256: "")
        let start = try #require(Instant(iso: "2026-03-27T00:00Z"))
        var (prices, rows) = ("from,minutes,value\n", [[String]]())
        for quarter in 0..<(6 * 96) {
            let time = (start + Int64(quarter * 900)).iso(offset: 0)
            prices += "\(time),15,\(Int.random(in: -99...999, using: &random)).25\n"
            let kwh = "\(Int.random(in: 0...40, using: &random)).\(["5", "25", "125"][quarter % 3])"
            rows.append([time, kwh, "\(Int.random(in: 0...30, using: &random)).5"])
        }
        let series = try Series.parse(prices, id: "s", file: "s.csv")
        func bill(_ zeros: String) throws -> String {
            var rows = rows
            rows[40] = [rows[40][0], rows[40][1] + zeros, rows[40][2] + zeros]
            let load =
                "start,kwh,kvarh\n" + rows.map { $0.joined(separator: ",") }.joined(separator: "\n")
            return try tariff.price(
                load: load, file: "l.csv", parameters: [:], series: SeriesSet([series])
            ).json()
        }
        #expect(try bill("") == bill(String(repeating: "0", count: 20)))
    }

    /// Both read the same, or find the same wrong.
    private func compare(_ text: String, _ zone: TimeZoneTable) {
        let (found, expected): (Read, Read)
        do throws(LoadProblem) {
            let load = try LoadProfile.parse(text, file: "l.csv", zone: zone)
            found = Read(
                problem: nil, quantities: load.quantities, minutes: load.minutes,
                starts: load.starts,
                amounts: load.starts.indices.map { interval in
                    load.columns.map { $0.sum(interval..<interval + 1) }
                })
        } catch { found = Read(problem: error) }
        do throws(LoadProblem) {
            expected = try plainRead(text, file: "l.csv", zone: zone)
        } catch { expected = Read(problem: error) }
        #expect(found == expected, "\(text.prefix(3000).debugDescription)")
    }
}

// Made-up files.
extension LoadTwinTests {
    /// A load without faults: starts of one or of several forms, amounts of any number of digits.
    private static func load(
        _ form: Form, _ zone: TimeZoneTable, _ random: inout SeededGenerator
    ) throws -> String {
        let first = try #require(Instant(iso: form.first))
        let header =
            ["start,kwh", "start,kwh,kvarh", "start,export_kwh,kwh"].randomElement(using: &random)
            ?? ""
        let columns = header.split(separator: ",").count - 1
        let (style, digits) = (
            Int.random(in: 0...3, using: &random), Int.random(in: 0...3, using: &random)
        )
        let end = ["\n", "\n", "\r\n"].randomElement(using: &random) ?? "\n"
        var text = header + end
        for row in 0..<Int.random(in: 2...(4 * 1440 / form.minutes), using: &random) {
            let start = first + Int64(row * form.minutes * 60)
            let full = start.iso(offset: zone.offset(at: start))
            switch style == 3 ? Int.random(in: 0...2, using: &random) : style {
            // The local clock; in the doubled hour the order of rows tells.
            case 0: text += full.prefix(16)
            case 1: text += full
            default: text += start.iso(offset: 0)
            }
            for _ in 0..<columns { text += "," + amount(digits, &random) }
            text += end
        }
        return text
    }

    private static func amount(_ digits: Int, _ random: inout SeededGenerator) -> String {
        let sign = Int.random(in: 0...5, using: &random) == 0 ? "-" : ""
        let whole = String(Int.random(in: 0...99, using: &random))
        switch digits {
        case 0: return sign + whole
        case 1: return whole + ".\(Int.random(in: 100...999, using: &random))"
        case 2:
            let decimals = Int.random(in: 1...6, using: &random)
            return sign + whole + "." + String(repeating: "7", count: decimals)
        default:
            // Now and then more than a word holds in one step.
            guard Int.random(in: 0...9, using: &random) == 0 else { return sign + whole + ".5" }
            let decimals = Int.random(in: 14...30, using: &random)
            return sign + whole + "." + String(repeating: "3", count: decimals)
        }
    }

    /// The file with one of its bytes, cells or lines changed.
    private static func broken(_ text: String, _ random: inout SeededGenerator) -> String {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        // In text with CR LF, those are one character.
        if lines.count < 3 { lines = text.unicodeScalars.split(separator: "\n").map { String($0) } }
        let line = Int.random(in: 0..<lines.count, using: &random)
        switch Int.random(in: 0...7, using: &random) {
        case 0: lines.remove(at: line)
        case 1: lines.insert(lines[line], at: line)
        case 2: lines.swapAt(line, Int.random(in: 0..<lines.count, using: &random))
        case 3:
            lines[line] +=
                ["\r", ",1", " ", "\u{2029}", "é", "9", "\u{B}"].randomElement(using: &random) ?? ""
        case 4: lines[line] = String(lines[line].dropFirst())
        case 5: lines.insert("", at: line)
        default:
            var scalars = Array(lines[line].unicodeScalars)
            if scalars.isEmpty { break }
            let other = Array("0123456789,.-+/:TZ é\u{301}\u{85}\r".unicodeScalars)
            scalars[Int.random(in: 0..<scalars.count, using: &random)] =
                other.randomElement(using: &random) ?? "0"
            var changed = String.UnicodeScalarView()
            changed.append(contentsOf: scalars)
            lines[line] = String(changed)
        }
        return lines.joined(separator: "\n")
    }
}

/// What was read of a load, or what is wrong with it.
private struct Read: Equatable {
    var problem: LoadProblem?
    var quantities: [BilledQuantity] = []
    var minutes = 0
    var starts: [Instant] = []
    var amounts: [[Exact]] = []
}

/// Reads a load as text, cell by cell.
private func plainRead(
    _ text: String, file: String, zone: TimeZoneTable
) throws(LoadProblem) -> Read {
    func problem(_ line: Int, _ code: LoadProblem.Code, _ detail: String) -> LoadProblem {
        LoadProblem(file: file, line: line, code: code, detail: detail)
    }
    let names: [String: BilledQuantity] = [
        "kwh": .activeImport, "kvarh": .reactiveImport, "export_kwh": .activeExport,
    ]
    let lines = Substring(text.unicodeScalars.drop { $0 == "\u{FEFF}" })
        .split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    let header = lines[0].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    let quantities = header.dropFirst().compactMap { names[$0] }
    guard header.first == "start", quantities.count == header.count - 1,
        quantities.contains(.activeImport), Set(quantities).count == quantities.count
    else { throw problem(1, .badHeader, "write start,kwh and optionally kvarh and export_kwh") }
    var read = Read(quantities: quantities)
    var length: Int64?
    for (number, line) in zip(1..., lines).dropFirst() where !line.isEmpty {
        let cells = line.split(separator: ",", omittingEmptySubsequences: false)
        guard cells.count == header.count else {
            throw problem(number, .badRow, "\(cells.count) cells, not \(header.count)")
        }
        var amounts: [Exact] = []
        for cell in cells.dropFirst() {
            guard !cell.contains("/"), let amount = Exact(String(cell)) else {
                throw problem(number, .badRow, "'\(cell)' is not a decimal number")
            }
            amounts.append(amount)
        }
        var found: [Instant]?
        if let year = Int(cells[0].prefix(4)), (1900...2999).contains(year) {
            if let instant = Instant(iso: cells[0]) {
                found = [instant]
            } else if let naive = Instant(iso: cells[0] + "Z"), naive.seconds % 60 == 0 {
                let clock = naive.clock(offset: 0)
                found = zone.instants(day: clock.day, minute: clock.second / 60)
            }
        }
        guard let found else {
            throw problem(
                number, .badTime, "'\(cells[0])' is not a start such as 2026-01-31T08:15")
        }
        if found.isEmpty {
            throw problem(
                number, .nonexistentTime, "\(zone.name) has no \(cells[0]): give offsets")
        }
        guard let start = found.first(where: { $0 > read.starts.last ?? .distantPast }) else {
            throw problem(number, .outOfOrder, "\(cells[0]) is not after the row before")
        }
        if let last = read.starts.last {
            let step = start.seconds - last.seconds
            length = length ?? step
            if let length, step < length {
                throw problem(number, .outOfOrder, "the row before has not ended yet")
            }
            if let length, step > length {
                throw problem(
                    number, .missingInterval,
                    "\((step - length) / 60) minutes before it have no row")
            }
        }
        read.starts.append(start)
        read.amounts.append(amounts)
    }
    guard let length, length % 60 == 0, 86_400 % length == 0 else {
        throw problem(
            lines.count, .intervalLength,
            "give at least two rows, a whole number of minutes apart that divides a day")
    }
    read.minutes = Int(length / 60)
    return read
}
