// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Quantities

extension FileInspection {
    /// What a person reads: a line for the file, a table of its series, and what was refused.
    public var table: String {
        var lines = [
            "\(path): \(format ?? "not readable"), \(bytes) bytes, \(readings) readings, "
                + "\(rejected) rejections"
        ]
        if !series.isEmpty {
            let header = [
                "meter", "channel", "obis", "unit", "minutes", "count", "first", "last", "sum",
                "quality",
            ]
            lines += FileInspection.aligned([header] + series.map(\.row)).map { "  " + $0 }
        }
        for rejection in rejections {
            let member = rejection.member.isEmpty ? "" : rejection.member + " "
            lines.append(
                "  \(member)line \(rejection.line): \(rejection.code.rawValue): \(rejection.found)")
        }
        if rejected > rejections.count {
            lines.append("  … and \(rejected - rejections.count) more")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Rows with their columns padded to the same width, two blanks apart.
    private static func aligned(_ rows: [[String]]) -> [String] {
        let widths = rows[0].indices.map { column in
            rows.map { $0[column].count }.max() ?? 0
        }
        return rows.map { row in
            let cells = zip(row, widths).map { text, width in
                text + String(repeating: " ", count: width - text.count)
            }
            return cells.joined(separator: "  ").trimmingBlanks()
        }
    }
}

extension FileInspection.Series {
    fileprivate var row: [String] {
        let codes = quality.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        return [
            meter, channel, obis.description, unit, intervalMinutes.map { String($0) } ?? "-",
            String(count), first, last, sum?.description ?? "-", codes.joined(separator: ", "),
        ]
    }
}
