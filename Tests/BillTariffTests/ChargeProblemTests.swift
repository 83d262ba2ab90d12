// SPDX-License-Identifier: Apache-2.0

import BillTariff
import Testing

@Suite struct ChargeProblemTests {
    private static let head = """
        needs: { persons: number, kind: text }
        seasons: { warm: { months: [6] }, cold: rest }
        season_of: by_days
        periods: { peak: { time: 08:00-20:00 }, off: rest }
        registers: { peak: 1.8.1, off: 1.8.2 }
        charges:
          - { id: used, kind: fixed, if: [persons > 0, kind = x], price: 1, per: day }

        """

    /// The codes of a charge's problems, each once.
    private static func codes(_ charge: String) -> String {
        Set(
            TariffText.problems(TariffText.head + head + "  - { id: a, \(charge) }\n").map {
                String($0.split(separator: ": ")[1])
            }
        ).sorted().joined(separator: " ")
    }

    private static let tiers = "kind: tiers, on: import.kwh, cycle: month"

    @Test(arguments: [
        ("limits_per: day, tiers: [{ price: 1 }]", ""),
        ("limits_per: persons, limits: whole, tiers: [{ price: 1 }]", ""),
        ("limits_per: day, limits: whole, tiers: [{ price: 1 }]", "bad-value"),
        ("limits_per: kind, limits: whole, tiers: [{ price: 1 }]", "unknown-reference"),
        ("limits_per: persons, tiers: [{ price: 1 }]", "undecided"),
        ("limits: whole, tiers: { peak: [{ price: 1 }], off: [{ price: 2 }] }", "undecided"),
        (
            "limits: whole, allocation: per_period, tiers: { peak: [{ price: 1 }] }",
            "undecided"
        ),
        (
            "limits: whole, allocation: per_period, tiers: [{ price: { peak: 1, off: 2 } }]",
            "bad-value"
        ),
        ("limits: whole, allocation: per_period, tiers: [{ price: 1 }]", "bad-value"),
        ("limits: whole, tiers: { warm: [{ price: 1 }], cold: [{ price: 2 }] }", "bad-value"),
        ("limits: whole, tiers: { warm: [{ price: 1 }] }", "bad-value undecided"),
        ("limits: whole, tiers: []", "bad-value"),
        (
            "limits: whole, raise_limits: { if: persons >= 5, by: [1] }, tiers: [{ price: 1 }]",
            "bad-value"
        ),
        (
            "limits: whole, raise_limits: { if: persons >= 5, by: [9, 0] }, "
                + "tiers: [{ to: 1, price: 1 }, { to: 9, price: 1 }, { price: 1 }]", "unreachable"
        ),
        (
            "limits: whole, raise_limits: { by: [9] }, tiers: [{ to: 1, price: 1 }, { price: 1 }]",
            "missing-key"
        ),
    ])
    func `tiers that leave something open are refused`(rest: String, codes: String) {
        #expect(Self.codes(Self.tiers + ", " + rest) == codes)
    }

    @Test(arguments: [
        ("limits: by_days, limits_per: { demand: d, take: billed }", ""),
        ("limits: by_days, limits_per: { demand: d, take: measured }", ""),
        ("limits: by_days, limits_per: { demand: d }", "undecided"),
        ("limits: by_days, limits_per: { demand: d, take: highest }", "bad-value"),
        ("limits: by_days, limits_per: { take: billed }", "missing-key"),
        ("limits: by_days, limits_per: { demand: p, take: billed }", "unknown-reference"),
        ("limits: by_days, limits_per: { demand: used, take: billed }", "unknown-reference"),
        ("limits: by_days, limits_per: { demand: a, take: billed }", "unknown-reference"),
        ("limits_per: { demand: d, take: billed }", "undecided"),
    ])
    func `limits by a demand name an earlier charge and what counts of it`(
        keys: String, codes: String
    ) {
        let demand = "kind: demand, window: 15min, type: block, price: 1, per: day"
        func found(_ cycle: String) -> String {
            Self.codes(
                "\(demand), by: all }\n"
                    + "  - { id: d, \(demand), by: all }\n  - { id: p, \(demand), by: period }\n"
                    + "  - { id: b, kind: tiers, on: import.kwh, cycle: \(cycle), tiers: [{ price: 1 }], "
                    + keys.replacing("demand: a,", with: "demand: b,"))
        }
        #expect(found("month") == codes)
        if codes.isEmpty {
            #expect(found("calendar_year, year_of: period_end") == "bad-value")
        }
    }

    @Test func `a year has no limits per day, and no year to date by period`() {
        let year = "kind: tiers, on: import.kwh, cycle: calendar_year, year_of: period_end, "
        #expect(Self.codes(year + "limits_per: day, tiers: [{ price: 1 }]") == "bad-value")
        #expect(
            Self.codes(
                year + "limits: whole, allocation: per_period, "
                    + "tiers: { peak: [{ price: 1 }], off: [{ price: 2 }] }") == "bad-value")
    }

    private static let factor =
        "kind: power_factor, of: used, base: exact, table: cn_1983, standard: 0.9, "
        + "reactive: reactive_import.kvarh, mode: half_up, if_idle: hold"

    @Test(arguments: [
        ("table", "table", ""),
        ("table: cn_1983", "table: cn_1900", "bad-value"),
        ("standard: 0.9", "standard: 0.95", "bad-value"),
        ("standard: 0.9", "standard: kind", "bad-value"),
        ("standard: 0.9", "standard: persons", ""),
        ("reactive: reactive_import.kvarh, ", "", "undecided"),
        ("reactive: reactive_import.kvarh", "reactive: import.kwh", "bad-value"),
        (
            "reactive: reactive_import.kvarh",
            "reactive: [reactive_import.kvarh, reactive_import.kvarh]", "bad-value"
        ),
        ("mode: half_up, ", "", "undecided"),
        (", if_idle: hold", "", "undecided"),
        ("base: exact, ", "", "undecided"),
        ("of: used", "of: all, except: nothing", "unknown-reference"),
        ("of: used, ", "", "missing-key"),
    ])
    func `a power factor that leaves something open is refused`(
        part: String, by: String, codes: String
    ) {
        #expect(Self.codes(Self.factor.replacing(part, with: by)) == codes)
    }

    @Test(arguments: [
        ("kind: minimum, of: used, base: exact, price: 6, per: month", "undecided"),
        ("kind: minimum, of: used, price: 6, per: day", "undecided"),
        ("kind: minimum, base: exact, price: 6, per: day", "missing-key"),
        (
            "kind: yearly_minimum, of: used, base: as_billed, price: 6, year_of: period_end, prorate: days",
            ""
        ),
        (
            "kind: yearly_minimum, of: used, base: exact, price: 6, year_of: period_end, prorate: days",
            "bad-value"
        ),
        ("kind: yearly_minimum, of: used, base: as_billed, price: 6, prorate: days", "undecided"),
        (
            "kind: yearly_minimum, of: used, base: as_billed, price: 6, year_of: period_end",
            "undecided"
        ),
        (
            "kind: yearly_minimum, of: used, price: 6, year_of: period_end, prorate: days",
            "undecided"
        ),
        (
            "kind: yearly_minimum, base: as_billed, price: 6, year_of: period_end, prorate: days",
            "missing-key"
        ),
        (
            "kind: yearly_minimum, of: used, base: as_billed, year_of: period_end, prorate: days",
            "missing-key"
        ),
        ("kind: free_quota, on: import.kwh, price: 6, per: day", "missing-key"),
        ("kind: free_quota, on: import.kwh, price: 6, per: day, up_to: -1", "bad-value"),
        ("kind: free_quota, on: import.kwh, price: 6, per: month, up_to: 1", "undecided"),
        ("kind: free_quota, price: 6, per: day, up_to: 1", "missing-key"),
    ])
    func `a least amount and a quota name what they are per`(charge: String, codes: String) {
        #expect(Self.codes(charge) == codes)
    }

    @Test(arguments: [
        ["vat", "energy"], ["vat", "energy", "levy"], ["energy", "vat", "more", "levy"],
    ])
    func `a tax of all above a charge is refused, also where another follows`(order: [String]) {
        let charges = order.map { id in
            ["vat", "levy"].contains(id)
                ? "  - { id: \(id), kind: tax, category: \(id), of: all, base: exact, rate: 0.1 }\n"
                : "  - { id: \(id), kind: energy, on: import.kwh, price: 1 }\n"
        }
        let problems = TariffText.problems(
            TariffText.head + "charges:\n  - { id: first, kind: fixed, price: 1, per: day }\n"
                + charges.joined())
        #expect(problems.count == 1, "\(problems)")
        #expect(problems.first?.contains("the tax of all stands above") ?? false, "\(problems)")
    }
}
