// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Quantities
import Testing

private let meterHeader =
    "meter_id,service_point_id,terminal_id,installed,removed,multiplier,digits,interval_minutes"

@Suite struct MeterDirectoryTests {
    /// The directory, entry by entry, without the ids that stand for nothing.
    private func entries(_ network: Network) -> [DirectoryEntry] {
        let columns = network.directoryColumns()
        let meters = columns.meterIDs.count
        func entry(_ id: String, _ course: Int, countedFrom first: UInt32) -> DirectoryEntry? {
            let places = columns.courseStarts[course]..<columns.courseStarts[course + 1]
            let spans = places.map { place in
                var span = columns.spans[Int(place)]
                span.meter += first
                return span
            }
            return spans.isEmpty ? nil : DirectoryEntry(id: id, spans: spans)
        }
        let own = (0..<meters).compactMap {
            entry(columns.meterIDs[$0], Int(columns.courses[$0]), countedFrom: UInt32($0))
        }
        let others = (0..<columns.servicePointIDs.count).compactMap { point in
            let (id, meant) = (columns.servicePointIDs[point], columns.servicePointCourses[point])
            return meant < meters
                ? entry(id, Int(columns.courses[Int(meant)]), countedFrom: meant)
                : entry(id, Int(meant) - meters, countedFrom: 0)
        }
        return own + others
    }

    /// The spans of an id as `day..day meter minutes`.
    private func spans(_ network: Network, _ id: String) throws -> [String] {
        let entry = try #require(entries(network).first { $0.id == id })
        return entry.spans.map { span in
            func text(_ seconds: Int64) -> String {
                seconds == .max
                    ? "" : Instant(seconds: seconds).clock(offset: 28_800).day.description
            }
            let meter = network.id(of: MeterNumber(rawValue: span.meter))
            return "\(text(span.from))..\(text(span.to)) \(meter) \(span.intervalMinutes)"
        }
    }

    @Test(arguments: [
        // meters, and the service points that they are at
        (["A", "B"], ["A", "B"]), (["A", "C"], ["B", "D"]), (["B", "C"], ["A", "A1"]),
        (["A", "A1"], ["B", "C"]), (["A", "B"], ["B", "C"]), (["B", "C"], ["A", "B"]),
        (["B", "C"], ["C", "D"]), (["A", "C", "E"], ["C", "D", "X"]),
        (["M-0000001", "M-0000002"], ["M-0000002", "M-0000003"]),
        (["M-00000000000001"], ["M-0000000000000"]), (["M-0000000000000"], ["M-00000000000001"]),
    ])
    func `an id that is a meter's stands for the meter`(meters: [String], points: [String]) throws {
        let network = try SmallNetwork([
            "service_points.csv": "service_point_id,node_id,timezone\n"
                + points.map { "\($0),T1,Asia/Shanghai\n" }.joined(),
            "meters.csv": meterHeader + "\n"
                + zip(meters, points).map { "\($0),\($1),C1,2026-01-01,,40,6,15\n" }.joined(),
            "contracts.csv": nil,
        ]).network()
        let others = points.filter { !meters.contains($0) }
        #expect(entries(network).map(\.id) == meters + others)
        for (meter, point) in zip(meters, points) {
            let expected = ["2026-01-01.. \(meter) 15"]
            #expect(try spans(network, meter) == expected)
            if others.contains(point) { #expect(try spans(network, point) == expected) }
        }
    }

    @Test func `each meter has its own span, though many share theirs`() throws {
        var rows = ["", ""]
        var expected: [String] = []
        for number in 10..<90 {
            // Runs of meters that are alike, and others between them.
            let minutes = number % 7 == 0 ? 30 : 15
            let day = number % 11 < 3 ? "02" : "01"
            rows[0] += "S\(number),T1,Asia/Shanghai\n"
            rows[1] += "M\(number),S\(number),C1,2026-01-\(day),,40,6,\(minutes)\n"
            expected.append("2026-01-\(day).. M\(number) \(minutes)")
        }
        let network = try SmallNetwork([
            "service_points.csv": "service_point_id,node_id,timezone\n" + rows[0],
            "meters.csv": meterHeader + "\n" + rows[1], "contracts.csv": nil,
        ]).network()
        for (number, text) in zip(10..<90, expected) {
            #expect(try spans(network, "M\(number)") == [text])
            #expect(try spans(network, "S\(number)") == [text])
        }
    }

    @Test func `spans part where the slots change, not where the multiplier does`() throws {
        let network = try SmallNetwork([
            "meters.csv": """
            \(meterHeader),from,to
            M1,S1,C1,2026-01-01,,40,6,15,,2026-02-01
            M1,S1,C1,2026-01-01,,60,6,15,2026-02-01,2026-03-01
            M1,S1,C1,2026-01-01,,60,6,30,2026-03-01,

            """
        ]).network()
        let expected = ["2026-01-01..2026-03-01 M1 15", "2026-03-01.. M1 30"]
        #expect(try spans(network, "M1") == expected)
        #expect(try spans(network, "S1") == expected)
    }

    @Test func `a service point stands for the meter in service, never for a check meter`() throws {
        let network = try SmallNetwork([
            "meters.csv": """
            \(meterHeader),use
            Z,S1,C1,2026-01-01,2026-03-01,40,6,15,billing
            A,S1,C1,2026-04-01,,40,6,15,billing
            P,S1,C1,2026-01-01,,40,6,15,check

            """,
            "contracts.csv":
                "contract_id,service_point_id,customer_id,tariff_id,starts,ends,billing_day\n",
        ]).network()
        #expect(
            try spans(network, "S1") == ["2026-01-01..2026-03-01 Z 15", "2026-04-01.. A 15"])
        #expect(try spans(network, "P") == ["2026-01-01.. P 15"])
    }

    @Test func `an id that is a meter's stands for that meter`() throws {
        let network = try SmallNetwork([
            "meters.csv": """
            \(meterHeader)
            S2,S1,C1,2026-01-01,,40,6,15
            M9,S2,C1,2026-01-01,,40,6,15

            """
        ]).network()
        #expect(entries(network).map(\.id) == ["S2", "M9", "S1"])
        #expect(try spans(network, "S2") == ["2026-01-01.. S2 15"])
    }

    @Test func `an id between others that stands for nothing has no entry`() throws {
        let points = (1...6).map { "S\($0),T1,Asia/Shanghai" }
        let network = try SmallNetwork([
            "service_points.csv":
                "service_point_id,node_id,timezone\n" + points.joined(separator: "\n") + "\n",
            "meters.csv": """
            \(meterHeader)
            MA,S1,C1,2026-01-01,,40,6,15
            MLONG,S2,C1,2026-01-01,,40,6,15
            S4,S5,C1,2026-01-01,,40,6,15
            Z,S6,C1,2026-01-01,,40,6,15

            """,
            "contracts.csv":
                "contract_id,service_point_id,customer_id,tariff_id,starts,ends,billing_day\n",
        ]).network()
        #expect(
            entries(network).map { "\($0.id) \($0.spans.map(\.meter))" } == [
                "MA [0]", "MLONG [1]", "S4 [2]", "Z [3]",
                "S1 [0]", "S2 [1]", "S5 [2]", "S6 [3]",
            ])
    }

    @Test func `an entry carries the clock and the storage day`() throws {
        let network = try SmallNetwork().network()
        let entry = try #require(entries(network).first)
        let installed = try midnight("2026-01-01").seconds
        #expect(
            entry
                == DirectoryEntry(
                    id: "M1",
                    spans: [
                        DirectorySpan(
                            from: installed, to: .max, meter: 0, storageOffset: 28_800,
                            intervalMinutes: 15, zone: 0)
                    ]))
        #expect(network.zones.map(\.name) == ["Asia/Shanghai"])
    }
}
