// SPDX-License-Identifier: Apache-2.0

import BillTariff
import Testing

@Suite struct NetProblemTests {
    private static let charges =
        "charges:\n  - { id: energy, kind: energy, on: net.kwh, price: 1 }\n"
    private static let expired =
        charges + "  - { id: paid, kind: energy, on: expired.kwh, price: -1 }\n"
    private static let periods = """
        periods: { peak: { time: 08:00-20:00 }, off: rest }
        registers: { peak: 1.8.1, off: 1.8.2 }

        """

    /// The codes of the problems of a tariff that nets, each once.
    private static func codes(_ net: String?, _ rest: String = charges) -> String {
        let text =
            TariffText.head + (net.map { "net_metering: { \($0) }\n" } ?? "") + rest
        return Set(
            TariffText.problems(text).map { String($0.split(separator: ": ")[1]) }
        ).sorted().joined(separator: " ")
    }

    private static let all = "netting: all, at_end: stays, if_split: hold"

    @Test(arguments: [
        ("\(all), expires: never", ""),
        ("\(all)", "undecided"),
        ("netting: all, at_end: stays, expires: never", "undecided"),
        ("netting: all, if_split: hold, expires: never", "undecided"),
        ("at_end: stays, if_split: hold, expires: never", "undecided"),
        ("\(all), expires: never, x: 1", "unknown-key"),
        ("\(all), expires: never, expired: lost", "bad-value"),
        ("netting: all, at_end: expires, if_split: hold, expires: never", "undecided"),
        ("\(all), expires: { each: 04-01, surplus_of_bill: stays }", "undecided"),
        ("\(all), expires: { each: 04-01, surplus_of_bill: stays }, expired: lost", ""),
        ("\(all), expires: { each: 04-01 }, expired: lost", "undecided"),
        ("\(all), expires: { each: 02-29, surplus_of_bill: stays }, expired: lost", "bad-value"),
        ("\(all), expires: { after_months: 12 }, expired: lost", "undecided"),
        ("\(all), expires: { after_months: 0, use: oldest_first }, expired: lost", "bad-value"),
        (
            "\(all), expires: { after_months: 12, use: oldest_first, each: 04-01 }, expired: lost",
            "bad-value"
        ),
        ("\(all), expires: never, bank: by_period", "bad-value"),
        ("\(all), expires: never, against: [all]", "bad-value"),
        (
            "netting: by_period, bank: by_period, at_end: stays, if_split: hold, expires: never",
            "bad-value"
        ),
    ])
    func `netting that leaves something open is refused`(net: String, codes: String) {
        #expect(Self.codes(net) == codes)
    }

    private static let byPeriod =
        "netting: by_period, at_end: stays, if_split: hold, expires: never"

    @Test(arguments: [
        ("\(byPeriod), bank: by_period", ""),
        ("\(byPeriod)", "undecided"),
        ("\(byPeriod), bank: all", "undecided"),
        ("\(byPeriod), bank: all, against: [peak, off]", ""),
        ("\(byPeriod), bank: all, against: [peak]", "bad-value"),
        ("\(byPeriod), bank: by_period, against: [peak, off]", "bad-value"),
    ])
    func `periods ask which of them the bank serves`(net: String, codes: String) {
        #expect(Self.codes(net, Self.periods + Self.charges) == codes)
    }

    @Test func `charges and netting fit each other`() {
        let never = Self.all + ", expires: never"
        let paid = Self.all + ", expires: { each: 04-01, surplus_of_bill: stays }, expired: billed"
        #expect(Self.codes(nil) == "unknown-reference")
        #expect(
            Self.codes(never, "charges:\n  - { id: e, kind: energy, on: import.kwh, price: 1 }\n")
                == "bad-value")
        #expect(Self.codes(never, Self.expired) == "bad-value")
        #expect(Self.codes(paid) == "bad-value")
        #expect(Self.codes(paid, Self.expired) == "")
        let byPeriod = Self.charges.replacing("price: 1", with: "price: { peak: 2, off: 1 }")
        #expect(Self.codes(never, Self.periods + byPeriod) == "bad-value")
        #expect(
            Self.codes(Self.byPeriod + ", bank: by_period", Self.periods + byPeriod) == "")
        let daily =
            "charges:\n  - { id: e, kind: tiers, on: net.kwh, cycle: day, tiers: [{ price: 1 }] }\n"
        #expect(Self.codes(never, daily) == "bad-value")
        let loss = "losses:\n  - { id: a, kind: rate, on: net.kwh, rate: 0.1, round: none }\n"
        #expect(Self.codes(never, loss + Self.charges) == "bad-value")
    }
}
