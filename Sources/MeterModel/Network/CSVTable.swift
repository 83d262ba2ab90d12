// SPDX-License-Identifier: Apache-2.0

/// The rows of a CSV file with a header, in one buffer.
///
/// Quoted fields, `\r\n` or `\n`, an optional byte order mark; empty lines are skipped. Pure and
/// bounded: a field holds at most 64 KiB. A fault in the quoting or the text ends the reading there;
/// a row with the wrong number of fields costs that row.
/// Source: RFC 4180.
public struct CSVTable: Sendable {
    /// Something that keeps a line from being read.
    public struct Fault: Error, Hashable, Sendable {
        /// What can be wrong with a line.
        public enum Kind: Hashable, Sendable {
            /// Quotes open and the file ends.
            case openQuote
            /// A quote inside a field that does not begin with one, or text after closing quotes.
            case strayQuote
            /// A carriage return that no line feed follows.
            case strayReturn
            /// A NUL byte.
            case nul
            /// Not UTF-8.
            case notUTF8
            /// A field of more than 64 KiB.
            case longField
            /// A row with another number of fields than the header.
            case fieldCount(found: Int, expected: Int)
        }

        /// The line, from 1.
        public var line: Int
        /// What is wrong with it.
        public var kind: Kind
    }

    /// The longest field, in bytes; chosen, ample for any text a clerk writes.
    public static let longestField = 65_536

    /// The names in the first row.
    public private(set) var header: [String] = []
    /// The line on which each row begins, from 1. Shape: `[row]`.
    public private(set) var lines: [Int] = []
    /// What could not be read, in order of lines.
    public private(set) var faults: [Fault] = []
    /// The fields' bytes, unquoted, one after the other.
    private var text: [UInt8] = []
    /// Where each field ends in `text`. Shape: `[row × column]`.
    private var ends: [Int] = []

    /// Reads a whole file.
    public init(_ bytes: [UInt8]) {
        if let fault = CSVTable.textFault(bytes) {
            faults = [fault]
            return
        }
        text.reserveCapacity(bytes.count)
        var scanner = CSVScanner(bytes)
        while let row = scanner.nextRow(into: &text, ends: &ends) {
            switch row {
            case .failure(let fault):
                faults.append(fault)
                return
            case .success(let row):
                keep(row)
            }
        }
    }

    /// A table of these columns, to which rows are appended.
    public init(header: [String]) {
        self.header = header
    }

    /// Takes a row that no file holds, with one field per column; its line is 0.
    public mutating func append(_ fields: some Collection<String>) {
        precondition(fields.count == header.count, "one field per column")
        for field in fields {
            text += field.utf8
            ends.append(text.count)
        }
        lines.append(0)
    }

    /// How many rows there are below the header.
    public var count: Int { lines.count }

    /// The text of a field.
    public func field(row: Int, column: Int) -> String {
        let position = row * header.count + column
        let start = position == 0 ? 0 : ends[position - 1]
        return String(decoding: text[start..<ends[position]], as: UTF8.self)
    }

    /// True where no row has anything in a column.
    public func isBlank(column: Int) -> Bool {
        stride(from: column, to: ends.count, by: header.count).allSatisfy {
            ends[$0] == ($0 == 0 ? 0 : ends[$0 - 1])
        }
    }

    /// Takes the row that the scanner just appended, or takes it back where its shape is wrong.
    private mutating func keep(_ row: CSVScanner.Row) {
        if header.isEmpty {
            var start = row.textStart
            for end in ends {
                header.append(String(decoding: text[start..<end], as: UTF8.self))
                start = end
            }
            text.removeAll(keepingCapacity: true)
            ends.removeAll(keepingCapacity: true)
        } else if row.fieldCount == header.count {
            lines.append(row.line)
        } else {
            ends.removeLast(row.fieldCount)
            text.removeLast(text.count - row.textStart)
            let kind = Fault.Kind.fieldCount(found: row.fieldCount, expected: header.count)
            faults.append(Fault(line: row.line, kind: kind))
        }
    }

    /// The first NUL or malformed UTF-8, if any.
    private static func textFault(_ bytes: [UInt8]) -> Fault? {
        func line(at position: Int) -> Int {
            1 + bytes[..<position].count { $0 == UInt8(ascii: "\n") }
        }
        if let position = bytes.firstIndex(of: 0) {
            return Fault(line: line(at: position), kind: .nul)
        }
        do throws(UTF8.ValidationError) {
            _ = try UTF8Span(validating: bytes.span)
            return nil
        } catch {
            return Fault(line: line(at: error.byteOffsets.lowerBound), kind: .notUTF8)
        }
    }
}
