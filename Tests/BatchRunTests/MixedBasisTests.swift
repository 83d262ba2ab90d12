// SPDX-License-Identifier: Apache-2.0

import BatchRun
import MeterModel
import Quantities
import Store
import TestSupport
import Testing

/// Periods in which one part is billed by registers and the other by intervals.
///
/// January 2026 by a clock 8 h ahead; the change is at midnight of the 16th where nothing else is said.
@Suite struct MixedBasisTests {
    private static let header =
        "meter_id,service_point_id,terminal_id,installed,removed,multiplier,digits,"
        + "interval_minutes,basis,from,to\n"
    private static let reads = "meter_id,channel,at,kind,value\n"
    /// One meter, by registers first.
    static let registerFirst = """
        M1,S1,T1,2025-01-01,,1,6,60,register,,2026-01-16
        M1,S1,T1,2025-01-01,,1,6,60,interval,2026-01-16,

        """

    /// A branch with these meters, billed by the tariff `flat`.
    static func branch(
        _ meters: String, reads: String = "", tariff: String? = nil,
        contract: String = MonthlyBranch.contract
    ) throws -> TrialBranch {
        var network = MonthlyBranch.network(MonthlyBranch.hourlyMeter, [contract])
        network["meters.csv"] = header + meters
        network["register_reads.csv"] = Self.reads + reads
        let branch = try TrialBranch(network: network)
        try branch.addTariff(
            "flat.yaml",
            tariff ?? MonthlyBranch.tariff("flat", charges: MonthlyBranch.flatCharge))
        return branch
    }

    /// Freezes of M1 that rise by 24 kWh a day from 1000 as the year begins.
    static func freezes(without left: String? = nil) -> String {
        MonthlyBranch.freezes(from: "2025-12-31", days: 36) { "\(1000 + 24 * $0),,,," }
            .split(separator: "\n").filter { left.map($0.contains) != true }
            .map { $0 + "\n" }.joined()
    }

    @Test(arguments: [
        // the exchange, M1's register then, yuan: what M1 counted × 2, hours of M2 × 3
        ("2026-01-16T00:00:00+08:00", "1360", "187200"),  // 360 × 2 + 384 × 3
        ("2026-01-16T10:00:00+08:00", "1370", "186200"),  // 370 × 2 + 374 × 3
        ("2026-01-16T10:30:00+08:00", "1370.5", "186000"),  // 370.5 × 2 + 373 × 3
    ])
    func `a register meter exchanged for an interval meter bills each in its time`(
        exchange: String, last: String, total: String
    ) throws {
        let branch = try Self.branch(
            """
            M1,S1,T1,2025-01-01,\(exchange),2,6,,,,
            M2,S1,T1,\(exchange),,3,6,60,,,

            """, reads: "M1,1.8.0,\(exchange),remove,\(last)\n")
        try branch.deliver("r.csv", Self.freezes())
        try branch.deliver(
            "h.csv",
            MonthlyBranch.hours(from: "2026-01-16", to: "2026-02-01")
                .replacing("\nM1,", with: "\nM2,"))
        try branch.bill(asOf: "2026-02-05")
        #expect(try branch.column(MonthlyBranch.holds).isEmpty)
        #expect(try branch.rows(MonthlyBranch.invoices) == [["K1", "2026-01-01", total]])
        #expect(try branch.problems().isEmpty)
    }

    @Test(arguments: [
        ("2026-01-16T00:00:00+08:00", "187200"),  // 360 × 2 + 384 × 3
        ("2026-01-16T10:00:00+08:00", "186200"),  // 370 × 2 + 374 × 3
    ])
    func `an interval meter exchanged for a register meter bills each in its time`(
        exchange: String, total: String
    ) throws {
        let branch = try Self.branch(
            """
            M1,S1,T1,2025-01-01,\(exchange),2,6,60,,,
            M2,S1,T1,\(exchange),,3,6,,,,

            """, reads: "M2,1.8.0,\(exchange),install,0\n")
        try branch.deliver("h.csv", MonthlyBranch.hours(from: "2026-01-01", to: "2026-01-17"))
        // At the end of the month it stands at the hours since the exchange.
        let end = exchange.contains("T10") ? 374 : 384
        try branch.deliver(
            "r.csv",
            MonthlyBranch.freezes(from: "2026-01-31", days: 1) { _ in "\(end),,,," }
                .replacing("\nM1,", with: "\nM2,"))
        try branch.bill(asOf: "2026-02-05")
        #expect(try branch.column(MonthlyBranch.holds).isEmpty)
        #expect(try branch.rows(MonthlyBranch.invoices) == [["K1", "2026-01-01", total]])
    }

    @Test(arguments: [
        // 24 kWh a day by registers, 48 by intervals; 15 days, then 16
        ("register", "interval", "112800"), ("interval", "register", "110400"),
    ])
    func `one meter bills by its kind of each day`(first: String, then: String, total: String)
        throws
    {
        let branch = try Self.branch(
            """
            M1,S1,T1,2025-01-01,,1,6,60,\(first),,2026-01-16
            M1,S1,T1,2025-01-01,,1,6,60,\(then),2026-01-16,

            """)
        try branch.deliver("r.csv", Self.freezes())
        try branch.deliver("h.csv", MonthlyBranch.hours(from: "2026-01-01", to: "2026-02-01", "2"))
        try branch.bill(asOf: "2026-02-05")
        #expect(try branch.rows(MonthlyBranch.invoices) == [["K1", "2026-01-01", total]])
        // The intervals that are billed are compared with the register of their time.
        let days = first == "interval" ? "2026-01-01 2026-01-16" : "2026-01-16 2026-02-01"
        #expect(
            try branch.column(
                "SELECT substr(starts_at, 1, 10) || ' ' || substr(ends_at, 1, 10) FROM exception "
                    + "WHERE rule = 'kinds-disagree'") == [days])
    }

    @Test func `periods of the day are counted by mapped registers and by intervals`() throws {
        let branch = try Self.branch(
            Self.registerFirst, tariff: RegisterBillingTests.threePeriods)
        try branch.deliver(
            "r.csv",
            MonthlyBranch.freezes(from: "2025-12-31", days: 16) { day in
                "\(1000 + 10 * day),8,\(2 * day),\(3 * day),\(5 * day)"
            })
        try branch.deliver("h.csv", MonthlyBranch.hours(from: "2026-01-16", to: "2026-02-01"))
        try branch.bill(asOf: "2026-02-05")
        // 15 days of 2, 3 and 5 kWh; 16 days of 4 h of peak, 8 h of valley and 12 h of the rest.
        #expect(
            try branch.rows("SELECT period, value FROM invoice_determinant ORDER BY period") == [
                ["flat", "237"], ["peak", "94"], ["valley", "203"],
            ])
        // 3 × 94 + 2 × 237 + 203 = 959 yuan.
        #expect(try branch.rows(MonthlyBranch.invoices) == [["K1", "2026-01-01", "95900"]])
    }

    @Test func `a register that no period has holds the bill by what it counted in its time`()
        throws
    {
        let branch = try Self.branch(
            Self.registerFirst, tariff: RegisterBillingTests.threePeriods)
        try branch.deliver(
            "r.csv",
            MonthlyBranch.freezes(from: "2025-12-31", days: 36) { day in
                "\(1000 + 17 * day),\(7 * day),\(2 * day),\(3 * day),\(5 * day)"
            })
        try branch.deliver("h.csv", MonthlyBranch.hours(from: "2026-01-16", to: "2026-02-01"))
        try branch.bill(asOf: "2026-02-05")
        // 7 kWh on each of 15 days.
        #expect(
            try branch.rows("SELECT code, substr(detail, 1, 26) FROM hold") == [
                ["unmapped-register", "register 1.8.1 counted 105"]
            ])
    }

    @Test func `a period that is idle while registers are billed needs none of its own`() throws {
        let tariff = MonthlyBranch.tariff(
            "flat",
            """
            periods:
              deep:
                - { months: [2], time: 13:00-17:00 }
              flat: rest
            registers: { flat: 1.8.3, deep: 1.8.5 }
            """,
            charges: """
                  - id: energy
                    kind: energy
                    on: import.kwh
                    price: { flat: 2, deep: 0.5 }
                """)
        let branch = try Self.branch(
            Self.registerFirst.replacing("2026-01-16", with: "2026-02-01"), tariff: tariff,
            contract: "K1,S1,C1,flat,2026-01-01,,1,2,")
        try branch.deliver(
            "r.csv",
            MonthlyBranch.freezes(from: "2025-12-31", days: 62) { "\(9 * $0),,,\(9 * $0)," }
        )
        try branch.deliver("h.csv", MonthlyBranch.hours(from: "2026-02-01", to: "2026-03-01"))
        try branch.bill(asOf: "2026-03-05")
        // 31 × 9 × 2 in January; 28 × (20 × 2 + 4 × 0.5) = 1176 in February.
        #expect(try branch.rows(MonthlyBranch.invoices) == [["K1", "2026-01-01", "173400"]])
    }

    @Test(arguments: [
        // the freeze or the hour that is missing, what the bill waits for
        ("2025-12-31,", "", "missing-start"), ("2026-01-15,", "", "missing-end"),
        ("", "2026-01-20T05", "missing-intervals"),
    ])
    func `a gap in either part is waited for and then estimated`(
        freeze: String, hour: String, code: String
    ) throws {
        let branch = try Self.branch(Self.registerFirst)
        try branch.deliver(
            "before.csv",
            MonthlyBranch.freezes(from: "2025-12-29", days: 2) { "\(952 + 24 * $0),,,," })
        try branch.deliver("r.csv", Self.freezes(without: freeze.isEmpty ? nil : freeze))
        try branch.deliver(
            "h.csv", MonthlyBranch.hours(from: "2026-01-10", to: "2026-02-03", without: hour))
        try branch.bill(asOf: "2026-02-02")
        #expect(try branch.rows(MonthlyBranch.holds) == [["K1", "2026-01-01", code]])
        try branch.bill(asOf: "2026-02-05")
        // 31 × 24 kWh, one value estimated.
        #expect(
            try branch.rows("SELECT total_minor, estimated_values FROM invoice")
                == [["74400", "1"]])
    }

    @Test func `a freeze missing at the change is estimated also where intervals begin with it`()
        throws
    {
        let branch = try Self.branch(
            """
            M1,S1,T1,2025-01-01,,1,6,,,,2026-01-16
            M1,S1,T1,2025-01-01,,1,6,60,,2026-01-16,

            """)
        try branch.deliver("r.csv", Self.freezes(without: "2026-01-15,"))
        try branch.deliver("h.csv", MonthlyBranch.hours(from: "2026-01-16", to: "2026-02-03"))
        try branch.bill(asOf: "2026-02-05")
        // 1360 between 1336 and 1384: 360 kWh, then 16 × 24 hours.
        #expect(try branch.column("SELECT value FROM estimate") == ["1360"])
        #expect(
            try branch.rows("SELECT total_minor, estimated_values FROM invoice")
                == [["74400", "1"]])
    }

    @Test func `a register that fell before the change holds the bill`() throws {
        let branch = try Self.branch(Self.registerFirst)
        try branch.deliver("r.csv", Self.freezes().replacing("01-05,1120", with: "01-05,900"))
        try branch.deliver("h.csv", MonthlyBranch.hours(from: "2026-01-10", to: "2026-02-03"))
        try branch.bill(asOf: "2026-02-05")
        #expect(
            try branch.rows(MonthlyBranch.holds) == [["K1", "2026-01-01", "register-decrease"]])
    }

    @Test(arguments: [
        // day, its late freeze, is the bill listed: a billed estimate is fixed, but for its very moment
        ("2026-01-14", "1365", false), ("2026-01-15", "1365", true),
    ])
    func `a late value of the change lists the bill that estimated it`(
        day: String, value: String, isListed: Bool
    ) throws {
        let branch = try Self.branch(Self.registerFirst)
        try branch.deliver("r.csv", Self.freezes(without: "2026-01-15,"))
        try branch.deliver("h.csv", MonthlyBranch.hours(from: "2026-01-10", to: "2026-02-03"))
        try branch.bill(asOf: "2026-02-05")
        // 1360, between 1336 of the day before and 1384 of the day after.
        #expect(try branch.column("SELECT value FROM estimate") == ["1360"])
        try branch.deliver(
            "late.csv", MonthlyBranch.freezes(from: day, days: 1) { _ in "\(value),,,," })
        try branch.bill(asOf: "2026-02-06")
        #expect(
            try branch.column("SELECT cause FROM correction") == (isListed ? ["late-reading"] : []))
    }

    @Test(arguments: [
        // 9:00 is between two hours, 9:30 within one
        ("2026-01-16T09:00:00+08:00", []),
        ("2026-01-16T09:30:00+08:00", ["basis-within-slot"]),
    ])
    func `a basis that changes within a slot holds the bill`(change: String, codes: [String])
        throws
    {
        let branch = try Self.branch(
            Self.registerFirst.replacing("2026-01-16", with: change),
            reads: "M1,1.8.0,\(change),special,1369\n")
        try branch.deliver("r.csv", Self.freezes())
        try branch.deliver("h.csv", MonthlyBranch.hours(from: "2026-01-01", to: "2026-02-01"))
        try branch.bill(asOf: "2026-02-05")
        #expect(try branch.column("SELECT code FROM hold") == codes)
        // 369 kWh before nine, and the 375 hours since.
        #expect(
            try branch.rows(MonthlyBranch.invoices)
                == (codes.isEmpty ? [["K1", "2026-01-01", "74400"]] : []))
    }

    @Test func `time between two meters holds the bill`() throws {
        let branch = try Self.branch(
            """
            M1,S1,T1,2025-01-01,2026-01-16T00:00:00+08:00,1,6,,,,
            M2,S1,T1,2026-01-16T01:00:00+08:00,,1,6,60,,,

            """)
        try branch.deliver("r.csv", Self.freezes())
        try branch.deliver(
            "h.csv",
            MonthlyBranch.hours(from: "2026-01-16", to: "2026-02-01")
                .replacing("\nM1,", with: "\nM2,"))
        try branch.bill(asOf: "2026-02-05")
        #expect(
            try branch.rows("SELECT code, detail FROM hold") == [
                ["no-meter", "no meter in service at 2026-01-15T16:00:00Z"]
            ])
    }

    @Test(arguments: [
        // what comes late, its day, is the bill listed
        ("interval", "2026-01-10", false), ("interval", "2026-01-15", false),
        ("interval", "2026-01-16", true), ("interval", "2026-01-31", true),
        ("1001", "2025-12-31", true), ("1361", "2026-01-15", true),
        // On the way, and where intervals are billed.
        ("1121", "2026-01-05", false), ("1481", "2026-01-20", false),
        ("1745", "2026-01-31", false),
        // A fall on the way.
        ("900", "2026-01-05", true), ("900", "2026-01-20", false),
    ])
    func `late readings list the bill where it rests on their kind`(
        late: String, day: String, isListed: Bool
    ) throws {
        let branch = try Self.branch(Self.registerFirst)
        try branch.deliver("r.csv", Self.freezes())
        try branch.deliver("h.csv", MonthlyBranch.hours(from: "2026-01-01", to: "2026-02-01"))
        try branch.bill(asOf: "2026-02-05")
        #expect(try branch.rows(MonthlyBranch.invoices) == [["K1", "2026-01-01", "74400"]])
        if late == "interval" {
            try branch.deliver(
                "late.csv",
                "meter_id,timestamp,kwh,quality\nM1,\(day)T05:00:00+08:00,1.5,A\n")
        } else {
            try branch.deliver(
                "late.csv", MonthlyBranch.freezes(from: day, days: 1) { _ in "\(late),,,," })
        }
        let summary = try branch.bill(asOf: "2026-02-06")
        #expect(summary.counts.verdicts.accepted == 1)
        #expect(
            try branch.rows("SELECT cause, energy FROM correction")
                == (isListed ? [["late-reading", "1"]] : []))
    }

    @Test(arguments: [
        // what an import brings, is the bill listed
        ("meters.csv", header + registerFirst, false),
        ("meters.csv", header + registerFirst.replacing("01-16", with: "01-17"), true),
        ("meters.csv", header + "M1,S1,T1,2025-01-01,,1,6,60,interval,,\n", true),
        ("register_reads.csv", reads + "M1,1.8.0,2026-01-10T12:00:00+08:00,special,1230\n", false),
        // Beyond the end of its part, 1360.
        ("register_reads.csv", reads + "M1,1.8.0,2026-01-10T12:00:00+08:00,special,1400\n", true),
        ("register_reads.csv", reads + "M1,1.8.0,2026-01-20T12:00:00+08:00,special,1470\n", false),
    ])
    func `an import lists the bill where a part rests on what it changes`(
        file: String, text: String, isListed: Bool
    ) throws {
        let branch = try Self.branch(Self.registerFirst)
        try branch.deliver("r.csv", Self.freezes())
        try branch.deliver("h.csv", MonthlyBranch.hours(from: "2026-01-01", to: "2026-02-01"))
        try branch.bill(asOf: "2026-02-05")
        #expect(try branch.rows(MonthlyBranch.invoices) == [["K1", "2026-01-01", "74400"]])
        try branch.importNetwork([file: text])
        #expect(try branch.column("SELECT energy FROM correction") == (isListed ? ["1"] : []))
    }

    @Test func `a bill is explained by the readings of each part`() throws {
        let branch = try Self.branch(Self.registerFirst)
        try branch.deliver("r.csv", Self.freezes())
        try branch.deliver("h.csv", MonthlyBranch.hours(from: "2026-01-01", to: "2026-02-01"))
        try branch.bill(asOf: "2026-02-05")
        let evidence = try branch.evidence()
        #expect(
            evidence.registers.map { "\($0.at) \($0.value)" } == [
                "2026-01-01T00:00:00+08:00 1000", "2026-01-16T00:00:00+08:00 1360",
            ])
        #expect(evidence.intervals.map(\.qualities) == [["A": 384]])
        #expect(evidence.intervals.map(\.firstDay.description) == ["2026-01-16"])
    }
}

extension TrialBranch {
    /// The readings behind the first invoice.
    func evidence() throws -> InvoiceEvidence {
        let store = try store()
        let (invoice, determinants) = try store.read { transaction in
            let invoice = try #require(try transaction.invoice(number: "INV-2026-000001"))
            return (invoice, try transaction.determinants(ofInvoice: invoice.invoiceID))
        }
        return try InvoiceEvidence.of(invoice, determinants: determinants, in: store)
    }
}
