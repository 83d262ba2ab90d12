// SPDX-License-Identifier: Apache-2.0

import BatchRun
import MeterModel
import Quantities
import Store
import Testing
import TestSupport

/// How a run comes by its network: from the image that the import left, else from the rows.
@Suite struct NetworkLoadTests {
    /// The network as the rows on record give it.
    private func fromRows(_ store: TallyStore) throws -> Network {
        try store.read {
            try Network(
                $0.networkRows(), numbers: $0.networkNumbers(), importedOn: CivilDay(number: 0),
                zones: TimeZoneTable.named)
        }
    }

    @Test func `the image of an import is what its rows are, also after the next import`() throws {
        let branch = try TrialBranch(network: TwoFeeders.network)
        let first = try branch.store().loadNetwork()
        #expect(try first == fromRows(branch.store()))
        #expect(first.meterIDs.count == 3)
        #expect(try branch.column("SELECT count(*) FROM network_image") == ["1"])

        try branch.importNetwork([
            "service_points.csv":
                "service_point_id,node_id,timezone\nS4,F2,Australia/Sydney\n",
            "meters.csv": """
            meter_id,service_point_id,terminal_id,installed,removed,multiplier,digits,\
            interval_minutes,maker
            M4,S4,T2,2026-01-01,,60,6,30,"Holley, Ltd"

            """,
        ])
        let second = try branch.store().loadNetwork()
        #expect(try second == fromRows(branch.store()))
        #expect(second.zones.map(\.name) == ["Asia/Shanghai", "Australia/Sydney"])
        #expect(try branch.column("SELECT count(*) FROM network_image") == ["1"])
        let extras = try branch.column("SELECT extras FROM meter ORDER BY meter_id")
        #expect(extras == ["{}", "{}", "{}", #"{"maker":"Holley, Ltd"}"#])
    }

    @Test func `a network is loaded from its image while that is whole, else from its rows`() throws
    {
        let branch = try TrialBranch(network: TwoFeeders.network)
        let store = try branch.store()
        let rows = try store.loadNetwork()
        var files = TwoFeeders.network
        files["nodes.csv"]?.append("F3,B,feeder,Third\n")
        let branchOfThree = try TrialBranch(network: files)
        let other = try branchOfThree.store().loadNetwork()
        #expect(other != rows)
        let image = other.image(piecesOf: 100)
        try store.write { try $0.replaceNetworkImage(image, seq: 2) }
        #expect(try store.loadNetwork() == other)

        var damaged = image
        damaged[2][7] ^= 1
        for pieces in [damaged, image.dropLast(), []] {
            try store.write { try $0.replaceNetworkImage(pieces, seq: 3) }
            #expect(try store.loadNetwork() == rows)
        }
        // A run leaves an image that fits; the change of input is that of the last import.
        try branch.run(asOf: "2026-01-01")
        let kept = try store.read { transaction in
            try #require(try transaction.networkImagePieces()())
        }
        #expect(kept == rows.image(piecesOf: 1 << 20)[0])
        #expect(try branch.column("SELECT seq FROM network_image") == ["1"])
    }

    @Test func `the network of any earlier moment can be had again`() throws {
        let meters =
            "meter_id,service_point_id,terminal_id,installed,removed,multiplier,digits,"
            + "interval_minutes,use,from,to,maker\n"
        let branch = try TrialBranch(network: TwoFeeders.network)
        let imports: [[String: String]] = [
            ["meters.csv": meters + "M1,S1,T1,2026-01-01,,60,6,15,,,,\"Holley, Ltd\"\n"],
            ["nodes.csv": "node_id,parent_id,kind,name\nF3,B,feeder,Third\nF1,B,feeder,一号线\n"],
            [
                "meters.csv": meters + "M1,S1,T1,2026-01-01,,60,6,15,,,2026-02-01,\n"
                    + "M1,S1,T1,2026-01-01,,80,6,15,,2026-02-01,,\n"
                    + "M9,S3,T2,2026-01-01,,1,6,15,check,,,\n",
                "register_reads.csv":
                    "meter_id,channel,at,kind,value\nM1,1.8.0,2026-02-01T00:00:00Z,special,7\n",
            ],
            [
                "contracts.csv": "contract_id,service_point_id,customer_id,tariff_id,starts,ends,"
                    + "billing_day\nK1,S1,C2,flat,2026-03-10,,12\n"
            ],
        ]
        func latest() throws -> (seq: Int, rows: NetworkRows) {
            try branch.store().read { (try $0.latestSeq(), try $0.networkRows().first().rows) }
        }
        var known = [try latest()]
        for files in imports {
            try branch.importNetwork(files)
            known.append(try latest())
        }
        #expect(known.map(\.seq) == [1, 2, 3, 4, 5])
        #expect(Set(known.map(\.rows)).count == 5)
        for (seq, rows) in known {
            let again = try branch.store().read {
                try $0.networkRows().restoring($0.replacedRows(since: seq)).first().rows
            }
            #expect(again == rows)
            let network = try branch.store().loadNetwork(
                knownSeq: seq, contract: "K1", servicePoints: ["S1"])
            let meter = try #require(network.meter("M1"))
            let multipliers = network.spans(of: meter).map(\.terms.multiplier.description)
            #expect(
                multipliers == [["1"], ["60"], ["60"], ["60", "80"], ["60", "80"]][seq - 1])
        }
    }

    @Test func `the pieces of an image come back in their order, and no others`() throws {
        let branch = try TrialBranch()
        let old = (0..<3).map { [UInt8](repeating: $0, count: 10) }
        let pieces = (0..<12).map { [UInt8](repeating: $0 + 1, count: Int($0) * 5000 + 1) }
        for (seq, written) in [old, pieces].enumerated() {
            try branch.store().write { try $0.replaceNetworkImage(written, seq: seq) }
            let (found, bytes) = try branch.store().read { transaction in
                let next = try transaction.networkImagePieces()
                var found: [[UInt8]] = []
                while let piece = try next() { found.append(piece) }
                return (found, try transaction.networkImageBytes())
            }
            let isSame = found == written
            #expect(isSame)
            #expect(bytes == written.joined().count)
        }
    }
}
