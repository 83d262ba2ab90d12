// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Quantities
import Testing

private let meterHeader =
    "meter_id,service_point_id,terminal_id,installed,removed,multiplier,digits,interval_minutes"

@Suite struct NetworkMergeTests {
    /// Rows of some files, as an import brings them.
    private func part(_ files: [String: String]) throws -> NetworkRows {
        try NetworkRows(
            reading: files.map { (name: $0.key, bytes: Array($0.value.utf8)) }, scope: .part)
    }

    @Test func `an import replaces the history of its ids and leaves the others`() throws {
        let known = try SmallNetwork([
            "meters.csv": """
            \(meterHeader)
            M1,S1,C1,2026-01-01,,40,6,15
            M2,S2,C1,2026-01-01,,1,6,15

            """
        ]).rows()
        let imported = try part([
            "meters.csv": """
            \(meterHeader),from,to
            M1,S1,C1,2026-01-01,,40,6,15,,2026-05-01
            M1,S1,C1,2026-01-01,,60,6,15,2026-05-01,

            """
        ])
        let (rows, changes) = known.merging(imported)
        #expect(rows.meters.map(\.id) == ["M1", "M1", "M2"])
        #expect(rows.meters.map(\.context.line) == [2, 3, 0])
        #expect(rows.contracts.count == 1)
        let row =
            "meter_id=M1,service_point_id=S1,terminal_id=C1,installed=2026-01-01,multiplier="
        #expect(changes.map(\.kind) == [.changed])
        #expect(changes.map(\.id) == ["M1"])
        #expect(changes.map(\.table) == [.meters])
        #expect(changes.first?.before == row + "40,digits=6,interval_minutes=15")
        #expect(
            changes.first?.after
                == row + "40,digits=6,interval_minutes=15,to=2026-05-01\n"
                + row + "60,digits=6,interval_minutes=15,from=2026-05-01")
        let network = try SmallNetwork.compile(rows)
        let meter = try #require(network.meter("M1"))
        #expect(network.spans(of: meter).count == 2)
    }

    @Test func `an import of the same rows changes nothing`() throws {
        let known = try SmallNetwork().rows()
        let (rows, changes) = known.merging(known, endingOthersOn: try day("2026-07-01"))
        #expect(changes == [])
        #expect(rows == known)
    }

    @Test func `a first import gives what merging into nothing gives, and counts its ids`() throws {
        let imported = try NetworkImageTests.full.rows()
        let (rows, ids) = imported.first()
        let merged = NetworkRows().merging(imported)
        #expect(rows == merged.rows)
        // M1 has two rows and A1 two, the other ids one each; T1 has two rows too.
        #expect(
            ids == [
                .nodes: 4, .terminals: 2, .customers: 2, .servicePoints: 4, .meters: 5,
                .contracts: 2, .contractPoints: 2, .registerReads: 4, .opening: 1,
            ])
        #expect(ids == Dictionary(grouping: merged.changes, by: \.table).mapValues(\.count))
    }

    @Test func `a full import ends what it leaves out, once`() throws {
        let known = try SmallNetwork([
            "meters.csv": """
            \(meterHeader)
            M1,S1,C1,2026-01-01,,40,6,15
            M2,S2,C1,2026-01-01,2026-03-01,1,6,15
            M3,S2,C1,2026-09-01,,1,6,15

            """,
            "register_reads.csv": "meter_id,channel,at,kind,value\nM1,1.8.0,2026-01-01,install,0\n",
        ]).rows()
        let full = try SmallNetwork([
            "meters.csv": "\(meterHeader)\nM4,S2,C1,2026-07-01,,1,6,15\n",
            "contracts.csv":
                "contract_id,service_point_id,customer_id,tariff_id,starts,ends,billing_day\n",
        ]).rows()
        let end = try day("2026-07-01")
        let (rows, changes) = known.merging(full, endingOthersOn: end)
        #expect(
            changes.map { "\($0.table.rawValue) \($0.id) \($0.kind.rawValue)" } == [
                "meters M1 ended", "meters M3 ended", "meters M4 added", "contracts A1 ended",
            ])
        #expect(rows.meters.map(\.id) == ["M1", "M2", "M4"])
        #expect(rows.meters.map(\.context.to) == [.day(end), nil, nil])
        #expect(rows.registerReads.count == 1)
        #expect(changes.first { $0.id == "M4" }?.before == "")
        let network = try SmallNetwork.compile(rows)
        let meter = try #require(network.meter("M1"))
        #expect(network.span(of: meter, at: try midnight("2026-07-01") + -1) != nil)
        #expect(network.span(of: meter, at: try midnight("2026-07-01")) == nil)

        #expect(rows.merging(full, endingOthersOn: try day("2026-08-01")).changes == [])
    }

    @Test func `a merged network is checked as a whole`() throws {
        let known = try SmallNetwork().rows()
        let imported = try part(["meters.csv": "\(meterHeader)\nM2,S1,C1,2026-05-01,,40,6,15\n"])
        let errors = #expect(throws: NetworkErrors.self) {
            try SmallNetwork.compile(known.merging(imported).rows)
        }
        #expect(
            errors?.description
                == "meters.csv:2: two-billing-meters: 'M2' and 'M1' both bill service point 'S1' "
                + "from 2026-05-01 — end one before the other begins, or set its use to check")
    }

    @Test func `a row on record is named without a line`() throws {
        let known = try SmallNetwork().rows()
        let imported = try part([
            "service_points.csv":
                "service_point_id,node_id,timezone,to\nS1,T1,Asia/Shanghai,2026-06-01\n"
        ])
        let errors = #expect(throws: NetworkErrors.self) {
            try SmallNetwork.compile(known.merging(imported).rows)
        }
        let start = "service point 'S1' of 'M1' has no feeder above it from 2026-06-01"
        #expect(
            errors?.errors.first?.description.hasPrefix("meters.csv: no-feeder: \(start)") == true)
    }

    @Test func `a register read is added to those on record, or corrects its own`() throws {
        let header = "meter_id,channel,at,kind,value\n"
        let known = try SmallNetwork([
            "register_reads.csv": header + "M1,1.8.0,2026-01-01,install,0\n"
        ]).rows()
        let imported = try part([
            "register_reads.csv": header
                + "M1,1.8.0,2026-01-01,install,7\nM1,1.8.0,2026-06-01,remove,90\n"
        ])
        let (rows, changes) = known.merging(imported)
        #expect(rows.registerReads.map(\.value) == [Exact(7), Exact(90)])
        #expect(changes.map(\.kind) == [.changed, .added])
    }

    @Test func `tables written back read as the same rows`() throws {
        let rows = try SmallNetwork([
            "nodes.csv": """
            name,kind,parent_id,node_id,colour
            "Mill, ""old"" one",feeder,,F1,red
            ,feeder,,F2,
            ,transformer,F1,T1,
            ,transformer,F2,T2,

            """,
            "meters.csv": """
            \(meterHeader),basis,use,to
            M1,S1,C1,2026-01-01T08:00:00+08:00,,2.50,6,15,register,check,2027-01-01

            """,
            "contracts.csv": """
            contract_id,service_point_id,customer_id,tariff_id,starts,ends,billing_day,cycle_months,\
            parameters
            A1,S1,K1,tou,2026-01-01,,31,2,persons=5;kva=1250

            """,
            "contract_points.csv":
                "contract_id,service_point_id,quantity,sign,share\nA1,S2,import.kwh,-1,0.5\n",
            "opening.csv": "contract_id,billed_through,key,value\nA1,2026-02-01,ytd_kwh,12.50\n",
        ]).rows()
        for rows in [rows, try NetworkImageTests.full.rows()] {
            // Rows on record have no lines, and merging takes them off.
            let recorded = rows.merging(NetworkRows()).rows
            let tables = Dictionary(
                uniqueKeysWithValues: NetworkTable.allCases.map { ($0, recorded.table($0)) })
            #expect(try NetworkRows(tables: tables) == recorded)
        }
        #expect(rows.nodes.first?.name == "Mill, \"old\" one")
        #expect(rows.nodes.first?.context.extras == ["colour": "red"])
        #expect(rows.contracts.first?.parameters == ["persons": "5", "kva": "1250"])
    }
}
