// SPDX-License-Identifier: Apache-2.0

import Quantities

/// What every row of a network folder has besides its own columns.
public struct RowContext: Hashable, Sendable {
    /// The line of the file, from 1; 0 for a row that was on record before this import.
    public var line = 0
    /// When the row begins to hold; nil is open.
    public var from: NetworkMoment?
    /// When the row ceases to hold; nil is open.
    public var to: NetworkMoment?
    /// The fields of columns without a meaning to us, where they are not empty.
    public var extras: [String: String] = [:]

    /// A row that always holds.
    public init() {}
}

/// A row of a network folder.
protocol NetworkRow: Hashable, Sendable {
    /// The table it belongs to.
    static var table: NetworkTable { get }
    /// What an import replaces as a whole: all rows of one id.
    var id: String { get }
    /// What may have one row at a time.
    var historyKey: String { get }
    /// Line, span and further columns.
    var context: RowContext { get set }
    /// The latest of these begins the row's span.
    var starts: [NetworkMoment] { get }
    /// The earliest of these ends the row's span.
    var ends: [NetworkMoment] { get }
    /// The columns with a meaning in the table's order, without `from` and `to`, as written back.
    var fields: [(column: String, value: String)] { get }
    /// Reads the row that `reader` stands on; a field that is wrong goes to the reader's errors.
    init(_ reader: inout RowReader)
}

extension NetworkRow {
    var historyKey: String { id }
    var starts: [NetworkMoment] { [context.from].compactMap(\.self) }
    var ends: [NetworkMoment] { [context.to].compactMap(\.self) }

    /// Every column with a value, in a fixed order.
    var allFields: [(column: String, value: String)] {
        var all = fields
        all.append(("from", context.from?.description ?? ""))
        all.append(("to", context.to?.description ?? ""))
        for (column, value) in context.extras.sorted(by: { $0.key < $1.key }) {
            all.append((column, value))
        }
        return all.filter { !$0.value.isEmpty }
    }

    /// The row as the change log shows it: `meter_id=M1,multiplier=40`.
    var text: String {
        allFields.map { csvField("\($0.column)=\($0.value)") }.joined(separator: ",")
    }

    /// When the row holds, where dates are days of `zone`; nil where that is never.
    func span(in zone: TimeZoneTable) -> Range<Instant>? {
        let from = starts.map { $0.instant(in: zone) }.max() ?? .distantPast
        let to = ends.map { $0.instant(in: zone) }.min() ?? .distantFuture
        return from < to ? from..<to : nil
    }
}

/// A text as a CSV field, quoted where it must be.
func csvField(_ text: String) -> String {
    guard text.utf8.contains(where: { $0 == 0x2C || $0 == 0x22 || $0 == 0x0A || $0 == 0x0D }) else {
        return text
    }
    var quoted = "\""
    for character in text.unicodeScalars {
        if character == "\"" { quoted.unicodeScalars.append(character) }
        quoted.unicodeScalars.append(character)
    }
    return quoted + "\""
}
