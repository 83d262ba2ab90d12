// SPDX-License-Identifier: Apache-2.0

import Foundation
import MeterModel
import TestSupport
import Testing

/// The page on the network folder: what it shows can be imported.
@Suite struct NetworkDocumentTests {
    private func files() throws -> [String: String] {
        let root = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let page = try String(contentsOf: root.appending(path: "docs/network.md"), encoding: .utf8)
        var files: [String: String] = [:]
        for snippet in page.components(separatedBy: "```csv ").dropFirst() {
            let name = try #require(snippet.split(separator: "\n").first)
            let end = try #require(snippet.range(of: "```"))
            files[String(name)] = String(snippet[..<end.lowerBound].dropFirst(name.count + 1))
        }
        return files
    }

    @Test func `the page's files are all there are, and make a network`() throws {
        let files = try files()
        #expect(Set(files.keys) == Set(NetworkTable.allCases.map { "\($0.rawValue).csv" }))
        let branch = try TrialBranch(network: files)
        #expect(
            try branch.rows("SELECT meter_id, multiplier FROM meter ORDER BY 1, 2") == [
                ["M1", "1"], ["M2", "60"], ["M3", "60"], ["M3", "80"],
            ])
        #expect(try branch.column("SELECT count(*) FROM contract") == ["2"])
        #expect(try branch.problems() == [])
    }
}
