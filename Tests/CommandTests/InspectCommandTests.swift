// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite struct InspectCommandTests {
    @Test func `a file is told series by series, with sums that keep their digits`() throws {
        let branch = try SmallBranch()
        try branch.write(
            "day.csv",
            """
            meter_id,timestamp,kwh,quality,channel
            M1,2026-01-01T00:00:00+10:00,0.100,A,1.8.0
            M1,2026-01-01T01:00:00+10:00,0.20,E,1.8.0
            M1,2026-01-01T02:00:00+10:00,,N,1.8.0

            """)
        let outcome = try branch.tallywatt("inspect", "day.csv", "--json")
        #expect(outcome.status == 0)
        let file = try #require(outcome.list("files").first)
        #expect(file["format"] as? String == "interval-long")
        #expect(file["readings"] as? Int == 3)
        let series = try #require((file["series"] as? [[String: Any]])?.first)
        #expect(series["count"] as? Int == 3)
        #expect(series["quality"] as? [String: Int] == ["A": 1, "E": 1, "N": 1])
        #expect(series["first"] as? String == "2026-01-01T00:00:00+10:00")
        #expect(series["last"] as? String == "2026-01-01T02:00:00+10:00")
        // 0.100 + 0.20
        #expect(outcome.out.contains("\"sum\": 0.3,"))
    }

    @Test func `times without offset get the clock of --timezone`() throws {
        let branch = try SmallBranch()
        try branch.write(
            "day.csv", "meter_id,timestamp,kwh,quality\nM1,2026-01-01T00:00:00,0.1,A\n")
        func first(_ arguments: String...) throws -> String? {
            let outcome = try branch.call(["inspect", "day.csv", "--json"] + arguments)
            let series = outcome.list("files").first?["series"] as? [[String: Any]]
            return series?.first?["first"] as? String
        }
        #expect(try first() == "2026-01-01T00:00:00")
        #expect(try first("--timezone", "Asia/Shanghai") == "2026-01-01T00:00:00+08:00")
        let unknown = try branch.tallywatt("inspect", "day.csv", "--timezone", "Mars/Base")
        #expect(unknown.status == 1)
        #expect(unknown.err.contains("Mars/Base"))
    }

    @Test func `a file that would be refused is 2 and says where`() throws {
        let branch = try SmallBranch()
        try branch.write(
            "bad.csv", "meter_id,timestamp,kwh,quality\nM1,2026-01-01T00:00:00+10:00,x,A\n")
        let outcome = try branch.tallywatt("inspect", "bad.csv", "missing.csv", "--json")
        #expect(outcome.status == 2)
        let files = outcome.list("files")
        try #require(files.count == 2)
        let refused = try #require((files[0]["rejections"] as? [[String: Any]])?.first)
        #expect(refused["line"] as? Int == 2)
        #expect(refused["code"] as? String == "bad-number")
        #expect(refused["found"] as? String == "x")
        #expect(files[1]["format"] is NSNull)
    }

    /// Files of the market operator's examples, where the folder of samples is beside the package.
    private static let samples = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "shared/samples/nem").path

    @Test(
        .enabled(if: FileManager.default.fileExists(atPath: samples)),
        arguments: [
            ("Example_NEM12_actual_interval.csv", "VABD000163", "E1", 48, "53.328"),
            ("Example_NEM12_actual_interval.csv", "VABD000163", "Q1", 48, "106.656"),
            ("Example_NEM12_no_scheduled_read.csv", "NMI111", "E1", 96, "5.84"),
        ])
    func `examples of the market operator have their sums`(
        name: String, meter: String, channel: String, count: Int, sum: String
    ) throws {
        let branch = try SmallBranch()
        let outcome = try branch.tallywatt(
            "inspect", InspectCommandTests.samples + "/" + name, "--json")
        #expect(outcome.status == 0)
        let line = try #require(
            outcome.out.split(separator: "\n").first {
                $0.contains("\"meter\": \"\(meter)\", \"channel\": \"\(channel)\"")
            })
        #expect(line.contains("\"count\": \(count),"))
        #expect(line.contains("\"sum\": \(sum),"))
    }
}
