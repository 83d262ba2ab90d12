// SPDX-License-Identifier: Apache-2.0

import BillTariff
import Testing

@Suite struct TariffProblemTests {
    /// An `@` marks the place of the problem; without one it is the start of the tariff.
    @Test(arguments: [
        ("@charge: []\ncharges: []\n", "unknown-key"),
        ("charges:\n  - { id: a, kind: fixed, price: 1, per: day, @colour: red }\n", "unknown-key"),
        ("@charges: []\ncharges: []\n", "duplicate-key"),
        ("charges:\n  - @&a { id: a }\n", "alias"),
        ("charges:\n  - @!!map { id: a }\n", "explicit-tag"),
        ("charges: {id: [\n@", "yaml-syntax"),
        ("charges:\n  - @just text\n", "wrong-shape"),
        ("charges:\n  - { id: @[a], kind: fixed }\n", "wrong-shape"),
        ("source: x\n", "missing-key"),
        ("charges:\n  - @{ id: a }\n", "missing-key"),
        ("charges:\n  - { id: a, kind: @lottery }\n", "bad-value"),
        ("charges:\n  - { id: a, kind: fixed, price: @1e3, per: day }\n", "bad-value"),
        ("charges:\n  - { id: a, kind: fixed, price: @1/3, per: day }\n", "bad-value"),
        ("charges:\n  - { id: a, kind: fixed, price: 1, per: @hour }\n", "bad-value"),
        ("charges:\n  - @{ id: a, kind: fixed, price: 1 }\n", "undecided"),
        ("charges:\n  - @{ id: a, kind: fixed, price: 1, per: month }\n", "undecided"),
        ("charges:\n  - { id: a, kind: fixed, price: 1, per: day, prorate: @days }\n", "bad-value"),
        ("charges:\n  - @{ id: total, kind: fixed, price: 1, per: day }\n", "taken-name"),
        (
            "charges:\n"
                + "  - { id: a, kind: fixed, price: 1, per: day }\n"
                + "  - @{ id: a, kind: fixed, price: 1, per: day }\n",
            "taken-name"
        ),
        ("charges:\n  - @{ id: a, kind: energy, price: 1 }\n", "missing-key"),
        ("charges:\n  - { id: a, kind: energy, on: @kwh, price: 1 }\n", "bad-value"),
        (
            "charges:\n"
                + "  - { id: a, kind: energy, on: import.kwh, price: { @peak: 1 } }\n",
            "unknown-reference"
        ),
        (
            "charges:\n"
                + "  - { id: a, kind: energy, on: import.kwh, price: @{ series: s } }\n",
            "undecided"
        ),
        (
            "charges:\n"
                + "  - { id: a, kind: energy, on: import.kwh, price: @{ value: 1, round: 0.01 } }\n",
            "undecided"
        ),
        (
            "charges:\n"
                + "  - { id: a, kind: energy, on: import.kwh, price: 1, split: @[x] }\n",
            "bad-value"
        ),
        (
            "charges:\n"
                + "  - @{ id: a, kind: tiers, on: import.kwh, cycle: month, tiers: [{ price: 1 }] "
                + "}\n",
            "undecided"
        ),
        (
            "charges:\n"
                + "  - @{ id: a, kind: tiers, on: import.kwh, limits: whole, tiers: [{ price: 1 }] "
                + "}\n",
            "undecided"
        ),
        (
            "charges:\n"
                + "  - @{ id: a, kind: tiers, on: import.kwh, cycle: calendar_year, limits: whole, "
                + "tiers: [{ price: 1 }] }\n",
            "undecided"
        ),
        (
            "charges:\n"
                + "  - { id: a, kind: tiers, on: import.kwh, cycle: month, limits: whole, tiers: "
                + "[{ to: @9, price: 1 }] }\n",
            "undecided"
        ),
        (
            "charges:\n"
                + "  - { id: a, kind: tiers, on: import.kwh, cycle: month, limits: whole, tiers: "
                + "[@{ price: 1 }, { price: 2 }] }\n",
            "unreachable"
        ),
        (
            "charges:\n"
                + "  - { id: a, kind: tiers, on: import.kwh, cycle: month, limits: whole, tiers: "
                + "[{ to: 9, price: 1 }, { to: @9, price: 1 }, { price: 2 }] }\n",
            "unreachable"
        ),
        (
            "charges:\n"
                + "  - @{ id: a, kind: demand, by: all, window: 15min, price: 1, per: day }\n",
            "undecided"
        ),
        (
            "charges:\n"
                + "  - @{ id: a, kind: demand, by: all, type: block, price: 1, per: day }\n",
            "undecided"
        ),
        (
            "charges:\n"
                + "  - @{ id: a, kind: demand, type: block, window: 15min, price: 1, per: day }\n",
            "undecided"
        ),
        (
            "charges:\n"
                + "  - { id: a, kind: demand, by: all, type: block, window: @7min, price: 1, per: "
                + "day }\n",
            "bad-value"
        ),
        (
            "charges:\n"
                + "  - { id: a, kind: percentage, of: [@b], base: exact, rate: 1 }\n",
            "unknown-reference"
        ),
        (
            "charges:\n"
                + "  - { id: a, kind: fixed, price: 1, per: day }\n"
                + "  - @{ id: b, kind: percentage, of: [a], rate: 1 }\n",
            "undecided"
        ),
        (
            "charges:\n"
                + "  - { id: a, kind: fixed, price: 1, per: day }\n"
                + "  - { id: b, kind: percentage, of: [a, @a], base: exact, rate: 1 }\n",
            "bad-value"
        ),
        (
            "charges:\n"
                + "  - { id: a, kind: fixed, if: @rich, price: 1, per: day }\n",
            "unknown-reference"
        ),
        ("needs: { kva: @figure }\ncharges: []\n", "bad-value"),
        ("needs: { @kwh: number }\ncharges: []\n", "taken-name"),
        ("needs: { @kva: number }\ncharges: []\n", "unused-parameter"),
        (
            "needs: { rich: flag }\n"
                + "charges:\n"
                + "  - { id: a, kind: fixed, if: @rich > 3, price: 1, per: day }\n",
            "bad-value"
        ),
        ("periods: @{ peak: { time: 08:00-11:00 } }\ncharges: []\n", "undecided"),
        ("periods: { peak: { time: @22:00-06:00 }, off: rest }\ncharges: []\n", "bad-value"),
        ("periods: { peak: { time: @08:00-24:30 }, off: rest }\ncharges: []\n", "bad-value"),
        ("periods: { peak: { months: [@13] }, off: rest }\ncharges: []\n", "bad-value"),
        ("periods: { peak: { days: [@holiday] }, off: rest }\ncharges: []\n", "unknown-reference"),
        ("periods: { peak: rest, @off: rest }\ncharges: []\n", "bad-value"),
        ("periods: { @series: { months: 1 }, off: rest }\ncharges: []\n", "taken-name"),
        (
            "periods: { peak: { months: 1 }, off: rest }\n"
                + "registers: @{ peak: 1.8.1 }\n"
                + "charges: []\n",
            "undecided"
        ),
        (
            "periods: { peak: { months: 1 }, off: rest }\n"
                + "registers: { peak: 1.8.1, off: @1.8.1 }\n"
                + "charges: []\n",
            "bad-value"
        ),
        (
            "periods: { peak: { months: 1 }, off: rest }\n"
                + "registers: { peak: @1-8, off: 1.8.1 }\n"
                + "charges: []\n",
            "bad-value"
        ),
        (
            "periods: { peak: { months: 1 }, off: rest }\n"
                + "registers: { peak: @2.8.1, off: 1.8.1 }\n"
                + "charges: []\n",
            "bad-value"
        ),
        ("periods: { @peak: [], off: rest }\ncharges: []\n", "bad-value"),
        ("registers: @{ peak: 1.8.1 }\ncharges: []\n", "bad-value"),
        (
            "charges: []\n"
                + "examples: [ { given: { @cwh: 1 }, expect: { total: 0 } } ]\n",
            "unknown-key"
        ),
        (
            "charges: []\n"
                + "examples: [ { given: { kwh: 1 }, expect: { @fees: 0 } } ]\n",
            "unknown-reference"
        ),
        ("valid_to: @2026-01-01\ncharges: []\n", "bad-value"),
    ])
    func `a problem is found at its place`(rest: String, code: String) {
        let before = (TariffText.head + rest).prefix { $0 != "@" }
        var place = (line: 1, column: 1)
        if rest.contains("@") {
            place.line = before.count { $0 == "\n" } + 1
            place.column = before.reversed().prefix { $0 != "\n" }.count + 1
        }
        let problems = TariffText.problems(TariffText.head + rest.replacing("@", with: ""))
        let start = "t.yaml:\(place.line):\(place.column): \(code): "
        #expect(problems.contains { $0.hasPrefix(start) }, "\(start) in \(problems)")
        #expect(problems.allSatisfy { $0.contains(" — ") })
    }

    @Test(arguments: [
        ("CNY", "yuan", "5:11: bad-value"), ("Asia/Shanghai", "Mars", "6:11: bad-value"),
        ("id: test", "id: Test", "2:5: bad-value"), ("format: 1", "format: 2", "1:9: bad-value"),
        ("2026-01-01", "2026-02-30", "4:13: bad-value"),
        ("2026-01-01", "9999-12-01", "4:13: bad-value"), ("0.01", "0.001", "7:20: bad-value"),
        ("0.01", "0", "7:20: bad-value"), ("mode: half_up, ", "", "7:11: undecided"),
        (", at: line", "", "7:11: undecided"), ("false", "no", "8:21: bad-value"),
        ("rounding: { money: 0.01, mode: half_up, at: line }\n", "", "1:1: undecided"),
        ("prices_include_tax: false\n", "", "1:1: missing-key"),
        ("true_up: next_bill\n", "", "1:1: undecided"),
    ])
    func `the head of a tariff is checked`(found: String, replaced: String, start: String) {
        let text =
            TariffText.head + "charges:\n  - { id: a, kind: energy, on: import.kwh, price: 1 }\n"
        #expect(TariffText.problems(text) == [])
        let problems = TariffText.problems(text.replacing(found, with: replaced))
        #expect(
            problems.count == 1 && problems[0].hasPrefix("t.yaml:" + start + ": "), "\(problems)")
    }

    @Test func `one check shows all decisions that are missing`() {
        let problems = TariffText.problems(
            TariffText.head + """
                charges:
                  - { id: a, kind: tiers, on: import.kwh, tiers: [{ price: 1 }] }
                  - { id: b, kind: fixed, price: 1 }
                """)
        #expect(problems.count == 3)
        #expect(problems.allSatisfy { $0.contains(": undecided: ") })
        #expect(
            problems[0].hasSuffix(
                "charge 'a' leaves open what stretch of time its limits are for — add cycle: day or "
                    + "cycle: month or cycle: billing_period or cycle: calendar_year"))
    }

    @Test func `a tariff that only intervals can bill needs no true-up`() {
        let head = TariffText.head.replacing("true_up: next_bill\n", with: "")
        let charges = "charges:\n  - { id: a, kind: energy, on: import.kwh, price: 1 }\n"
        let periods = "periods: { peak: { months: 1 }, off: rest }\n"
        #expect(TariffText.problems(head + periods + charges) == [])
        let registers = "registers: { peak: 1.8.1, off: 1.8.2 }\n"
        #expect(TariffText.problems(head + periods + registers + charges).count == 1)
    }
}
