// SPDX-License-Identifier: Apache-2.0

import BatchRun
import BillInvoice
import MeterModel
import Quantities
import TestSupport
import Testing

/// What a reading touched beyond the lines of its own period.
@Suite struct TouchedBillsTests {
    private static let periods = """
        periods: { peak: { time: 08:00-20:00 }, off: rest }
        registers: { peak: 1.8.2, off: 1.8.3 }

        """

    /// What the reading at noon of 15 January touched, of two months of hours.
    private func touched(_ more: String, charges: String) throws -> (
        lines: [String], later: [String]
    ) {
        let branch = try MonthlyBranch.branch(tariffs: [
            "flat.yaml": MonthlyBranch.tariff("flat", more, charges: charges)
        ])
        for (channel, kwh) in [("1.8.0", "1.0"), ("2.8.0", "0.5")] {
            try branch.deliver(
                "\(channel).csv",
                MonthlyBranch.hours(from: "2026-01-01", to: "2026-03-01", kwh, channel: channel))
        }
        try branch.bill(asOf: "2026-03-05")
        #expect(try branch.column("SELECT count(*) FROM invoice") == ["2"])
        let touched = try TouchedLines.of(
            meter: "M1", channel: .activeImport,
            at: try #require(Instant(iso: "2026-01-15T12:00:00+08:00")), in: branch.store())
        return (
            touched.lines.map { "\($0.number.suffix(1)) \($0.line.description)" },
            touched.later.map { "\($0.number.suffix(1)) \($0.detail)" }
        )
    }

    private static let byPeriod =
        "  - { id: energy, kind: energy, on: import.kwh, price: { peak: 2, off: 1 } }\n"

    @Test func `a loss that is shared out brings it into the lines of all periods`() throws {
        func losses(_ rounding: String) -> String {
            Self.periods
                + "losses: [{ id: line, kind: rate, on: import.kwh, rate: 0.1, \(rounding) }]"
        }
        let shared = try touched(
            losses(
                "round: { to: 1, mode: half_up }, spread: largest_remainder"),
            charges: Self.byPeriod)
        #expect(shared.lines == ["1 energy · peak", "1 energy · off"])
        let own = try touched(losses("round: none"), charges: Self.byPeriod)
        #expect(own.lines == ["1 energy · peak"])
        #expect(own.later.isEmpty)
    }

    @Test func `what a period leaves over is in the lines of all`() throws {
        let found = try touched(
            Self.periods + """
                net_metering:
                  netting: by_period
                  bank: all
                  against: [peak, off]
                  expires: never
                  at_end: stays
                  if_split: by_part
                """,
            charges: "  - { id: energy, kind: energy, on: net.kwh, price: { peak: 2, off: 1 } }\n"
                + "  - { id: grid, kind: energy, on: import.kwh, price: { peak: 2, off: 1 } }\n")
        #expect(found.lines == ["1 energy · peak", "1 energy · off", "1 grid · peak"])
        #expect(found.later == ["2 nets with the energy that INV-2026-000001 kept"])
    }

    @Test(arguments: [
        (
            """
              - id: energy
                kind: tiers
                on: import.kwh
                cycle: calendar_year
                year_of: period_end
                limits: whole
                tiers: [{ to: 900, price: 1 }, { price: 2 }]

            """, "2 counts the year to date that INV-2026-000001 billed"
        ),
        (
            """
              - id: energy
                kind: demand
                by: all
                window: 60min
                type: block
                price: 1
                ratchet: { share: 0.80, months: 11, scope: all }
                per: month
                prorate: none

            """, "2 looks back to the demand that INV-2026-000001 billed"
        ),
    ])
    func `later bills that rest on the bill are named`(charges: String, why: String) throws {
        let found = try touched("", charges: charges)
        #expect(found.lines.count == 1)
        #expect(found.later == [why])
    }
}
