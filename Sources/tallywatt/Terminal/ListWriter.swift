// SPDX-License-Identifier: Apache-2.0

import Quantities

/// A value in a list.
enum ListValue {
    case text(String?)
    case number(Int?)

    /// As a person reads it; nothing where there is none.
    var plain: String {
        switch self {
        case .text(let text): text ?? ""
        case .number(let number): number.map(String.init) ?? ""
        }
    }

    func add(_ key: String, to object: inout JSONObject) {
        switch self {
        case .text(let text): object.add(key, text)
        case .number(let number): object.add(key, number)
        }
    }
}

/// Writes rows of equal columns as they come: a table for people, CSV or JSON for programs.
///
/// Memory does not depend on the number of rows: a table is aligned some hundred rows at a time.
struct ListWriter {
    /// How rows are written.
    enum Form {
        case table
        case csv
        /// An object with one list of this name, one row of it per line.
        case json(String)
    }

    private let form: Form
    private let columns: [String]
    private let write: (String) throws -> Void
    private var count = 0
    private var pending: [[String]] = []
    private var last: String?

    private static let alignedRows = 500

    /// - Parameters:
    ///   - columns: The header, and the keys of JSON.
    ///   - write: Takes each line, without its end.
    init(
        _ form: Form, columns: [String],
        write: @escaping (String) throws -> Void = { Output.result($0) }
    ) throws {
        self.form = form
        self.columns = columns
        self.write = write
        switch form {
        case .table: break
        case .csv: try write(CSVText.line(columns))
        case .json(let name): try write("{\(name.jsonText):[")
        }
    }

    /// Writes a row: a value for each column.
    mutating func add(_ row: [ListValue]) throws {
        switch form {
        case .table:
            pending.append(row.map(\.plain))
            count += 1
            if pending.count == ListWriter.alignedRows { try align() }
        case .csv: try write(CSVText.line(row.map(\.plain)))
        case .json:
            var object = JSONObject()
            for (key, value) in zip(columns, row) { value.add(key, to: &object) }
            try add(json: object.text)
        }
    }

    /// Writes a row that is a JSON object already.
    mutating func add(json row: String) throws {
        if let last { try write(last + ",") }
        last = row
    }

    /// Writes what ends the list.
    ///
    /// - Parameter none: What a table says where there was no row.
    mutating func finish(none: String) throws {
        switch form {
        case .table:
            if count == 0 { return try write(none) }
            try align()
        case .csv: break
        case .json:
            if let last { try write(last) }
            try write("]}")
        }
    }

    private mutating func align() throws {
        guard !pending.isEmpty else { return }
        let header = count == pending.count ? [columns] : []
        for line in TextTable.lines(header + pending) { try write(line) }
        pending.removeAll(keepingCapacity: true)
    }
}
