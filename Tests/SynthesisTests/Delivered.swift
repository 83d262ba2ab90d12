// SPDX-License-Identifier: Apache-2.0

import Foundation
import Quantities

/// One value cell as a naive reader finds it in generated text.
struct Delivered: Hashable {
    /// What the cell is of: meter, channel and slot or date.
    struct Key: Hashable {
        let meter: String
        let channel: String
        let time: String
    }

    let key: Key
    /// In thousandths (intervals) or hundredths (registers) of the unit; nil where it is absent.
    let value: Int?
    let letter: Character
    /// The sender's version time, empty where it gives none.
    let version: String
    /// The value's place in its file's rows.
    let row: Int
}

/// A generated folder, inflated by the system's gzip and read in the slowest possible way.
struct GeneratedFolder {
    let path: String
    let fileNames: [String]

    init(_ path: String) throws {
        self.path = path
        fileNames = try FileManager.default.contentsOfDirectory(atPath: path + "/inbox").sorted()
    }

    /// The text of an inbox file, inflated by `gzip -dc`.
    func text(_ name: String) throws -> String {
        try inflate(path + "/inbox/" + name)
    }

    /// A table of the network folder, as a dictionary per row.
    func table(_ name: String) throws -> [[String: String]] {
        let text = try String(contentsOfFile: path + "/network/" + name, encoding: .utf8)
        let rows = text.split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        return rows.dropFirst().map { row in
            precondition(row.count == rows[0].count, "\(name): \(row)")
            return Dictionary(uniqueKeysWithValues: zip(rows[0], row))
        }
    }

    /// `expected.json` as `meter channel` → sum or last value.
    func expected() throws -> [String: (unit: String, sum: String?, last: String?)] {
        struct File: Decodable {
            struct Entry: Decodable {
                let meter, channel, unit: String
                let sum, last: String?
            }
            let current: [Entry]
        }
        let data = try Data(contentsOf: URL(fileURLWithPath: path + "/expected.json"))
        let file = try JSONDecoder().decode(File.self, from: data)
        let pairs = file.current.map { ("\($0.meter) \($0.channel)", ($0.unit, $0.sum, $0.last)) }
        return Dictionary(uniqueKeysWithValues: pairs)
    }

    /// Every value cell of a file.
    func cells(_ name: String) throws -> [Delivered] {
        let rows = try text(name).split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        return switch rows[0][0] {
        case "100": nem12Cells(rows)
        default: rows[0].contains("kwh") ? longCells(rows) : registerCells(rows)
        }
    }

    private func longCells(_ rows: [[String]]) -> [Delivered] {
        rows.enumerated().dropFirst().map { number, row in
            Delivered(
                key: .init(meter: row[0], channel: "1.8.0", time: row[1]),
                value: scaled(row[2]), letter: Character(row[3]), version: "", row: number)
        }
    }

    private func registerCells(_ rows: [[String]]) -> [Delivered] {
        rows.enumerated().dropFirst().flatMap { number, row in
            (0..<5).map { register in
                Delivered(
                    key: .init(meter: row[0], channel: "1.8.\(register)", time: row[1]),
                    value: scaled(row[2 + register]), letter: "A", version: "", row: number)
            }
        }
    }

    private func nem12Cells(_ rows: [[String]]) -> [Delivered] {
        let obis = ["E1": "1.8.0", "B1": "2.8.0", "Q1": "3.8.0"]
        var (meter, channel) = ("", "")
        var cells: [Delivered] = []
        for (number, row) in rows.enumerated() {
            switch row[0] {
            case "200":
                meter = row[6]
                channel = "\(obis[row[4]] ?? "?"):\(row[4])"
            case "300":
                for slot in 0..<96 {
                    cells.append(
                        Delivered(
                            key: .init(meter: meter, channel: channel, time: "\(row[1]) \(slot)"),
                            value: scaled(row[2 + slot]), letter: Character(row[98].prefix(1) + ""),
                            version: row[101], row: number))
                }
            case "400":
                let day = cells.count - 96
                for slot in Int(row[1])!...Int(row[2])! {
                    let cell = cells[day + slot - 1]
                    cells[day + slot - 1] = Delivered(
                        key: cell.key, value: cell.value, letter: row[3].first ?? "?",
                        version: cell.version, row: cell.row)
                }
            default: break
            }
        }
        return cells
    }

    private func scaled(_ text: String) -> Int? {
        text.isEmpty ? nil : Int(text.filter { $0 != "." })
    }
}

/// The bytes of a gzip file as the system's `gzip` inflates them.
func inflate(_ path: String) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/gzip")
    process.arguments = ["-dc", path]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    precondition(process.terminationStatus == 0, "gzip accepts \(path)")
    return String(decoding: data, as: UTF8.self)
}

/// Runs a test in a folder of its own, which is removed afterwards.
func withTemporaryFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.path + "/" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder)
}
