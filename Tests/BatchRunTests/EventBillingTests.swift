// SPDX-License-Identifier: Apache-2.0

import BatchRun
import Store
import TestSupport
import Testing

/// Demand in dated windows on whole runs.
@Suite struct EventBillingTests {
    private static let charges = """
          - { id: energy, kind: energy, on: import.kwh, price: 1 }
          - { id: peak, kind: coincident_demand, series: e, counts: mean, if_none: no_charge, window: 60min, price: 10, per: month, prorate: none }

        """

    /// January in Shanghai: an event from 18:00 on the 20th.
    private let january = """
        from,to,value
        2025-12-31T16:00Z,2026-01-20T10:00Z,0
        2026-01-20T10:00Z,2026-01-20T11:00Z,1
        2026-01-20T11:00Z,2026-01-31T16:00Z,0

        """

    private func branch(
        meter: String = MonthlyBranch.hourlyMeter, list: String? = nil
    ) throws -> TrialBranch {
        let branch = try MonthlyBranch.branch(
            meter: meter, contracts: "K1,S1,C1,event,2026-01-01,,1,1,",
            tariffs: ["event.yaml": MonthlyBranch.tariff("event", charges: Self.charges)])
        if let list { try branch.addTariff("series/e.csv", list) }
        return branch
    }

    /// Hours of 1 kWh, but 4 kWh in the event.
    private func hours(without left: String? = nil, to end: String = "2026-02-05") -> String {
        MonthlyBranch.hours(from: "2025-12-25", to: end, without: left)
            .replacing(
                "M1,2026-01-20T18:00:00+08:00,1.8.0,1.0",
                with: "M1,2026-01-20T18:00:00+08:00,1.8.0,4.0")
    }

    private let holdDetail = "SELECT code, detail FROM hold WHERE released_seq IS NULL"
    private let listed = """
        SELECT i.contract_id, c.detail FROM correction c JOIN invoice i USING (invoice_id)
        WHERE c.cause = 'series-revised'
        """

    @Test func `a night bills the demand in events, and keeps it`() throws {
        let branch = try branch(list: january)
        try branch.deliver("a.csv", hours())
        try branch.bill(asOf: "2026-02-01")
        // 744 + 3 kWh at 1 yuan, 4 kW at 10.
        #expect(try branch.rows(MonthlyBranch.invoices) == [["K1", "2026-01-01", "78700"]])
        #expect(
            try branch.rows(
                "SELECT quantity, period, value, unit FROM invoice_determinant ORDER BY 1, 2") == [
                    ["event_demand.kw", "peak 2026-01-20T10:00:00Z", "4", "kW"],
                    ["event_demand.kw.events", "peak", "1", "1"],
                    ["import.kwh", "all", "747", "kWh"],
                ])
        #expect(try branch.problems().isEmpty)
    }

    @Test func `a list that is not published holds the bill until it is`() throws {
        let branch = try branch()
        try branch.deliver("a.csv", hours())
        try branch.bill(asOf: "2026-02-01")
        #expect(
            try branch.rows(holdDetail) == [
                [
                    "undefined-events",
                    "peak: the list of events 'e' is not loaded: add series/e.csv, a series of instants",
                ]
            ])
        try branch.addTariff("series/e.csv", january)
        try branch.bill(asOf: "2026-02-02")
        #expect(try branch.rows(MonthlyBranch.invoices) == [["K1", "2026-01-01", "78700"]])
        // February has no event, and its list is not complete before it says so.
        try branch.deliver("b.csv", MonthlyBranch.hours(from: "2026-02-05", to: "2026-03-01"))
        try branch.bill(asOf: "2026-03-01")
        #expect(
            try branch.rows(MonthlyBranch.holds) == [["K1", "2026-02-01", "undefined-events"]])
        try branch.addTariff(
            "series/e.csv", january + "2026-01-31T16:00Z,2026-02-28T16:00Z,0\n")
        try branch.bill(asOf: "2026-03-02")
        // 28 × 24 kWh at 1 yuan.
        #expect(
            try branch.rows(MonthlyBranch.invoices) == [
                ["K1", "2026-01-01", "78700"], ["K1", "2026-02-01", "67200"],
            ])
        #expect(
            try branch.rows(
                "SELECT value FROM invoice_determinant WHERE quantity = 'event_demand.kw.events' ORDER BY part_start"
            ) == [["1"], ["0"]])
        #expect(try branch.rows(listed).isEmpty)
    }

    @Test(arguments: [
        // the event, of 1 kW then, in 744 kWh; an hour elsewhere: 747 kWh and 4 kW
        ("2026-01-20T18", "75400"), ("2026-01-10T05", "78700"),
    ])
    func `an hour without a reading is waited for, and then estimated`(left: String, total: String)
        throws
    {
        let branch = try branch(list: january)
        try branch.deliver("a.csv", hours(without: left))
        try branch.bill(asOf: "2026-02-02")
        #expect(
            try branch.rows(MonthlyBranch.holds) == [["K1", "2026-01-01", "missing-intervals"]])
        try branch.bill(asOf: "2026-02-05")
        #expect(
            try branch.rows("SELECT total_minor, estimated_values FROM invoice")
                == [[total, "1"]])
    }

    @Test(
        arguments: [
            // registers alone; beside them the hours that tell the demand, of a bill of 744 kWh
            ("", "missing-determinant", nil), ("60", nil, "78400"),
        ] as [(String, String?, String?)])
    func `registers need intervals beside them`(minutes: String, code: String?, total: String?)
        throws
    {
        let branch = try MixedBasisTests.branch(
            "M1,S1,T1,2025-01-01,,1,6,\(minutes),register,,\n",
            tariff: MonthlyBranch.tariff("flat", charges: Self.charges))
        try branch.addTariff("series/e.csv", january)
        try branch.deliver("r.csv", MixedBasisTests.freezes())
        if !minutes.isEmpty { try branch.deliver("h.csv", hours()) }
        try branch.bill(asOf: "2026-02-05")
        #expect(try branch.rows(MonthlyBranch.holds).map { $0[2] } == [code].compactMap(\.self))
        #expect(
            try branch.column("SELECT total_minor FROM invoice WHERE contract_id = 'K1'")
                == [total].compactMap(\.self))
        if total != nil {
            #expect(try branch.evidence().intervals.map(\.qualities) == [["A": 744]])
        }
    }

    @Test(arguments: [
        // an event that moves, one that is taken back; one outside the month, and a value elsewhere
        ("2026-01-20T10:00Z,2026-01-20T11:00Z,1", "2026-01-20T10:00Z,2026-01-20T11:00Z,0", ["K1"]),
        ("2026-01-31T16:00Z,2026-02-28T16:00Z,0", "2026-01-31T16:00Z,2026-01-31T17:00Z,1", []),
    ])
    func `a list that is revised lists the bills whose events are others`(
        row: String, revised: String, contracts: [String]
    ) throws {
        let list = january + "2026-01-31T16:00Z,2026-02-28T16:00Z,0\n"
        let branch = try branch(list: list)
        try branch.deliver("a.csv", hours())
        try branch.bill(asOf: "2026-02-01")
        try branch.addTariff("series/e.csv", list.replacing(row, with: revised))
        let author = ChangeAuthor(user: "test", command: "series import")
        _ = try SeriesImport(store: try branch.store(), author: author)
            .load([branch.tariffs + "/series/e.csv"], revise: true)
        #expect(try branch.rows(listed).compactMap(\.first) == contracts)
    }

    @Test func `reactive excess by intervals needs both energies of one length`() throws {
        let branch = try MonthlyBranch.branch(
            contracts: "K1,S1,C1,excess,2026-01-01,,1,1,",
            tariffs: [
                "excess.yaml": MonthlyBranch.tariff(
                    "excess",
                    charges: """
                          - { id: energy, kind: energy, on: import.kwh, price: 0 }
                          - { id: excess, kind: excess_reactive, on: reactive_import.kvarh, free_share: 0.5, over: interval, price: 1 }
                        """)
            ])
        try branch.deliver("a.csv", MonthlyBranch.hours(from: "2026-01-01", to: "2026-02-01"))
        try branch.bill(asOf: "2026-02-01")
        #expect(
            try branch.rows(MonthlyBranch.holds) == [["K1", "2026-01-01", "missing-intervals"]])
        let kvarh = MonthlyBranch.hours(
            from: "2026-01-01", to: "2026-02-01", "0.4", channel: "3.8.0",
            without: "2026-01-10T05"
        ).replacing(",kwh,", with: ",kvarh,")
            .replacing(
                "M1,2026-01-20T18:00:00+08:00,3.8.0,0.4",
                with: "M1,2026-01-20T18:00:00+08:00,3.8.0,2.5")
        try branch.deliver("b.csv", kvarh)
        try branch.bill(asOf: "2026-02-05")
        // All hours are within half of 1 kWh but one, 2.5 - 0.5; another is estimated.
        #expect(try branch.rows(MonthlyBranch.invoices) == [["K1", "2026-01-01", "200"]])
        #expect(
            try branch.rows(
                "SELECT period, value, unit FROM invoice_determinant WHERE quantity = 'reactive_excess'"
            ) == [["excess", "2", "kvarh"]])
    }
}
