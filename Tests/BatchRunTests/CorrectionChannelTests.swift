// SPDX-License-Identifier: Apache-2.0

import BatchRun
import MeterModel
import Store
import TestSupport
import Testing

/// Law 7: of what comes after the bill, only the channels that it was measured by list it.
@Suite struct CorrectionChannelTests {
    private static let both = """
          - { id: energy, kind: energy, on: import.kwh, price: 1 }
          - { id: fed_in, kind: energy, on: export.kwh, price: -1 }
        """
    private static let demand =
        "  - { id: a, kind: demand, by: all, window: 60min, type: block, price: 3, per: day }\n"
    private static let reactive =
        "  - { id: energy, kind: energy, on: reactive_import.kvarh, price: 1 }\n"

    private static let listed = """
        SELECT i.contract_id FROM correction c JOIN invoice i USING (invoice_id)
        """

    @Test(arguments: [
        // charges, channel that comes late, is the bill listed
        (MonthlyBranch.flatCharge, "1.8.0", true), (MonthlyBranch.flatCharge, "2.8.0", false),
        (MonthlyBranch.flatCharge, "3.8.0", false), (both, "1.8.0", true), (both, "2.8.0", true),
        (both, "3.8.0", false), (demand, "1.8.0", true), (demand, "2.8.0", false),
        (reactive, "1.8.0", false), (reactive, "3.8.0", true),
    ])
    func `late intervals list the bills that multiply their quantity`(
        charges: String, channel: String, isListed: Bool
    ) throws {
        let branch = try MonthlyBranch.branch(tariffs: [
            "flat.yaml": MonthlyBranch.tariff("flat", charges: charges)
        ])
        func deliver(_ channel: String, _ kwh: String, from: String, to: String) throws {
            let text = MonthlyBranch.hours(from: from, to: to, kwh, channel: channel)
            try branch.deliver(
                "\(channel)-\(kwh).csv",
                channel == "3.8.0" ? text.replacing(",kwh,", with: ",kvarh,") : text)
        }
        for channel in ["1.8.0", "2.8.0", "3.8.0"] {
            try deliver(channel, "1", from: "2026-01-01", to: "2026-02-05")
        }
        try branch.bill(asOf: "2026-02-05")
        #expect(try branch.column(MonthlyBranch.invoices) == ["K1"])
        try deliver(channel, "2", from: "2026-01-10", to: "2026-01-11")
        let summary = try branch.bill(asOf: "2026-02-06")
        #expect(summary.counts.verdicts.accepted == 24)
        #expect(try branch.column(CorrectionChannelTests.listed) == (isListed ? ["K1"] : []))
    }

    @Test(arguments: [
        // is the tariff by period, what follows the date, is the bill listed
        (false, "1311,,,,,", true), (false, ",7,63,94,156,9", false),
        (true, "1311,,,,,", false), (true, ",7,,,,", true), (true, ",,63,,,", true),
        (true, ",,,94,,", true), (true, ",,,,156,", true), (true, ",,,,,9", true),
    ])
    func `late registers list the bills that were measured by them`(
        isByPeriod: Bool, values: String, isListed: Bool
    ) throws {
        let branch = try MonthlyBranch.branch(meter: MonthlyBranch.registerMeter)
        if isByPeriod { try branch.addTariff("flat.yaml", RegisterBillingTests.threePeriods) }
        try branch.deliver(
            "r.csv",
            MonthlyBranch.freezes(from: "2025-12-31", days: 32) { day in
                "\(1000 + 10 * day),,\(2 * day),\(3 * day),\(5 * day)"
            })
        try branch.bill(asOf: "2026-02-05")
        #expect(try branch.column(MonthlyBranch.invoices) == ["K1"])
        try deliver(values, on: "2026-01-31", to: branch)
        try branch.bill(asOf: "2026-02-06")
        #expect(try branch.column(CorrectionChannelTests.listed) == (isListed ? ["K1"] : []))
    }

    @Test(arguments: [
        // The total is billed until 16 January, the periods from then on.
        ("2025-12-31", "1001,,,,,", true), ("2025-12-31", ",,1,,,", false),
        ("2026-01-15", "1151,,,,,", true), ("2026-01-15", ",,31,,,", true),
        ("2026-01-31", "1311,,,,,", false), ("2026-01-31", ",,63,,,", true),
        ("2026-01-20", ",,41,,,", false),
    ])
    func `a register is billed in the parts of a period whose tariff names it`(
        day: String, values: String, isListed: Bool
    ) throws {
        let flat = MonthlyBranch.tariff("flat", charges: MonthlyBranch.flatCharge)
        let branch = try MonthlyBranch.branch(
            meter: MonthlyBranch.registerMeter,
            tariffs: [
                "flat.yaml": flat.replacing(
                    "2020-01-01\n", with: "2020-01-01\nvalid_to: 2026-01-16\n"),
                "flat-2.yaml": RegisterBillingTests.threePeriods
                    .replacing("version: 2026-01", with: "version: 2026-02")
                    .replacing("2020-01-01", with: "2026-01-16"),
            ])
        try branch.deliver(
            "r.csv",
            MonthlyBranch.freezes(from: "2025-12-31", days: 32) { day in
                "\(1000 + 10 * day),,\(2 * day),\(3 * day),\(5 * day)"
            })
        try branch.bill(asOf: "2026-02-05")
        // 15 days of 10 kWh at 1 yuan, 16 days of 2 × 3 + 3 × 2 + 5 × 1 yuan.
        #expect(try branch.rows(MonthlyBranch.invoices) == [["K1", "2026-01-01", "42200"]])
        try deliver(values, on: day, to: branch)
        try branch.bill(asOf: "2026-02-06")
        #expect(try branch.column(CorrectionChannelTests.listed) == (isListed ? ["K1"] : []))
    }

    /// Delivers registers of one day: total, sharp, peak, flat, valley, deep valley.
    private func deliver(_ values: String, on day: String, to branch: TrialBranch) throws {
        try branch.deliver(
            "late.csv",
            "meter_id,date,total,sharp,peak,flat,valley,deep_valley\nM1,\(day),\(values)\n")
    }
}
