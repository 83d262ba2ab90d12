// SPDX-License-Identifier: Apache-2.0

/// Columns that stand below each other on a terminal.
enum TextTable {
    /// Rows as lines, each column as wide as its widest cell, two blanks between.
    ///
    /// - Parameter right: Columns whose cells end below each other, as amounts do.
    static func lines(_ rows: [[String]], right: Set<Int> = []) -> [String] {
        var widths: [Int] = []
        for row in rows {
            for (column, cell) in row.enumerated() {
                if column == widths.count { widths.append(0) }
                widths[column] = max(widths[column], width(of: cell))
            }
        }
        return rows.map { row in
            var line = ""
            for (column, cell) in row.enumerated() {
                let blanks = String(repeating: " ", count: widths[column] - width(of: cell))
                line += right.contains(column) ? blanks + cell : cell + blanks
                if column + 1 < row.count { line += "  " }
            }
            while line.last == " " { line.removeLast() }
            return line
        }
    }

    /// How many places a text takes: two for a Chinese character, full-width forms included.
    ///
    /// Source: Unicode Standard Annex 11, the blocks that Chinese text uses.
    static func width(of text: String) -> Int {
        text.unicodeScalars.reduce(0) { sum, scalar in
            switch scalar.value {
            case 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE4F,
                0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x20000...0x3FFFD:
                sum + 2
            case 0x0300...0x036F: sum
            default: sum + 1
            }
        }
    }
}
