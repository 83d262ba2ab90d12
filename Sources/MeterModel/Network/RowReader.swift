// SPDX-License-Identifier: Apache-2.0

import Quantities

/// Reads the fields of one row after the other, and collects what is wrong with them.
///
/// A field that is wrong gives a harmless value, so that one pass finds all of them; rows are used
/// only where there were no errors.
struct RowReader {
    let table: NetworkTable
    let csv: CSVTable
    /// The row it stands on.
    var row = 0
    var errors: NetworkErrors
    /// The columns without a meaning to us.
    private let extraColumns: [(name: String, position: Int)]

    init(_ table: NetworkTable, _ csv: CSVTable, errors: NetworkErrors) {
        self.table = table
        self.csv = csv
        self.errors = errors
        let known = Set(table.columns + table.optionalColumns)
        extraColumns = csv.header.enumerated()
            .filter { !known.contains($0.element) }.map { ($0.element, $0.offset) }
    }

    /// The line of the row it stands on.
    var line: Int { csv.lines[row] }

    /// Line, span and further columns of the row.
    mutating func context() -> RowContext {
        var context = RowContext()
        context.line = line
        context.from = moment("from")
        context.to = moment("to")
        for (name, position) in extraColumns {
            let value = csv.field(row: row, column: position)
            if !value.isEmpty { context.extras[name] = value }
        }
        return context
    }

    /// The text of a field; empty where the column is absent.
    func text(_ column: String) -> String {
        // A dozen names are sooner compared than hashed.
        csv.header.firstIndex(of: column).map { csv.field(row: row, column: $0) } ?? ""
    }

    /// The text of a field that must not be empty.
    mutating func required(_ column: String) -> String {
        let value = text(column)
        if value.isEmpty { refuse(.emptyValue, "\(column) is empty", mend: "fill it in") }
        return value
    }

    /// An id that reading files name: it stands there between separators, without quotes.
    mutating func deliveredID(_ column: String) -> String {
        let value = required(column)
        if value.utf8.contains(where: { $0 < 0x20 || "\",;|".utf8.contains($0) }) {
            refuse(
                .badID, "\(column) '\(value)' holds a separator, a quote or a control character",
                mend: "write it as reading files can name it")
        }
        return value
    }

    /// A date or an instant; nil where the field is empty.
    mutating func moment(_ column: String) -> NetworkMoment? {
        let value = text(column)
        if value.isEmpty { return nil }
        if let moment = NetworkMoment(value) { return moment }
        refuse(
            .badDate, "\(column) '\(value)' is not a date",
            mend: "write it as 2026-01-31 or as 2026-01-31T08:00:00+08:00")
        return nil
    }

    /// A date or an instant that must be there.
    mutating func requiredMoment(_ column: String) -> NetworkMoment {
        if required(column).isEmpty { return .instant(.distantPast) }
        return moment(column) ?? .instant(.distantPast)
    }

    /// A whole number within `range`; nil where the field is empty.
    mutating func number(_ column: String, _ range: ClosedRange<Int>) -> Int? {
        let value = text(column)
        if value.isEmpty { return nil }
        if value.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(value),
            range.contains(number)
        {
            return number
        }
        refuse(
            .badNumber, "\(column) '\(value)' is not a whole number",
            mend: "write one from \(range.lowerBound) to \(range.upperBound)")
        return nil
    }

    /// A plain decimal above 0; nil where the field is empty.
    mutating func positiveDecimal(_ column: String) -> Exact? {
        let value = text(column)
        if value.isEmpty { return nil }
        if let number = plainDecimal(value), number > .zero { return number }
        refuse(
            .badNumber, "\(column) '\(value)' is not a number above 0",
            mend: "write a plain decimal such as 40 or 0.5")
        return nil
    }

    /// A plain decimal of either sign; nil where the field is empty.
    mutating func decimal(_ column: String) -> Exact? {
        let value = text(column)
        if value.isEmpty { return nil }
        if let number = plainDecimal(value) { return number }
        refuse(
            .badNumber, "\(column) '\(value)' is not a number",
            mend: "write a plain decimal such as 12345.67")
        return nil
    }

    /// One of a few words; `standard` where the field is empty.
    mutating func choice<Word: RawRepresentable & CaseIterable>(
        _ column: String, standard: Word? = nil
    ) -> Word? where Word.RawValue == String {
        let value = standard == nil ? required(column) : text(column)
        if value.isEmpty { return standard }
        if let word = Word(rawValue: value) { return word }
        let words = Word.allCases.map(\.rawValue).joined(separator: ", ")
        refuse(.unknownValue, "\(column) '\(value)' is not known", mend: "use one of \(words)")
        return standard
    }

    /// Notes that a field of this row is wrong.
    mutating func refuse(_ code: NetworkError.Code, _ found: String, mend: String) {
        errors.append(
            NetworkError(code, file: table.fileName, line: line, found: found, mend: mend))
    }

    /// A decimal without the fraction form that `Exact` also reads.
    private func plainDecimal(_ text: String) -> Exact? {
        text.utf8.contains(UInt8(ascii: "/")) ? nil : Exact(text)
    }
}
