// SPDX-License-Identifier: Apache-2.0

import Foundation
import Quantities
import Synthesis
import TestSupport
import Testing

/// Generated files, read in the slowest possible way.
final class GeneratedBranch {
    private let temporary: TemporaryFolder
    private let path: String
    let report: GenerationReport

    init(_ plan: GenerationPlan) throws {
        temporary = try TemporaryFolder()
        path = temporary.path + "/made"
        report = try generate(plan, into: path, threads: 2)
    }

    /// A database with its network, and its files in the inbox.
    func branch() throws -> TrialBranch {
        try TrialBranch(network: path + "/network", inbox: path + "/inbox")
    }

    /// `expected.json`: sums of intervals or last values of registers by `meter channel`.
    func expected() throws -> [String: Exact] {
        struct File: Decodable {
            struct Entry: Decodable {
                let meter, channel: String
                let sum, last: String?
            }
            let current: [Entry]
        }
        let data = try Data(contentsOf: URL(filePath: path + "/expected.json"))
        let file = try JSONDecoder().decode(File.self, from: data)
        return try Dictionary(
            uniqueKeysWithValues: file.current.map {
                (
                    "\($0.meter) \($0.channel)",
                    try #require(($0.sum ?? $0.last).flatMap { Exact($0) })
                )
            })
    }

    /// The energy of all interval values of a file, by channel.
    func energy(ofFile name: String) throws -> [String: Exact] {
        let rows = try inflated(path + "/inbox/" + name).split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        var sums: [String: Exact] = [:]
        switch rows[0][0] {
        case "100":
            let obis = ["E1": "1.8.0", "B1": "2.8.0", "Q1": "3.8.0"]
            var channel = ""
            for row in rows {
                if row[0] == "200" { channel = "\(obis[row[4]] ?? "?"):\(row[4])" }
                guard row[0] == "300" else { continue }
                for value in row[2..<98] { sums[channel, default: .zero] += Exact(value) ?? .zero }
            }
        default:
            guard rows[0].contains("kwh") else { break }
            for row in rows.dropFirst() { sums["1.8.0", default: .zero] += Exact(row[2]) ?? .zero }
        }
        return sums
    }
}
