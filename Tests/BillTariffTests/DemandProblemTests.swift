// SPDX-License-Identifier: Apache-2.0

import BillTariff
import Testing

@Suite struct DemandProblemTests {
    private static let head = """
        needs: { kva: number, kind: text }
        periods: { peak: { time: 08:00-20:00 }, off: rest }
        registers: { peak: 1.8.1, off: 1.8.2 }
        charges:
          - { id: used, kind: fixed, if: [kva > 0, kind = x], price: 1, per: day }

        """

    /// The codes of a charge's problems, each once.
    private static func codes(_ charge: String) -> String {
        Set(
            TariffText.problems(TariffText.head + head + "  - { id: a, \(charge) }\n").map {
                String($0.split(separator: ": ")[1])
            }
        ).sorted().joined(separator: " ")
    }

    private static let kind = "kind: demand, window: 30min, per: day"

    @Test(arguments: [
        ("by: all, type: sliding, price: 1", ""),
        ("by: all, price: 1", "undecided"),
        ("by: all, type: rolling, price: 1", "bad-value"),
        ("by: all, type: block", "missing-key"),
        ("by: all, type: block, price: 1, tiers: [{ price: 1 }]", "bad-value"),
        ("by: all, type: block, tiers: []", "bad-value"),
        ("by: all, type: block, tiers: [{ to: 5, price: 1 }]", "undecided"),
        ("by: all, type: block, tiers: [{ to: 5, price: 1 }, { price: 2 }]", ""),
        ("by: all, type: block, tiers: { peak: [{ price: 1 }], off: [{ price: 2 }] }", "bad-value"),
        ("by: period, type: block, tiers: { peak: [{ price: 1 }], off: [{ price: 2 }] }", ""),
        ("by: period, type: block, tiers: { peak: [{ price: 1 }] }", "undecided"),
        ("by: all, type: block, price: 1, measure: kwh", "bad-value"),
        ("by: all, type: block, price: 1, measure: kvar", ""),
        ("by: all, type: block, price: 1, measure: kva", "undecided"),
        ("by: all, type: block, price: 1, measure: kva, round_quantity: { to: 1, mode: up }", ""),
        ("by: all, type: block, steps: [{ below: 5, price: 1 }, { price: 2 }]", ""),
        (
            "by: all, type: block, steps: [{ up_to: 5, price: 1 }, { below: 9, price: 2 }, { price: 3 }]",
            ""
        ),
        ("by: period, type: block, steps: [{ below: 5, price: 1 }, { price: 2 }]", "bad-value"),
        (
            "by: all, type: block, price: 1, steps: [{ below: 5, price: 1 }, { price: 2 }]",
            "bad-value"
        ),
        ("by: all, type: block, steps: [{ price: 2 }]", "bad-value"),
        ("by: all, type: block, steps: []", "bad-value"),
        (
            "by: all, type: block, steps: [{ below: 5, price: 1 }, { below: 9, price: 2 }]",
            "undecided"
        ),
        ("by: all, type: block, steps: [{ price: 1 }, { price: 2 }]", "undecided"),
        (
            "by: all, type: block, steps: [{ below: 5, up_to: 5, price: 1 }, { price: 2 }]",
            "undecided"
        ),
        (
            "by: all, type: block, steps: [{ below: 5, price: 1 }, { up_to: 5, price: 2 }, { price: 3 }]",
            "unreachable"
        ),
        (
            "by: all, type: block, steps: [{ to: 5, price: 1 }, { price: 2 }]",
            "undecided unknown-key"
        ),
        ("by: all, type: block, steps: [{ below: 0, price: 1 }, { price: 2 }]", "bad-value"),
    ])
    func `what a demand is, and what it costs, is named`(keys: String, codes: String) {
        #expect(Self.codes("\(Self.kind), \(keys)") == codes)
    }

    @Test(arguments: [
        ("over_from: 1.05, over_times: 2", ""),
        ("over_from: 105, over_times: 2", "bad-value"),
        ("over_from: 1.05, over_times: 200", "bad-value"),
        ("over_from: 1.05, over_times: -2", "bad-value"),
        (
            "over_from: 1.05, over_times: 2, high_use: { kwh_per: kva, at_least: 260, times: 90 }",
            "bad-value"
        ),
    ])
    func `a percentage is no factor`(keys: String, codes: String) {
        #expect(
            Self.codes(
                "kind: contract_demand, of: kva, price: 33, window: 15min, type: block, per: month, "
                    + "prorate: none, \(keys)") == codes)
    }

    @Test(arguments: [
        ("peaks: { mean_of: 3, on: different_days, fewer: mean }", ""),
        ("peaks: { mean_of: 3, on: any, fewer: hold }", ""),
        ("peaks: { mean_of: 1, on: any, fewer: hold }", "bad-value"),
        ("peaks: { mean_of: 3.5, on: any, fewer: hold }", "bad-value"),
        ("peaks: { on: any, fewer: hold }", "missing-key"),
        ("peaks: { mean_of: 3, fewer: hold }", "undecided"),
        ("peaks: { mean_of: 3, on: any }", "undecided"),
        ("peaks: { mean_of: 3, on: any, fewer: mean, of: 1 }", "unknown-key"),
        (
            "measure: kva, round_quantity: { to: 1, mode: up }, "
                + "peaks: { mean_of: 3, on: any, fewer: mean }", "bad-value"
        ),
        ("ratchet: { share: 0.8, months: 11, scope: all }", ""),
        ("ratchet: { share: 0.8, months: 11, scope: period }", "bad-value"),
        ("ratchet: { share: 0.8, months: 11 }", "undecided"),
        ("ratchet: { share: 0, months: 11, scope: all }", "bad-value"),
        ("ratchet: { months: 11, scope: all }", "missing-key"),
        ("ratchet: { share: 0.8, scope: all }", "missing-key"),
        ("ratchet: { share: 0.8, months: 0, scope: all }", "bad-value"),
        ("ratchet: { share: 0.8, months: 11, scope: all, of: [6, 7] }", "undecided"),
        ("ratchet: { share: 0.8, months: 11, scope: all, of: [6, 7], month_of: period_end }", ""),
        (
            "ratchet: { share: 0.8, months: 11, scope: all, of: [13], month_of: period_end }",
            "bad-value"
        ),
        ("ratchet: { share: 0.8, months: 11, scope: all, month_of: period_end }", "bad-value"),
        ("ratchet: { share: 0.8, months: 11, scope: all }, mean_of_months: 12", "bad-value"),
        ("mean_of_months: 12", ""), ("mean_of_months: 1", "bad-value"),
        ("mean_of_months: 12, at_least: 2.5", "undecided"),
        ("mean_of_months: 12, at_least: 2.5, least_of: month", ""),
        ("mean_of_months: 12, least_of: month", "bad-value"), ("least_of: month", "bad-value"),
        ("at_least: 2.5", ""), ("at_least: -1", "bad-value"),
        ("high_use: { kwh_per: kva, at_least: 260, times: 0.9 }", ""),
        ("high_use: { kwh_per: kind, at_least: 260, times: 0.9 }", "unknown-reference"),
        ("high_use: { kwh_per: kva, times: 0.9 }", "missing-key"),
        ("high_use: { kwh_per: kva, at_least: 260 }", "missing-key"),
        ("high_use: { at_least: 260, times: 0.9 }", "missing-key"),
        ("high_use: { kwh_per: kva, at_least: 0, times: 0.9 }", "bad-value"),
    ])
    func `what makes a demand another one leaves nothing open`(keys: String, codes: String) {
        #expect(Self.codes("\(Self.kind), by: all, type: block, price: 1, \(keys)") == codes)
    }

    @Test func `a mean of months is not by period`() {
        let keys = "\(Self.kind), by: period, type: block, price: 1"
        #expect(Self.codes(keys + ", mean_of_months: 12") == "bad-value")
        #expect(Self.codes(keys + ", ratchet: { share: 1, months: 1, scope: period }") == "")
    }

    @Test(arguments: [
        ("of: kva, price: 1, per: day, window: 30min, type: block", ""),
        ("of: kind, price: 1, per: day, window: 30min, type: block", "unknown-reference"),
        ("price: 1, per: day, window: 30min, type: block", "missing-key"),
        ("of: kva, per: day, window: 30min, type: block", "missing-key"),
        ("of: kva, price: 1, per: month, window: 30min, type: block", "undecided"),
        ("of: kva, price: 1, per: day, type: block", "undecided"),
        ("of: kva, price: 1, per: day, window: 7min, type: block", "bad-value"),
    ])
    func `demand in excess names what it exceeds`(keys: String, codes: String) {
        #expect(Self.codes("kind: excess_demand, \(keys)") == codes)
    }
}
