// SPDX-License-Identifier: Apache-2.0

import MeterModel
import MeterScan

/// One line of a file, without its line end.
struct DeliveredLine {
    /// The bytes.
    let bytes: ArraySlice<UInt8>
    /// The line, from 1.
    let number: Int
    /// Where it begins, in inflated bytes from 0.
    let byte: Int64

    /// The whole line as a place; bytes that are not text show as replacement characters.
    var place: CellPlace {
        CellPlace(
            line: number, byte: byte, text: String(decoding: bytes.prefix(200), as: UTF8.self))
    }

    /// True where nothing but blanks stands on the line.
    var isBlank: Bool { bytes.allSatisfy { $0 == 0x20 || $0 == 9 } }
}

/// The lines of a window of whole lines, in order.
struct DeliveredLines: Sequence, IteratorProtocol {
    private let window: ArraySlice<UInt8>
    private var start: Int
    private var number: Int
    private let byte: Int64

    init(of window: ArraySlice<UInt8>, firstLine: Int = 1, firstByte: Int64 = 0) {
        self.window = window
        start = window.startIndex
        number = firstLine
        byte = firstByte
    }

    mutating func next() -> DeliveredLine? {
        guard start < window.endIndex else { return nil }
        let end = window[start...].firstIndex(of: 0x0A) ?? window.endIndex
        let hasReturn = end > start && window[end - 1] == 0x0D
        defer { (start, number) = (end + 1, number + 1) }
        return DeliveredLine(
            bytes: window[start..<(hasReturn ? end - 1 : end)], number: number,
            byte: byte + Int64(start - window.startIndex))
    }
}

/// The text of one column of a line.
struct Field {
    /// The text, without quotes and, where so wanted, blanks; full-width digits as plain ones.
    let text: String
    /// Where it stands.
    let place: CellPlace
}

/// Cuts lines into columns.
struct FieldSplitter {
    let separator: UInt8
    let quotes: DelimitedProfile.Quotes
    let blanks: DelimitedProfile.Blanks
    let encoding: DelimitedProfile.Encoding

    /// The columns of a line, or nil where its bytes are not text.
    func fields(of line: DeliveredLine) -> [Field]? {
        // A NUL is no text: terminals pad with them what they lost.
        if line.bytes.contains(0) { return nil }
        var fields: [Field] = []
        for range in ranges(line.bytes) {
            guard let text = decoded(line.bytes[range]) else { return nil }
            let place = CellPlace(
                line: line.number,
                byte: line.byte + Int64(range.lowerBound - line.bytes.startIndex),
                text: text)
            fields.append(Field(text: cleaned(text), place: place))
        }
        return fields
    }

    /// Where the columns stand. The trail bytes of GB18030 hold `|` and digits, never `,`, `;` or
    /// tab, so characters are stepped over as a whole.
    private func ranges(_ bytes: ArraySlice<UInt8>) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var (start, position, isQuoted) = (bytes.startIndex, bytes.startIndex, false)
        while position < bytes.endIndex {
            let byte = bytes[position]
            if quotes == .double, byte == UInt8(ascii: "\"") {
                isQuoted.toggle()
            } else if byte == separator, !isQuoted {
                ranges.append(start..<position)
                start = position + 1
            }
            position += characterLength(bytes, position)
        }
        return ranges + [start..<bytes.endIndex]
    }

    private func characterLength(_ bytes: ArraySlice<UInt8>, _ position: Int) -> Int {
        guard encoding == .gb18030, bytes[position] >= 0x81, position + 1 < bytes.endIndex
        else { return 1 }
        // Source: GB 18030-2005: a second byte 30 to 39 begins a character of four bytes.
        return (0x30...0x39).contains(bytes[position + 1]) ? 4 : 2
    }

    private func decoded(_ bytes: ArraySlice<UInt8>) -> String? {
        switch encoding {
        case .utf8: String(validating: bytes, as: UTF8.self)
        case .gb18030: GB18030.decode(bytes)
        }
    }

    private func cleaned(_ text: String) -> String {
        var text = blanks == .trim ? text.trimmingBlanks() : text
        if quotes == .double, text.utf8.count >= 2, text.hasPrefix("\""), text.hasSuffix("\"") {
            text = String(text.dropFirst().dropLast()).split(
                separator: "\"\"", omittingEmptySubsequences: false
            ).joined(separator: "\"")
            if blanks == .trim { text = text.trimmingBlanks() }
        }
        return encoding == .gb18030 ? text.withPlainDigits() : text
    }
}

extension String {
    /// The text without blanks and tabs around it.
    func trimmingBlanks() -> String {
        guard let first = utf8.firstIndex(where: { $0 != 0x20 && $0 != 9 }),
            let last = utf8.lastIndex(where: { $0 != 0x20 && $0 != 9 })
        else { return "" }
        return String(self[first...last])
    }

    /// The text with full-width digits, points and signs as plain ones, as Chinese exports mix them.
    fileprivate func withPlainDigits() -> String {
        if utf8.allSatisfy({ $0 < 0x80 }) { return self }
        var plain = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            // Source: Unicode, half-width and full-width forms: FF01 to FF5E mirror 21 to 7E.
            let isWide =
                (0xFF10...0xFF19).contains(scalar.value) || [0xFF0D, 0xFF0E].contains(scalar.value)
            plain.append(isWide ? UnicodeScalar(scalar.value - 0xFEE0) ?? scalar : scalar)
        }
        return String(plain)
    }
}
