// SPDX-License-Identifier: Apache-2.0

import BatchRun
import Foundation
import MeterModel
import Quantities
import Store
import TestSupport

/// A folder of real files that tells one story, and what came of playing it.
///
/// `network/` and `inbox/` are there before the first night, `network-2/` and `inbox-2/` come before
/// the second, and so on; `nights.txt` has the date of each. Tariffs are those of `tariffs/`, or the
/// shipped ones. The inbox is plain text; what has to be damaged on the way is said in the file:
/// `{1 x 70000}` stands for seventy thousand ones, `{byte FF}` for a byte that is no text, a name that
/// ends in `.gz` for a gzip file, one in `.gz-cut` for one broken off, and one in `.gz-bad` for one with a
/// wrong checksum.
struct Scenario: CustomStringConvertible {
    let name: String

    var description: String { name }

    static let root = packageRoot + "/Tests/ScenarioTests/Scenarios"

    /// All of them, by name.
    static let all: [Scenario] = {
        let names = try? FileManager.default.contentsOfDirectory(atPath: root)
        return (names ?? []).filter { !$0.hasPrefix(".") }.sorted().map(Scenario.init)
    }()

    func path(_ file: String) -> String { "\(Scenario.root)/\(name)/\(file)" }

    func text(_ file: String) throws -> String {
        try String(contentsOfFile: path(file), encoding: .utf8)
    }

    private func has(_ file: String) -> Bool { FileManager.default.fileExists(atPath: path(file)) }

    /// Plays all nights; gives the branch as it stands afterwards, and the summary of each night.
    func play() throws -> (branch: TrialBranch, nights: [RunSummary]) {
        let branch = try TrialBranch()
        if has("profiles") { branch.configuration.profiles = path("profiles") }
        let tariffs = has("tariffs") ? path("tariffs") : packageRoot + "/Tariffs"
        var summaries: [RunSummary] = []
        let dates = try text("nights.txt").split(separator: "\n")
        for (index, date) in dates.enumerated() {
            let suffix = index == 0 ? "" : "-\(index + 1)"
            if has("network" + suffix) {
                try branch.importNetwork(folder: path("network" + suffix))
            }
            if has("inbox" + suffix) { try deliver("inbox" + suffix, to: branch) }
            summaries.append(try branch.run(asOf: String(date), tariffs: tariffs))
        }
        return (branch, summaries)
    }

    private func deliver(_ folder: String, to branch: TrialBranch) throws {
        for file in try FileManager.default.contentsOfDirectory(atPath: path(folder)).sorted() {
            let bytes = Scenario.expanded(try text("\(folder)/\(file)"))
            guard file.hasSuffix(".gz-cut") || file.hasSuffix(".gz-bad") else {
                if file.hasSuffix(".gz") {
                    try branch.deliver(file, String(decoding: bytes, as: UTF8.self))
                } else {
                    try branch.deliver(file, bytes: bytes)
                }
                continue
            }
            let delivered = String(file.dropLast(4))
            try branch.deliver(delivered, String(decoding: bytes, as: UTF8.self))
            var packed = Array(
                try Data(contentsOf: URL(filePath: branch.inbox + "/" + delivered)))
            if file.hasSuffix("cut") {
                packed.removeLast(9)
            } else {
                packed[packed.count - 6] ^= 1
            }
            try branch.deliver(delivered, bytes: packed)
        }
    }

    /// The bytes that a text stands for.
    static func expanded(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = Substring(text)
        while let match = rest.firstMatch(of: /\{(?:(.) x ([0-9]+)|byte ([0-9A-F]{2}))\}/) {
            bytes += rest[..<match.range.lowerBound].utf8
            if let times = match.2.flatMap({ Int($0) }), let character = match.1 {
                bytes += Array(repeating: Array(character.utf8), count: times).joined()
            } else if let byte = match.3.flatMap({ UInt8($0, radix: 16) }) {
                bytes.append(byte)
            }
            rest = rest[match.range.upperBound...]
        }
        return bytes + Array(rest.utf8)
    }
}
