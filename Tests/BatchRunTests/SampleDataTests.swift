// SPDX-License-Identifier: Apache-2.0

import BatchRun
import Foundation
import MeterModel
import Quantities
import Store
import TestSupport
import Testing

/// The branch that is shipped, against what an independent reader of its files works out.
@Suite struct SampleDataTests {
    /// `SampleData/expected.json`.
    private struct Expected: Decodable {
        struct Current: Decodable {
            let meter, channel: String
            let sum, last: String?
        }
        struct Contract: Decodable {
            let contract: String
            let kwh: String?
        }
        struct Suspect: Decodable, Hashable {
            let meter, channel, at: String
        }
        struct File: Decodable {
            struct Rejection: Decodable {
                let line: Int
                let code: String
                let readings: Int
            }
            let name, sha256, status: String
            let code: String?
            let readings, accepted, duplicate, superseded, absent, rejected: Int?
            let rejections: [Rejection]?
        }
        let current: [Current]
        let contracts: [Contract]
        let suspect: [Suspect]
        let files: [File]
    }

    private func expected() throws -> Expected {
        let path = packageRoot + "/SampleData/expected.json"
        return try JSONDecoder().decode(
            Expected.self, from: Data(contentsOf: URL(filePath: path)))
    }

    @Test func `the sample branch comes to what its files say`() throws {
        let sample = packageRoot + "/SampleData"
        let branch = try TrialBranch(network: sample + "/network", inbox: sample + "/inbox")
        let summary = try branch.run(asOf: "2026-10-04", tariffs: packageRoot + "/Tariffs")
        let expected = try expected()

        try compareCurrent(branch, expected)
        try compareFiles(branch, expected)
        try compareContracts(branch, expected)
        try expectBalance(of: branch)
        #expect(try branch.problems().isEmpty)
        #expect(summary.needsAttention(RunConfiguration().attention))

        let before = try branch.digest()
        let again = try branch.run(asOf: "2026-10-04", tariffs: packageRoot + "/Tariffs")
        #expect(again.deliveries.isEmpty)
        #expect(again.counts.invoices == 0)
        #expect(try branch.digest() == before)
    }

    @Test func `the sample branch is billed the same by one thread and by four`() throws {
        let sample = packageRoot + "/SampleData"
        let digests = try [1, 4].map { threads in
            let branch = try TrialBranch(network: sample + "/network", inbox: sample + "/inbox")
            let summary = try branch.run(
                asOf: "2026-10-04", threads: threads, tariffs: packageRoot + "/Tariffs")
            #expect(summary.counts.invoices > 190)
            return try branch.digest()
        }
        #expect(digests[0] == digests[1])
    }

    private func compareCurrent(_ branch: TrialBranch, _ expected: Expected) throws {
        let totals = try branch.currentTotals()
        let wanted = try Dictionary(
            uniqueKeysWithValues: expected.current.map { entry in
                let value = try #require((entry.sum ?? entry.last).flatMap { Exact($0) })
                return ("\(entry.meter) \(entry.channel)", value)
            })
        #expect(Set(totals.keys) == Set(wanted.keys))
        for (key, value) in wanted {
            #expect(totals[key] == value, "\(key)")
        }
        let suspect = try branch.current().filter(\.isSuspect).map {
            Expected.Suspect(meter: $0.meter, channel: $0.channel, at: $0.at)
        }
        #expect(Set(suspect) == Set(expected.suspect))
    }

    private func compareFiles(_ branch: TrialBranch, _ expected: Expected) throws {
        let columns = "sha256, status, readings, accepted, duplicate, superseded, absent, rejected"
        let stored = try branch.rows("SELECT \(columns) FROM source_file")
        let files = Dictionary(uniqueKeysWithValues: stored.map { ($0[0], $0) })
        let known = expected.files.filter { $0.status == "known" }
        #expect(files.count == expected.files.count - known.count)
        for file in expected.files where file.status != "known" {
            let row = try #require(files[file.sha256], "\(file.name)")
            let rejections = try branch.rows(
                """
                SELECT line, code, readings FROM rejection WHERE sha256 = '\(file.sha256)'
                ORDER BY line
                """)
            guard file.status == "read" else {
                #expect(row[1] == "quarantined", "\(file.name)")
                #expect(rejections.map { $0[1] } == [file.code], "\(file.name)")
                continue
            }
            let counts = [
                file.readings, file.accepted, file.duplicate, file.superseded, file.absent,
                file.rejected,
            ].map { "\($0 ?? -1)" }
            let stored = Array(row.dropFirst())
            #expect(stored == ["accepted"] + counts, "\(file.name)")
            let wanted = (file.rejections ?? []).map { ["\($0.line)", $0.code, "\($0.readings)"] }
            #expect(rejections == wanted, "\(file.name)")
        }
    }

    /// What was billed in September; where a value is wanting it is estimated or the contract is held.
    private func compareContracts(_ branch: TrialBranch, _ expected: Expected) throws {
        var billed: [String: Exact] = [:]
        var estimated: [String: Int] = [:]
        let rows = try branch.rows(
            """
            SELECT i.contract_id, d.value, i.estimated_values FROM invoice i
            JOIN invoice_determinant d USING (invoice_id)
            WHERE d.quantity = 'import.kwh' AND i.period_start = '2026-09-01'
            """)
        for row in rows {
            billed[row[0], default: .zero] += try #require(Exact(row[1]))
            estimated[row[0]] = Int(row[2])
        }
        let held = Set(
            try branch.column("SELECT contract_id FROM hold WHERE released_seq IS NULL"))
        for contract in expected.contracts {
            if let kwh = contract.kwh {
                #expect(billed[contract.contract] == Exact(kwh), "\(contract.contract)")
                #expect(!held.contains(contract.contract), "\(contract.contract)")
            } else {
                let isEstimated = (estimated[contract.contract] ?? 0) > 0
                #expect(isEstimated != held.contains(contract.contract), "\(contract.contract)")
            }
        }
    }
}
