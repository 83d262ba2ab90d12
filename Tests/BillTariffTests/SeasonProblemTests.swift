// SPDX-License-Identifier: Apache-2.0

import BillTariff
import Testing

@Suite struct SeasonProblemTests {
    private static let charges = "charges:\n  - { id: a, kind: fixed, price: 1, per: day }\n"

    @Test(arguments: [
        ("season_of: period_end\n", "bad-value"),
        ("seasons: { summer: { months: [6] }, winter: { months: [1] } }\n", "undecided"),
        (
            "seasons: { summer: { months: [6, 7] }, hot: { dates: 07-31..08-02 }, rain: rest }\n",
            "bad-value"
        ),
        ("seasons: { summer: rest, winter: rest }\n", "bad-value"),
        (
            "seasons: { year: { months: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] }, winter: rest }\n",
            "unreachable"
        ),
        ("seasons: { Summer: { months: [6] }, winter: rest }\n", "taken-name"),
        ("seasons: { value: { months: [6] }, winter: rest }\n", "taken-name"),
        ("seasons: { summer: { dates: 06-15 }, winter: rest }\n", "bad-value"),
        ("seasons: { summer: { dates: 02-30..03-01 }, winter: rest }\n", "bad-value"),
        ("seasons: { summer: { dates: 06-15--09-16 }, winter: rest }\n", "bad-value"),
        ("seasons: { summer: { months: [13] }, winter: rest }\n", "bad-value"),
        ("seasons: { summer: { weeks: [13] }, winter: rest }\n", "unknown-key"),
        (
            "seasons: { summer: { months: [6] }, winter: rest }\n"
                + "periods: { summer: { months: [6] }, off: rest }\n", "taken-name"
        ),
        (
            "seasons: { summer: { months: [6] }, winter: rest }\n"
                + "periods: { peak: { season: autumn }, off: rest }\n", "unknown-reference"
        ),
    ])
    func `seasons that do not tell the year are refused`(text: String, code: String) {
        let problems = TariffText.problems(
            TariffText.head
                + text + (text.contains("periods:") ? "registers: { off: 1.8.1 }\n" : "")
                + Self.charges)
        #expect(problems.contains { $0.contains(": \(code): ") }, "\(problems)")
    }

    @Test(arguments: [
        ("price: { summer: 1 }", "season_of: period_end\n", "undecided"),
        ("price: { summer: 1, winter: 2, peak: 3 }", "season_of: by_days\n", "unknown-reference"),
        ("price: { summer: 1, winter: 2 }", "", "undecided"),
    ])
    func `prices by season name every season, and how a period across two counts`(
        price: String, seasonOf: String, code: String
    ) {
        let problems = TariffText.problems(
            TariffText.head + seasonOf
                + "seasons: { summer: { months: [6] }, winter: rest }\ncharges:\n"
                + "  - { id: a, kind: energy, on: import.kwh, \(price) }\n")
        #expect(problems.count == 1)
        #expect(problems.first?.contains(": \(code): ") ?? false, "\(problems)")
    }
}
