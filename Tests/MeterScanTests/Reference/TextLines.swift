// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Quantities

/// One line of a text, with its place.
struct TextLine {
    let number: Int
    let byte: Int
    /// Without its line ending.
    let text: String

    /// The cells and their places in the file.
    func cells(separator: Character = ",") -> [(text: String, byte: Int)] {
        var place = byte
        return text.split(separator: separator, omittingEmptySubsequences: false).map { cell in
            defer { place += cell.utf8.count + 1 }
            return (String(cell), place)
        }
    }

    /// All lines of a text; the last may lack its ending.
    static func all(_ bytes: [UInt8]) -> [TextLine] {
        var lines: [TextLine] = []
        var start = 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
            let text =
                bytes[start..<end].last == 0x0D ? bytes[start..<(end - 1)] : bytes[start..<end]
            lines.append(
                TextLine(
                    number: lines.count + 1, byte: start,
                    text: String(decoding: text, as: UTF8.self)))
            start = end + 1
        }
        return lines
    }
}

/// The decimal of a cell, read the slow way; nil where it is none.
func referenceNumber(_ text: String) -> Exact? {
    let digits = text.filter { ("0"..."9").contains($0) }
    let parts = text.drop { $0 == "-" }.split(separator: ".", omittingEmptySubsequences: false)
    guard digits.count <= 18, parts.count <= 2, parts.count < 2 || parts[1].count <= 9,
        !text.contains("/")
    else { return nil }
    return Exact(text)
}
