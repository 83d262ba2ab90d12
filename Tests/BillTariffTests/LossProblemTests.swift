// SPDX-License-Identifier: Apache-2.0

import BillTariff
import Testing

@Suite struct LossProblemTests {
    private static let charges = """
        charges:
          - { id: energy, kind: energy, on: import.kwh, price: 1 }
          - { id: size, kind: capacity, of: kva, unit: kVA, price: 1, per: day }

        """
    private static let periods = """
        periods: { peak: { time: 08:00-20:00 }, off: rest }
        registers: { peak: 1.8.1, off: 1.8.2 }

        """

    /// The codes of the problems of a tariff with some losses, each once.
    private static func codes(
        _ losses: [String], periods: String = "", charges: String = charges
    ) -> String {
        let text =
            TariffText.head + "needs: { kva: number }\n" + periods + "losses:\n"
            + losses.map { "  - { \($0) }\n" }.joined() + charges
        return Set(
            TariffText.problems(text).map { String($0.split(separator: ": ")[1]) }
        ).sorted().joined(separator: " ")
    }

    private static let rate = "id: a, kind: rate, on: import.kwh"
    private static let transformer =
        "id: a, kind: transformer, capacity: kva, no_load_kw: 1, load_kw: 1, factor: 1, "
        + "reactive: reactive_import.kvarh, reactive_loss: none, round: none"
    private static let fixed = "id: a, kind: fixed, on: import.kwh, amount: 5, per: day"

    @Test(arguments: [
        ("\(rate), rate: 0.02, round: none", ""),
        ("\(rate), rate: kva, round: none", ""),
        ("\(rate), rate: 0.02", "undecided"),
        ("\(rate), round: none", "undecided"),
        ("\(rate), rate: 0.02, times: 1.02, round: none", "undecided"),
        ("\(rate), rate: 2, round: none", "bad-value"),
        ("\(rate), rate: -0.02, round: none", "bad-value"),
        ("\(rate), times: 0, round: none", "bad-value"),
        ("\(rate), rate: 0.02, round: { to: 0.01 }", "undecided"),
        ("\(rate), rate: 0.02, round: none, spread: exact", "bad-value"),
        ("\(rate), rate: 0.02, round: none, x: 1", "unknown-key"),
        ("\(rate), rate: 0.02, round: none, if: nobody", "unknown-reference"),
        ("id: A, kind: rate, on: import.kwh, rate: 0.02, round: none", "taken-name"),
        ("id: a, kind: guess", "bad-value"),
        ("\(transformer)", ""),
        (transformer.replacing("reactive_loss: none, ", with: ""), "undecided"),
        (transformer.replacing("reactive: reactive_import.kvarh, ", with: ""), "undecided"),
        (transformer.replacing("factor: 1, ", with: ""), "missing-key"),
        (transformer.replacing("capacity: kva", with: "capacity: 0"), "bad-value"),
        (
            transformer.replacing(
                "reactive_loss: none",
                with: "reactive_loss: { no_load_current: 1, impedance: 0.04 }"), "bad-value"
        ),
        ("\(fixed), round: none", ""),
        ("\(fixed), prorate: days, round: none", "bad-value"),
        ("\(fixed.replacing("per: day", with: "per: month")), round: none", "undecided"),
    ])
    func `a loss that leaves something open is refused`(loss: String, codes: String) {
        #expect(Self.codes([loss]) == codes)
    }

    @Test(arguments: [
        ("\(rate), rate: { peak: 0.1, off: 0.2 }, round: none", ""),
        ("\(rate), rate: { peak: 0.1 }, round: none", "undecided"),
        ("\(rate), rate: 0.1, round: { to: 1, mode: up }", "undecided"),
        ("\(rate), rate: 0.1, round: { to: 1, mode: up }, spread: largest_remainder", ""),
        ("\(fixed), round: none, spread: exact", "undecided"),
        ("\(fixed), round: none, spread: exact, if_idle: hold", ""),
        ("\(fixed), round: none, spread: exact, if_idle: { period: off }", ""),
        ("\(fixed), round: none, spread: exact, if_idle: { period: x }", "unknown-reference"),
        ("\(fixed), round: none, spread: largest_remainder, if_idle: hold", "bad-value"),
    ])
    func `periods ask how a loss is shared out`(loss: String, codes: String) {
        #expect(Self.codes([loss], periods: Self.periods) == codes)
    }

    @Test func `a second loss says whether it is of the first`() {
        let second = Self.rate.replacing("id: a", with: "id: b") + ", rate: 0.1, round: none"
        let first = Self.rate + ", rate: 0.1, round: none"
        #expect(Self.codes([first, second]) == "undecided")
        #expect(Self.codes([first, second + ", of: read"]) == "")
        #expect(Self.codes([first, first + ", of: read"]) == "taken-name")
    }

    @Test func `a power factor says whether losses count in it`() {
        func charges(_ more: String) -> String {
            Self.charges
                + "  - { id: pf, kind: power_factor, of: energy, base: exact, table: cn_1983, "
                + "standard: 0.9, reactive: reactive_import.kvarh, mode: half_up, if_idle: hold"
                + more + " }\n"
        }
        let loss = [Self.rate + ", rate: 0.1, round: none"]
        #expect(Self.codes(loss, charges: charges("")) == "undecided")
        #expect(Self.codes(loss, charges: charges(", with_losses: none")) == "")
        #expect(Self.codes(loss, charges: charges(", with_losses: [import.kwh]")) == "")
        #expect(
            Self.codes(loss, charges: charges(", with_losses: reactive_import.kvarh"))
                == "bad-value")
    }

    @Test func `a loss that intervals do not tell is refused beside charges that ask for them`() {
        let charges =
            Self.charges
            + "  - { id: daily, kind: tiers, on: import.kwh, cycle: day, tiers: [{ price: 1 }] }\n"
        #expect(Self.codes([Self.rate + ", rate: 0.1, round: none"], charges: charges) == "")
        #expect(Self.codes([Self.fixed + ", round: none"], charges: charges) == "bad-value")
    }
}
