// SPDX-License-Identifier: Apache-2.0

import BillTariff
import Testing

/// What is refused of charges by interval prices, of tiers by stretches, and of the examples they need.
@Suite struct IntervalPriceProblemTests {
    private static let energy = "id: a, kind: interval_price, on: import.kwh, series: s"
    private static let whole = energy + ", unit: CNY/kWh, missing: hold"
    private static let tiers =
        "id: a, kind: tiers, on: import.kwh, tiers: [{ to: 9, price: 1 }, { price: 2 }]"

    /// An `@` marks the place of the problem.
    @Test(arguments: [
        ("- @{ \(energy), missing: hold }", "undecided"),
        ("- @{ \(energy), unit: CNY/kWh }", "undecided"),
        ("- { \(energy), unit: CNY/kWh, missing: @zero }", "bad-value"),
        (
            "- @{ id: a, kind: interval_price, on: import.kwh, unit: CNY/kWh, missing: hold }",
            "missing-key"
        ),
        (
            "- @{ id: a, kind: interval_price, series: s, unit: CNY/kWh, missing: hold }",
            "missing-key"
        ),
        ("- { \(energy), unit: @EUR/MWh, missing: hold }", "bad-value"),
        ("- { \(energy), unit: @p/kWh, missing: hold }", "bad-value"),
        ("- { \(energy), unit: @CNY/Wh, missing: hold }", "bad-value"),
        ("- { \(energy), unit: @CNY, missing: hold }", "bad-value"),
        (
            "- { id: a, kind: interval_price, on: reactive_import.kvarh, series: s, unit: @CNY/kWh, missing: hold }",
            "bad-value"
        ),
        ("- { \(whole), floor: 2, cap: @2 }", "bad-value"),
        ("- { \(whole), times: @0 }", "bad-value"),
        ("- { \(whole), plus: @1e3 }", "bad-value"),
        ("- @{ \(whole), round: 0.01 }", "undecided"),
        ("- { \(whole), mode: @half_up }", "bad-value"),
        ("- { \(whole), @price: 1 }", "unknown-key"),
        ("- { \(tiers), cycle: day, limits: @whole }", "bad-value"),
        ("- { \(tiers), cycle: month, limits: whole, allocation: @chronological }", "bad-value"),
    ])
    func `a problem is found at its place`(charge: String, code: String) throws {
        let text = TariffText.head + "charges:\n  " + charge + "\n"
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let line = try #require(lines.firstIndex { $0.contains("@") })
        let column = lines[line].prefix { $0 != "@" }.count + 1
        let problems = TariffText.problems(text.replacing("@", with: ""))
        #expect(problems.count == 1, "\(problems)")
        #expect(
            problems.first?.hasPrefix("t.yaml:\(line + 1):\(column): \(code): ") ?? false,
            "\(problems)")
    }

    @Test(arguments: [
        // Of what is given, where the problem is said to be, and its kind.
        ("kwh_by_interval: { @2026-01-31T17:00: 1 }, interval: 60min", "bad-value"),
        ("kwh_by_interval: @{ 2026-01-31T17:00Z: 1 }, interval: 60min", "bad-value"),
        (
            "kwh_by_interval: @{ 2026-01-01T17:00Z: 1, 2026-01-01T17:30Z: 1 }, interval: 60min",
            "bad-value"
        ),
        ("kwh_by_interval: { 2026-01-01T17:00Z: 1 }, interval: @7min", "bad-value"),
        (
            "kwh_by_interval: { 2026-01-01T17:00Z: 1, @2026-01-01T18:00+01:00: 1 }, interval: 60min",
            "bad-value"
        ),
        ("kwh: 1, interval: @30min", "bad-value"),
        ("kwh: 1, kwh_by_day: @[1]", "bad-value"),
        ("kwh_by_interval: { 2026-01-01T17:00Z: 1 }, interval: 60min, kvarh: @1", "bad-value"),
    ])
    func `what an example gives is checked`(given: String, code: String) throws {
        let example = "  - { given: { \(given) }, expect: { total: 1 } }\n"
        let text =
            TariffText.head + "charges:\n  - { id: a, kind: energy, on: import.kwh, price: 1 }\n"
            + "examples:\n" + example
        let column = example.prefix { $0 != "@" }.count + 1
        let problems = TariffText.problems(text.replacing("@", with: ""))
        #expect(problems.count == 1, "\(problems)")
        #expect(
            problems.first?.hasPrefix("t.yaml:13:\(column): \(code): ") ?? false, "\(problems)")
    }
}
