// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Quantities
import Testing

private let meterHeader =
    "meter_id,service_point_id,terminal_id,installed,removed,multiplier,digits,interval_minutes"

@Suite struct NetworkHistoryTests {
    @Test func `a multiplier holds from the local midnight of its row`() throws {
        let network = try SmallNetwork([
            "meters.csv": """
            \(meterHeader),from,to
            M1,S1,C1,2026-01-01,,40,6,15,,2026-05-01
            M1,S1,C1,2026-01-01,,60,6,15,2026-05-01,

            """
        ]).network()
        let meter = try #require(network.meter("M1"))
        let change = try midnight("2026-05-01")
        #expect(network.spans(of: meter).map(\.terms.multiplier) == [Exact(40), Exact(60)])
        #expect(
            network.spans(of: meter).map(\.span) == [
                try midnight("2026-01-01")..<change, change ..< .distantFuture,
            ])
        #expect(network.span(of: meter, at: change + -1)?.terms.multiplier == Exact(40))
        #expect(network.span(of: meter, at: change)?.terms.multiplier == Exact(60))
        #expect(network.span(of: meter, at: try midnight("2026-01-01") + -1) == nil)
    }

    @Test func `readings compare as long as the meter stays at its place and counts alike`() throws
    {
        let network = try SmallNetwork([
            "service_points.csv": """
            service_point_id,node_id,timezone,from,to
            S1,T1,Asia/Shanghai,,2026-03-01
            S1,T2,Asia/Shanghai,2026-03-01,
            S2,T2,Asia/Shanghai,,

            """,
            "meters.csv": """
            \(meterHeader),from,to
            M1,S1,C1,2026-01-01,,40,6,15,,2026-05-01
            M1,S1,,2026-01-01,,40,6,15,2026-05-01,2026-06-01
            M1,S1,,2026-01-01,,60,6,15,2026-06-01,2026-07-01
            M1,S1,,2026-01-01,,60,6,15,2026-07-02,2026-08-01
            M1,S2,,2026-01-01,,60,6,15,2026-08-01,

            """,
        ]).network()
        let spans = network.spans(of: try #require(network.meter("M1")))
        let cuts = try ["01", "06", "07", "08"].map { try midnight("2026-\($0)-01") }
        let again = try midnight("2026-07-02")
        // Another feeder and terminal change nothing; another multiplier, a day out, another place do.
        #expect(
            spans.map { network.setup(around: $0, of: .interval) } == [
                cuts[0]..<cuts[1], cuts[0]..<cuts[1], cuts[0]..<cuts[1], cuts[1]..<cuts[2],
                again..<cuts[3], cuts[3] ..< .distantFuture,
            ])
    }

    @Test func `a meter exchange puts one meter after the other at a service point`() throws {
        let network = try SmallNetwork([
            "meters.csv": """
            \(meterHeader)
            M1,S1,C1,2026-01-01,2026-04-10T09:30:00+08:00,40,6,15
            M2,S1,C1,2026-04-10T09:30:00+08:00,,1,8,30

            """
        ]).network()
        // 2026-04-10 is day 20,553 since 1970; 09:30 by a clock 8 h ahead is 01:30 UTC.
        let exchange = Instant(seconds: 20_553 * 86_400 + 5_400)
        let servicePoint = try #require(network.servicePoint("S1"))
        func meters(_ span: Range<Instant>) -> [String] {
            network.meterSpans(atServicePoint: servicePoint, within: span)
                .map { network.id(of: $0.meter) }
        }
        #expect(meters(exchange + -60..<exchange) == ["M1"])
        #expect(meters(exchange..<exchange + 60) == ["M2"])
        #expect(meters(exchange + -60..<exchange + 60) == ["M1", "M2"])
    }

    @Test func `a transformer that moves takes its meters to the other feeder`() throws {
        let network = try SmallNetwork([
            "nodes.csv": """
            node_id,parent_id,kind,name,from,to
            F1,,feeder,,,
            F2,,feeder,,,
            T1,F1,transformer,,,2026-06-01
            T1,F2,transformer,,2026-06-01,
            T2,F2,transformer,,,

            """
        ]).network()
        let meter = try #require(network.meter("M1"))
        func feeder(_ text: String) throws -> String? {
            network.feeder(of: meter, onStorageDay: try day(text)).map { network.id(of: $0) }
        }
        #expect(try feeder("2026-05-31") == "F1")
        #expect(try feeder("2026-06-01") == "F2")
        #expect(try feeder("2025-12-31") == nil)
        let second = try #require(network.feeder("F2"))
        func meters(_ text: String, _ basis: BillingBasis = .interval) throws -> [MeterNumber] {
            network.meters(onFeeder: second, storageDay: try day(text), basis: basis)
        }
        #expect(try meters("2026-05-31") == [])
        #expect(try meters("2026-06-01") == [meter])
        #expect(try meters("2026-06-01", .register) == [])
        let servicePoint = try #require(network.servicePoint("S1"))
        #expect(
            network.feeder(ofServicePoint: servicePoint, at: try midnight("2026-06-01")) == second)
    }

    @Test func `a feeder's meters of one storage group are those of all with its numbers`() throws {
        var (points, meters) = ("service_point_id,node_id,timezone\n", "meter_id,service_point_id,")
        meters += "terminal_id,installed,removed,multiplier,digits,interval_minutes,from,to\n"
        for number in 0..<2500 {
            points += "S\(number),T\(number % 3 == 0 ? 1 : 2),Asia/Shanghai\n"
            // Every fifth has two spans, of which the other is over.
            if number % 5 == 0 {
                meters += "M\(number),S\(number),,2026-01-01,,2,6,15,,2026-02-01\n"
            }
            let from = number % 5 == 0 ? "2026-02-01" : ""
            meters += "M\(number),S\(number),,2026-01-01,,1,6,15,\(from),\n"
        }
        let network = try SmallNetwork([
            "service_points.csv": points, "meters.csv": meters, "contracts.csv": nil,
        ]).network()
        let today = try day("2026-02-01")
        for feeder in [FeederNumber(rawValue: 0), FeederNumber(rawValue: 1)] {
            let all = network.meters(onFeeder: feeder, storageDay: today, basis: .interval)
            #expect(all.count == (network.id(of: feeder) == "F1" ? 834 : 1666))
            #expect(all == all.sorted())
            let grouped = (0...3).map { group in
                network.meters(
                    onFeeder: feeder, storageDay: today, basis: .interval, group: group)
            }
            #expect(Array(grouped.joined()) == all)
            for (group, meters) in grouped.enumerated() {
                #expect(meters.allSatisfy { Int($0.groupNumber) == group })
            }
        }
    }

    @Test func `a storage day on which a meter moves belongs to the feeder it begins under`() throws
    {
        let network = try SmallNetwork([
            "nodes.csv": """
            node_id,parent_id,kind,name,from,to
            F1,,feeder,,,
            F2,,feeder,,,
            T1,F1,transformer,,,2026-06-01T12:00:00+08:00
            T1,F2,transformer,,2026-06-01T12:00:00+08:00,
            T2,F2,transformer,,,

            """
        ]).network()
        let meter = try #require(network.meter("M1"))
        let feeder = network.feeder(of: meter, onStorageDay: try day("2026-06-01"))
        #expect(feeder == network.feeder("F1"))
    }

    @Test func `new meters are numbered by feeder, terminal and id after those that have numbers`()
        throws
    {
        let folder = SmallNetwork([
            "terminals.csv": "terminal_id,node_id\nC1,T1\nC0,T1\n",
            "service_points.csv": """
            service_point_id,node_id,timezone
            S1,T1,Asia/Shanghai
            S2,T2,Asia/Shanghai
            S3,T1,Asia/Shanghai
            S4,T1,Asia/Shanghai

            """,
            "meters.csv": """
            \(meterHeader)
            A,S2,C1,2026-01-01,,1,6,15
            B,S1,C1,2026-01-01,,1,6,15
            C,S3,C0,2026-01-01,,1,6,15
            D,S4,C1,2026-01-01,,1,6,15

            """,
        ])
        let fresh = try folder.network()
        #expect(fresh.numbers.meters.map(\.id) == ["C", "B", "D", "A"])
        #expect(fresh.numbers.feeders == ["F1", "F2"])

        let known = NetworkNumbers(
            meters: [NetworkNumbers.Meter(id: "D", storageOffset: 25_200)], feeders: ["F2"])
        let later = try folder.network(numbers: known)
        #expect(later.numbers.meters.map(\.id) == ["D", "C", "B", "A"])
        #expect(later.numbers.meters.map(\.storageOffset) == [25_200, 28_800, 28_800, 28_800])
        #expect(later.numbers.feeders == ["F2", "F1"])
        let meter = try #require(later.meter("D"))
        #expect(later.spans(of: meter).map { later.id(of: $0.feeder) } == ["F1"])
    }

    @Test func `a storage day keeps standard time, also for a meter that comes in summer`() throws {
        let network = try SmallNetwork([
            "service_points.csv": """
            service_point_id,node_id,timezone
            S1,T1,Australia/Sydney
            S2,T2,Asia/Shanghai

            """
        ]).network()
        let meter = try #require(network.meter("M1"))
        #expect(network.storageOffset(of: meter) == 36_000)
        // Installed on 2026-01-01, day 20,454, in summer time 11 h ahead.
        let start = Instant(seconds: 20_454 * 86_400 - 11 * 3_600)
        #expect(network.spans(of: meter).first?.span.lowerBound == start)
    }

    @Test func `a meter of 1,024 others opens the next storage group`() {
        #expect(MeterNumber(rawValue: 1023).groupNumber == 0)
        #expect(MeterNumber(rawValue: 1024).groupNumber == 1)
    }

    @Test func `what a row says of a meter is what its span says`() throws {
        let network = try SmallNetwork([
            "service_points.csv": """
            service_point_id,node_id,timezone,capacity_kw,role,voltage
            S1,T1,Asia/Shanghai,12.5,transformer_total,10 kV
            S2,T2,Asia/Shanghai,,,

            """,
            "meters.csv": """
            \(meterHeader),basis,use,maker
            M1,S1,C1,2026-01-01,,0.5,6,30,register,check,Holley
            M2,S2,,,,1,5,,,,

            """,
            "contracts.csv":
                "contract_id,service_point_id,customer_id,tariff_id,starts,ends,billing_day\n",
            "register_reads.csv": """
            meter_id,channel,at,kind,value
            M1,1.8.0,2026-03-01,special,20.5
            M1,1.8.0,2026-01-01,install,0.00

            """,
        ]).network()
        let first = try #require(network.meter("M1"))
        #expect(
            network.spans(of: first).map(\.terms) == [
                MeterTerms(
                    multiplier: Exact(1, over: 2), digits: 6, intervalMinutes: 30, basis: .register,
                    use: .check, role: .transformerTotal, capacityKilowatts: Exact(25, over: 2),
                    zone: 0)
            ])
        let second = try #require(network.meter("M2"))
        let span = try #require(network.spans(of: second).first)
        let always: Range<Instant> = .distantPast ..< .distantFuture
        #expect(span.span == always)
        #expect(span.terminal == nil)
        #expect(span.terms.basis == .register)
        #expect(span.terms.intervalMinutes == nil)
        let reads = network.registerReads(of: first)
        #expect(reads.map(\.value) == [.zero, Exact(41, over: 2)])
        #expect(reads.map(\.at) == [try midnight("2026-01-01"), try midnight("2026-03-01")])
        #expect(reads.map(\.kind) == [.install, .special])
        #expect(network.registerReads(of: second) == [])
    }

    @Test func `ids are found by their bytes`() {
        let ids = ["M10", "M1", "", "电表", "M2"]
        let table = IdentifierTable(ids)
        #expect(ids.map { table.index(of: $0) } == [0, 1, 2, 3, 4])
        #expect((0..<table.count).map { table[$0] } == ids)
        #expect(table.index(of: "M") == nil)
        #expect(table.index(of: "M3") == nil)
    }
}
