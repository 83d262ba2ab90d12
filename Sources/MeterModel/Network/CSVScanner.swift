// SPDX-License-Identifier: Apache-2.0

/// Walks over the rows of a CSV text and unquotes their fields.
struct CSVScanner {
    /// A row whose fields were appended.
    struct Row {
        /// The line on which it begins, from 1.
        var line: Int
        /// How many fields were appended.
        var fieldCount: Int
        /// Where its first field begins in the text.
        var textStart: Int
    }

    private let bytes: [UInt8]
    private var position: Int
    private var line = 1

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    }

    /// Appends the fields of the next row that is not an empty line; nil at the end of the text.
    mutating func nextRow(
        into text: inout [UInt8], ends: inout [Int]
    ) -> Result<Row, CSVTable.Fault>? {
        while endLine() {}
        guard position < bytes.count else { return nil }
        var row = Row(line: line, fieldCount: 0, textStart: text.count)
        while true {
            let start = text.count
            let fault = isAt("\"") ? quoted(into: &text) : plain(into: &text)
            if let fault { return .failure(CSVTable.Fault(line: line, kind: fault)) }
            guard text.count - start <= CSVTable.longestField else {
                return .failure(CSVTable.Fault(line: line, kind: .longField))
            }
            ends.append(text.count)
            row.fieldCount += 1
            if isAt(",") {
                position += 1
            } else if endLine() || position == bytes.count {
                return .success(row)
            } else {
                let kind: CSVTable.Fault.Kind = isAt("\r") ? .strayReturn : .strayQuote
                return .failure(CSVTable.Fault(line: line, kind: kind))
            }
        }
    }

    private func isAt(_ character: Unicode.Scalar) -> Bool {
        position < bytes.count && bytes[position] == UInt8(ascii: character)
    }

    /// Steps over a line end, if one is here.
    private mutating func endLine() -> Bool {
        if isAt("\r"), position + 1 < bytes.count, bytes[position + 1] == UInt8(ascii: "\n") {
            position += 2
        } else if isAt("\n") {
            position += 1
        } else {
            return false
        }
        line += 1
        return true
    }

    private mutating func plain(into text: inout [UInt8]) -> CSVTable.Fault.Kind? {
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: ","), UInt8(ascii: "\n"), UInt8(ascii: "\r"): return nil
            case UInt8(ascii: "\""): return .strayQuote
            case let byte: text.append(byte)
            }
            position += 1
        }
        return nil
    }

    private mutating func quoted(into text: inout [UInt8]) -> CSVTable.Fault.Kind? {
        let (start, opening) = (text.count, line)
        position += 1
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if byte == UInt8(ascii: "\"") {
                guard isAt("\"") else { return nil }
                position += 1
            } else if byte == UInt8(ascii: "\n") {
                line += 1
            }
            text.append(byte)
            // Quotes that never close would else make one field of the rest of the file.
            if text.count - start > CSVTable.longestField { return .longField }
        }
        line = opening
        return .openQuote
    }
}
