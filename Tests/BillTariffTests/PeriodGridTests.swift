// SPDX-License-Identifier: Apache-2.0

import BillTariff
import Quantities
import Testing

@Suite struct PeriodGridTests {
    private static let off = "[" + String(repeating: "0, ", count: 23) + "0]"
    private static let peak =
        "[" + String(repeating: "0, ", count: 12) + String(repeating: "1, ", count: 8)
        + String(repeating: "0, ", count: 3) + "0]"
    private static let charges =
        "charges:\n  - { id: a, kind: energy, on: import.kwh, price: { off: 1, peak: 2 } }\n"

    /// A grid whose weekdays from June to September have a peak from 12 to 20 hours.
    private static func grid(names: String = "[off, peak]", june: String = peak) -> String {
        let weekday = (1...12).map {
            "    - \($0 == 6 ? june : (7...9).contains($0) ? peak : off)\n"
        }
        let weekend = (1...12).map { _ in "    - \(off)\n" }
        return "period_grid:\n  names: \(names)\n  weekday:\n\(weekday.joined())  weekend:\n"
            + weekend.joined()
    }

    @Test func `a grid gives every hour of weekdays and weekends its period`() throws {
        let tariff = try TariffText.tariff(Self.grid() + Self.charges)
        let calendar = tariff.periods.calendar(datedDays: [:])
        func period(_ day: String, _ minute: Int) throws -> String {
            let day = try #require(CivilDay(iso: day))
            return calendar.periods[Int(calendar.periods(of: day)[minute])]
        }
        // 1 June 2026 is a Monday, 6 June a Saturday, 30 September a Wednesday.
        #expect(try period("2026-06-01", 12 * 60 - 1) == "off")
        #expect(try period("2026-06-01", 12 * 60) == "peak")
        #expect(try period("2026-06-01", 20 * 60 - 1) == "peak")
        #expect(try period("2026-06-01", 20 * 60) == "off")
        #expect(try period("2026-06-06", 12 * 60) == "off")
        #expect(try period("2026-09-30", 12 * 60) == "peak")
        #expect(try period("2026-05-29", 12 * 60) == "off")
        #expect(tariff.lint(file: "t.yaml", series: SeriesSet()).isEmpty)
    }

    @Test(arguments: [
        (grid(june: "[0, 1]"), "bad-value"),
        (grid(june: off.replacing("0]", with: "2]")), "bad-value"),
        (grid(names: "[off, off]"), "taken-name"), (grid(names: "[Off, peak]"), "taken-name"),
        (grid() + "periods: { peak: { months: 1 }, off: rest }\n", "bad-value"),
        (grid() + "day_kinds: holidays\n", "bad-value"),
        (grid().replacing("  weekend:\n    - \(off)\n", with: "  weekend:\n"), "bad-value"),
        ("period_grid: { names: [off, peak] }\n", "missing-key"),
    ])
    func `a grid that is not whole is refused`(text: String, code: String) {
        let problems = TariffText.problems(TariffText.head + text + Self.charges)
        #expect(problems.contains { $0.contains(": \(code): ") }, "\(problems)")
    }

    private static let periods = """
        periods: { sharp: { time: 08:00-10:00 }, peak: { time: 10:00-12:00 }, off: rest }
        registers: { sharp: 1.8.1, peak: 1.8.2, off: 1.8.3 }

        """

    @Test(arguments: [
        ("groups: { day: [sharp, peak], night: off }, price: { day: 1, night: 2 }", ""),
        ("groups: { day: [sharp, peak] }, price: { day: 1 }", "undecided"),
        (
            "groups: { day: [sharp, peak], night: [off, peak] }, price: { day: 1, night: 2 }",
            "bad-value"
        ),
        (
            "groups: { day: [sharp, noon], night: [off, peak] }, price: { day: 1, night: 2 }",
            "unknown-reference"
        ),
        (
            "groups: { day: [sharp, peak], night: off }, price: { sharp: 1, peak: 1, off: 2 }",
            "unknown-reference"
        ),
        ("groups: { day: [sharp, peak], night: off }, price: 1", "bad-value"),
    ])
    func `groups of periods name each period once`(rest: String, code: String) {
        let problems = TariffText.problems(
            TariffText.head + Self.periods
                + "charges:\n  - { id: a, kind: energy, on: import.kwh, \(rest) }\n")
        #expect(problems.isEmpty == code.isEmpty, "\(problems)")
        #expect(code.isEmpty || problems.contains { $0.contains(": \(code): ") }, "\(problems)")
    }

    @Test(arguments: [
        ("by: period, price: { day: 1, night: 2 }", ""),
        ("by: all, price: 1", "bad-value"),
        (
            "by: period, price: { day: 1, night: 2 }, peaks: { mean_of: 3, on: any, fewer: mean }",
            "bad-value"
        ),
    ])
    func `demand may take periods together too`(rest: String, code: String) {
        let problems = TariffText.problems(
            TariffText.head + Self.periods
                + "charges:\n  - { id: a, kind: demand, groups: { day: [sharp, peak], night: off }, "
                + "window: 15min, type: block, per: month, prorate: days, \(rest) }\n")
        #expect(problems.isEmpty == code.isEmpty, "\(problems)")
        #expect(code.isEmpty || problems.contains { $0.contains(": \(code): ") }, "\(problems)")
    }
}
