// SPDX-License-Identifier: Apache-2.0

import BillTariff
import Quantities

extension LoadProfile {
    /// Reads a load: header `start,kwh[,kvarh][,export_kwh]`, starts in ISO 8601.
    ///
    /// A start without offset is the zone's wall clock; in the hour that a clock change doubles, the
    /// order of the rows tells the two apart. A byte order mark is no part of the text.
    public static func parse(
        _ text: String, file: String, zone: TimeZoneTable
    ) throws(LoadProblem) -> LoadProfile {
        var reader = LoadReader(text, file: file, zone: zone)
        return try reader.read()
    }
}

/// Reads a load file row by row.
///
/// Nearly every row is like the one before it but for minute and digits: `plainRow` reads those from the
/// bytes. Any other is read as text by `carefulRow`, which alone knows errors.
struct LoadReader {
    private static let names: [String: BilledQuantity] = [
        "kwh": .activeImport, "kvarh": .reactiveImport, "export_kwh": .activeExport,
    ]

    private let file: String
    private let zone: TimeZoneTable
    private let bytes: [UInt8]
    /// Where the next line begins; nil after the last.
    private var next: Int?
    /// The line that was read last, from 1.
    private var line = 0
    private var starts: [Instant] = []
    private var columns: [LoadColumn] = []
    /// Seconds from one row to the next.
    private var length: Int64?
    /// How starts are written on the day of the row before; nil where a clock change is near.
    private var day: WrittenDay?
    /// The amounts of the row that is being read. Shape: `[column]`.
    private var row: [LoadAmount] = []

    init(_ text: String, file: String, zone: TimeZoneTable) {
        (self.file, self.zone, bytes) = (file, zone, Array(text.utf8))
        var first = 0
        while bytes[first...].starts(with: [0xEF, 0xBB, 0xBF]) { first += 3 }
        next = first
    }

    private func problem(_ code: LoadProblem.Code, _ detail: String) -> LoadProblem {
        LoadProblem(file: file, line: line, code: code, detail: detail)
    }

    /// Reads the whole file.
    mutating func read() throws(LoadProblem) -> LoadProfile {
        let names = nextLine().split(separator: ",", omittingEmptySubsequences: false)
            .map(String.init)
        let quantities = names.dropFirst().compactMap { LoadReader.names[$0] }
        guard names.first == "start", quantities.count == names.count - 1,
            quantities.contains(.activeImport), Set(quantities).count == quantities.count
        else {
            throw problem(.badHeader, "write start,kwh and optionally kvarh and export_kwh")
        }
        columns = quantities.map { _ in LoadColumn() }
        while let position = next {
            if let (start, end) = plainRow(at: position) {
                (next, line) = (end, line + 1)
                try append(start)
            } else {
                let text = nextLine()
                if !text.isEmpty { try append(carefulRow(text)) }
            }
        }
        guard let length, length % 60 == 0, 86_400 % length == 0 else {
            throw problem(
                .intervalLength,
                "give at least two rows, a whole number of minutes apart that divides a day")
        }
        return LoadProfile(
            quantities: quantities, minutes: Int(length / 60), starts: starts, columns: columns)
    }

    /// Takes up the row that was read.
    private mutating func append(_ start: Instant) throws(LoadProblem) {
        if let last = starts.last {
            let step = start.seconds - last.seconds
            let expected = length ?? step
            length = expected
            guard step >= expected else {
                throw problem(.outOfOrder, "the row before has not ended yet")
            }
            guard step == expected else {
                throw problem(
                    .missingInterval, "\((step - expected) / 60) minutes before it have no row")
            }
        }
        starts.append(start)
        for column in columns.indices { columns[column].append(row[column]) }
    }
}

// Rows as they nearly all are.
extension LoadReader {
    /// Reads a row on the day of the one before, written like it; nil where it may be anything else.
    ///
    /// - Returns: When it begins, and where the next line does.
    private mutating func plainRow(at position: Int) -> (start: Instant, next: Int)? {
        let bytes = bytes
        let span = bytes.span
        guard let day, let start = day.moment(at: position, in: span) else { return nil }
        if let last = starts.last, start <= last { return nil }
        var position = position + day.width
        row.removeAll(keepingCapacity: true)
        for _ in columns.indices {
            guard position < span.count, span[position] == UInt8(ascii: ",") else { return nil }
            position += 1
            guard let amount = LoadReader.amount(at: &position, in: span) else { return nil }
            row.append(amount)
        }
        if position < span.count, span[position] == UInt8(ascii: "\r") { position += 1 }
        guard position < span.count, span[position] == UInt8(ascii: "\n") else { return nil }
        return (start, position + 1)
    }

    private static func amount(at position: inout Int, in bytes: Span<UInt8>) -> LoadAmount? {
        PlainDecimal(at: &position, in: bytes).map { .steps($0.steps, decimals: $0.decimals) }
    }
}

// Rows of any form, and what is wrong with them.
extension LoadReader {
    /// The text of the next line, without its end.
    private mutating func nextLine() -> String {
        line += 1
        guard let first = next else { return "" }
        var end = first
        while end < bytes.count {
            if let width = newline(at: end) {
                next = end + width
                return String(decoding: bytes[first..<end], as: UTF8.self)
            }
            end += 1
        }
        next = nil
        return String(decoding: bytes[first...], as: UTF8.self)
    }

    /// How many bytes the line's end at a position takes, in any form that Unicode has; nil for none.
    private func newline(at position: Int) -> Int? {
        let rest = bytes[position...]
        switch bytes[position] {
        case 0x0D: return rest.dropFirst().first == 0x0A ? 2 : 1
        case 0x0A...0x0C: return 1
        case 0xC2: return rest.starts(with: [0xC2, 0x85]) ? 2 : nil
        case 0xE2:
            let isEnd =
                rest.starts(with: [0xE2, 0x80, 0xA8]) || rest.starts(with: [0xE2, 0x80, 0xA9])
            return isEnd ? 3 : nil
        default: return nil
        }
    }

    /// Reads a row; its amounts are in `row` then.
    private mutating func carefulRow(_ text: String) throws(LoadProblem) -> Instant {
        let cells = text.split(separator: ",", omittingEmptySubsequences: false)
        guard cells.count == columns.count + 1 else {
            throw problem(.badRow, "\(cells.count) cells, not \(columns.count + 1)")
        }
        row.removeAll(keepingCapacity: true)
        for cell in cells.dropFirst() {
            guard !cell.contains("/"), let exact = Exact(String(cell)) else {
                throw problem(.badRow, "'\(cell)' is not a decimal number")
            }
            let digits = Array(cell.utf8)
            var position = 0
            row.append(LoadReader.amount(at: &position, in: digits.span) ?? .exact(exact))
        }
        guard let found = starts(cells[0]) else {
            throw problem(.badTime, "'\(cells[0])' is not a start such as 2026-01-31T08:15")
        }
        guard !found.isEmpty else {
            throw problem(.nonexistentTime, "\(zone.name) has no \(cells[0]): give offsets")
        }
        guard let start = found.first(where: { $0 > starts.last ?? .distantPast }) else {
            throw problem(.outOfOrder, "\(cells[0]) is not after the row before")
        }
        day = WrittenDay(Array(cells[0].utf8), of: start, zone: zone)
        return start
    }

    /// The moments that a start can mean, sorted; nil where it is no time.
    private func starts(_ text: Substring) -> [Instant]? {
        // Far enough from the calendar's ends that months and years can be added.
        guard let year = Int(text.prefix(4)), (1900...2999).contains(year) else { return nil }
        if let instant = Instant(iso: text) { return [instant] }
        guard let naive = Instant(iso: text + "Z") else { return nil }
        let (day, second) = naive.clock(offset: 0)
        guard second % 60 == 0 else { return nil }
        return zone.instants(day: day, minute: second / 60)
    }
}
