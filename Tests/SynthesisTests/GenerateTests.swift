// SPDX-License-Identifier: Apache-2.0

import Foundation
import MeterScan
import Quantities
import Synthesis
import Testing

@Suite struct GenerateTests {
    /// Small plans of each format and shape, with and without files that follow others.
    static let plans: [GenerationPlan] = GenerationPlan.Format.allCases.flatMap { format in
        [Exact.zero, Exact(1, over: 2), .one].map { overlap in
            var plan = GenerationPlan(meters: 26, days: 5)
            plan.format = format
            plan.overlap = overlap
            plan.metersPerFile = 4
            plan.daysPerFile = overlap == .one ? 2 : 1
            plan.order = overlap == .one ? .time : .meter
            plan.contracts = true
            return plan
        }
    }

    @Test(arguments: plans)
    func `expected totals are what law 2 makes of the delivered cells`(
        plan: GenerationPlan
    ) throws {
        try withTemporaryFolder { path in
            let report = try generate(plan, into: path, threads: 2)
            let folder = try GeneratedFolder(path)
            let cells = try folder.fileNames.flatMap { try folder.cells($0) }
            #expect(report.files == folder.fileNames.count)
            #expect(report.readings == cells.count)

            let current = try Dictionary(grouping: cells, by: \.key).mapValues { try best(of: $0) }
            var found: [String: (sum: Int, last: (time: String, value: Int))] = [:]
            for (key, value) in current {
                var entry = found["\(key.meter) \(key.channel)"] ?? (0, ("", 0))
                entry.sum += value
                if key.time > entry.last.time { entry.last = (key.time, value) }
                found["\(key.meter) \(key.channel)"] = entry
            }
            let expected = try folder.expected()
            #expect(Set(found.keys) == Set(expected.keys))
            for (channel, entry) in expected {
                let totals = try #require(found[channel])
                if let sum = entry.sum {
                    #expect(Exact(sum) == Exact(coefficient: Int128(totals.sum), exponent: -3))
                } else {
                    let last = Exact(coefficient: Int128(totals.last.value), exponent: -2)
                    #expect(entry.last.flatMap { Exact($0) } == last)
                }
                #expect(entry.unit == (channel.contains("3.8.0") ? "kvarh" : "kWh"))
            }
        }
    }

    /// The current value of a slot by law 2; records an issue where two values are in conflict.
    private func best(of cells: [Delivered]) throws -> Int {
        let classes: [Character: Int] = ["A": 3, "E": 2, "S": 2, "N": 1]
        let ranked = cells.map { cell in
            let rank = cell.value == nil ? 1 : classes[cell.letter] ?? 0
            return (cell, order: cell.version.isEmpty ? "\(rank)" : cell.version)
        }
        let top = try #require(ranked.map(\.order).max())
        let winners = Set(ranked.filter { $0.order == top }.map(\.0.value))
        #expect(winners.count == 1, "conflicting values of \(cells[0].key)")
        return try #require(winners.first ?? nil, "\(cells[0].key) is current and absent")
    }

    @Test(arguments: [
        // format, meters a file, overlap, value cells of 8 meters over 3 days
        (GenerationPlan.Format.intervalLong, 3, Exact.zero, 8 * 3 * 96),
        // Of each file's meters every fourth is left out of the second; 32 slots of a day.
        (.intervalLong, 8, .one, 8 * 3 * 96 + 6 * 3 * 32),
        (.registerDaily, 3, .zero, 8 * 3 * 5),
        (.registerDaily, 8, .one, 8 * 3 * 5 + 6 * 3 * 5),
        // Meters 5 (Q1) and 6 (B1) have a second stream.
        (.nem12, 3, .zero, (8 + 2) * 3 * 96),
        (.nem12, 8, .one, (8 + 2) * 3 * 96 * 2),
    ])
    func `a plan gives the readings it should`(
        format: GenerationPlan.Format, perFile: Int, overlap: Exact, readings: Int
    ) throws {
        var plan = GenerationPlan(meters: 8, days: 3)
        plan.format = format
        plan.metersPerFile = perFile
        plan.overlap = overlap
        try withTemporaryFolder { path in
            let report = try generate(plan, into: path, threads: 1)
            #expect(report.readings == readings)
            let terminals = (8 + perFile - 1) / perFile
            #expect(report.files == terminals * 3 * (overlap == .one ? 2 : 1))
        }
    }

    @Test(arguments: GenerationPlan.Format.allCases)
    func `the number of threads leaves no trace in any file`(
        format: GenerationPlan.Format
    ) throws {
        var plan = GenerationPlan(meters: 30, days: 3)
        plan.format = format
        plan.metersPerFile = 4
        plan.overlap = Exact(1, over: 3)
        plan.compression = .fast
        try withTemporaryFolder { one in
            try withTemporaryFolder { four in
                #expect(
                    try generate(plan, into: one, threads: 1)
                        == generate(plan, into: four, threads: 4))
                let names = try FileManager.default.subpathsOfDirectory(atPath: one).sorted()
                #expect(
                    try names == FileManager.default.subpathsOfDirectory(atPath: four).sorted())
                for name in names {
                    #expect(
                        FileManager.default.contentsEqual(
                            atPath: one + "/" + name, andPath: four + "/" + name), "\(name)")
                }
            }
        }
    }

    @Test func `another seed makes other values of the same shape`() throws {
        var plan = GenerationPlan(meters: 5, days: 1)
        try withTemporaryFolder { one in
            try withTemporaryFolder { two in
                let first = try generate(plan, into: one, threads: 1)
                plan.seed = 2
                let second = try generate(plan, into: two, threads: 1)
                #expect(first.readings == second.readings)
                let texts = try [one, two].map {
                    try GeneratedFolder($0).text("T0001-20260101.csv.gz")
                }
                #expect(texts[0] != texts[1])
                #expect(texts[0].utf8.count == texts[1].utf8.count)
            }
        }
    }

    @Test func `loads follow the day, and no two meters the same way`() throws {
        try withTemporaryFolder { path in
            _ = try generate(GenerationPlan(meters: 60, days: 2), into: path, threads: 1)
            let folder = try GeneratedFolder(path)
            let households = Set(
                try folder.table("customers.csv").filter { $0["class"] == "household" }
                    .compactMap { $0["customer_id"]?.dropFirst() })
            let cells = try folder.fileNames.flatMap { try folder.cells($0) }.filter {
                households.contains($0.key.meter.dropFirst())
            }
            func total(_ hour: String) -> Int {
                cells.filter { $0.key.time.contains("T\(hour):") }.reduce(0) {
                    $0 + ($1.value ?? 0)
                }
            }
            #expect(total("19") > 3 * total("03"))
            // Shape and level of the day alone would make this ratio the same for all.
            let days = Dictionary(grouping: cells) { $0.key.meter + $0.key.time.prefix(10) }
            let ratios = days.values.map { day in
                let values = day.sorted { $0.key.time < $1.key.time }.map { $0.value ?? 0 }
                return values[85] * 100 / values[72]
            }
            #expect(Set(ratios).count > 10)
        }
    }

    @Test func `rows run by meter or by time as asked, with Beijing timestamps`() throws {
        var plan = GenerationPlan(meters: 2, days: 1)
        for (order, second) in [
            (GenerationPlan.Order.meter, "M00000001,2026-01-01T00:15:00+08:00,"),
            (.time, "M00000002,2026-01-01T00:00:00+08:00,"),
        ] {
            plan.order = order
            try withTemporaryFolder { path in
                _ = try generate(plan, into: path, threads: 1)
                let lines = try GeneratedFolder(path).text("T0001-20260101.csv.gz")
                    .split(separator: "\n")
                #expect(lines[0] == "meter_id,timestamp,kwh,quality")
                #expect(lines[1].hasPrefix("M00000001,2026-01-01T00:00:00+08:00,"))
                #expect(lines[2].hasPrefix(second))
                #expect(lines.last?.hasPrefix("M00000002,2026-01-01T23:45:00+08:00,") == true)
            }
        }
    }

    @Test func `frozen registers never fall, and the total is the sum of its parts`() throws {
        var plan = GenerationPlan(meters: 20, days: 40)
        plan.format = .registerDaily
        plan.contracts = true
        try withTemporaryFolder { path in
            _ = try generate(plan, into: path, threads: 2)
            let folder = try GeneratedFolder(path)
            var standing: [String: Int] = [:]
            for read in try folder.table("register_reads.csv") {
                let value = try #require(Int((read["value"] ?? "").filter { $0 != "." }))
                standing["\(read["meter_id"] ?? "") \(read["channel"] ?? "")"] = value
            }
            #expect(standing.count == 20 * 5)
            for name in folder.fileNames {
                let cells = try folder.cells(name)
                for (_, row) in Dictionary(grouping: cells, by: \.row) {
                    let values = row.sorted { $0.key.channel < $1.key.channel }.map {
                        $0.value ?? 0
                    }
                    #expect(values[0] == values[1...].reduce(0, +))
                }
                for cell in cells {
                    let channel = "\(cell.key.meter) \(cell.key.channel)"
                    let value = try #require(cell.value)
                    #expect(value > standing[channel] ?? .max)
                    standing[channel] = value
                }
            }
        }
    }

    @Test func `a folder that holds something is refused and left alone`() throws {
        try withTemporaryFolder { path in
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true)
            try Data("mine".utf8).write(to: URL(fileURLWithPath: path + "/notes.txt"))
            #expect(throws: GenerationError.folderNotEmpty(path: path)) {
                try generate(GenerationPlan(meters: 1, days: 1), into: path, threads: 1)
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: path) == ["notes.txt"])
        }
    }

    /// Plans that cannot be, each with the option that is at fault.
    static let badPlans: [(option: String, plan: GenerationPlan)] = {
        var (crowded, much, negative) = (
            GenerationPlan(meters: 1, days: 1), GenerationPlan(meters: 1, days: 1),
            GenerationPlan(meters: 1, days: 1)
        )
        crowded.metersPerFile = 0
        much.overlap = Exact(11, over: 10)
        negative.overlap = Exact(-1)
        return [
            ("meters", GenerationPlan(meters: 0, days: 1)),
            ("meters", GenerationPlan(meters: 100_000_000, days: 1)),
            ("days", GenerationPlan(meters: 1, days: 0)),
            ("meters-per-file", crowded), ("overlap", much), ("overlap", negative),
        ]
    }()

    @Test(arguments: badPlans)
    func `an option outside its range is named before anything is written`(
        option: String, plan: GenerationPlan
    ) throws {
        try withTemporaryFolder { path in
            do throws(GenerationError) {
                _ = try generate(plan, into: path, threads: 1)
                Issue.record("\(option) was accepted")
            } catch {
                #expect(error.description.hasPrefix("--\(option) must be "))
            }
            #expect(!FileManager.default.fileExists(atPath: path))
        }
    }
}
