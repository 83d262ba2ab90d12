// SPDX-License-Identifier: Apache-2.0

import MeterScan
import Synthesis
import Testing

@Suite struct BranchTests {
    @Test(arguments: [
        // meters, meters a file, format, feeders, terminals
        (1, 500, GenerationPlan.Format.intervalLong, 1, 1),
        (35, 10, .intervalLong, 1, 4),
        (200, 500, .registerDaily, 6, 1),
        (1000, 100, .nem12, 6, 10),
        (13_000, 500, .registerDaily, 7, 26),
        (100, 500, .mixed, 3, 3),
        (2, 500, .mixed, 2, 2),
    ])
    func `every reference of the network leads somewhere, and up to the company`(
        meters: Int, perFile: Int, format: GenerationPlan.Format, feeders: Int, terminals: Int
    ) throws {
        var plan = GenerationPlan(meters: meters, days: 1)
        plan.metersPerFile = perFile
        plan.format = format
        plan.contracts = true
        plan.compression = .fast
        try withTemporaryFolder { path in
            _ = try generate(plan, into: path, threads: 2)
            let folder = try GeneratedFolder(path)
            let nodes = try folder.table("nodes.csv")
            let parents = try Dictionary(
                uniqueKeysWithValues: nodes.map {
                    (try #require($0["node_id"]), try #require($0["parent_id"]))
                })
            let kinds = Dictionary(uniqueKeysWithValues: nodes.map { ($0["node_id"], $0["kind"]) })
            #expect(nodes.count { $0["kind"] == "feeder" } == feeders)
            let above = [
                "transformer": "feeder", "feeder": "station", "station": "district",
                "district": "company",
            ]
            for node in nodes {
                let expected = node["kind"].flatMap { above[$0] }
                #expect(kinds[node["parent_id"]] ?? nil == expected, "\(node)")
            }

            func nodesUp(from node: String?) -> [String] {
                var (found, next) = ([String](), node)
                while let node = next, !node.isEmpty {
                    found.append(node)
                    next = parents[node]
                }
                return found
            }
            let points = try folder.table("service_points.csv")
            let pointNodes = Dictionary(
                uniqueKeysWithValues: points.map { ($0["service_point_id"], $0["node_id"]) })
            let terminalNodes = Dictionary(
                uniqueKeysWithValues: try folder.table("terminals.csv").map {
                    ($0["terminal_id"], $0["node_id"])
                })
            #expect(terminalNodes.count == terminals)
            let meterRows = try folder.table("meters.csv")
            #expect(Set(meterRows.map { $0["meter_id"] }).count == meters)
            for meter in meterRows {
                let point = try #require(pointNodes[meter["service_point_id"]])
                #expect(kinds[point] == "transformer")
                let node = try #require(terminalNodes[meter["terminal_id"]])
                #expect(nodesUp(from: point).contains(node ?? "-"))
            }
            let customers = Set(try folder.table("customers.csv").map { $0["customer_id"] })
            let contracts = try folder.table("contracts.csv")
            #expect(contracts.count == meters)
            for contract in contracts {
                #expect(customers.contains(contract["customer_id"]))
                #expect(pointNodes.keys.contains(contract["service_point_id"]))
            }
        }
    }

    @Test func `a transformer serves at most about a hundred meters, a feeder about two thousand`()
        throws
    {
        var plan = GenerationPlan(meters: 13_000, days: 1)
        plan.format = .registerDaily
        plan.compression = .fast
        try withTemporaryFolder { path in
            _ = try generate(plan, into: path, threads: 2)
            let folder = try GeneratedFolder(path)
            let points = try folder.table("service_points.csv")
            let perTransformer = Dictionary(grouping: points) { $0["node_id"] }.mapValues(\.count)
            #expect(perTransformer.values.allSatisfy { (80...100).contains($0) })
            let feeders = Dictionary(
                uniqueKeysWithValues: try folder.table("nodes.csv").map {
                    ($0["node_id"], $0["parent_id"])
                })
            let perFeeder = Dictionary(grouping: points) { feeders[$0["node_id"]] }
            #expect(perFeeder.values.allSatisfy { (1857...1858).contains($0.count) })
        }
    }
}
