// SPDX-License-Identifier: Apache-2.0

import BillTariff
import Testing

@Suite struct EventProblemTests {
    /// The codes of a charge's problems, each once.
    private static func codes(_ charge: String) -> String {
        Set(
            TariffText.problems(
                TariffText.head + "charges:\n  - { id: a, price: 1, \(charge) }\n"
            ).map { String($0.split(separator: ": ")[1]) }
        ).sorted().joined(separator: " ")
    }

    @Test(arguments: [
        ("series: e, counts: mean, if_none: hold, window: 60min", ""),
        ("series: e, if_none: hold, window: 60min", "undecided"),
        ("series: e, counts: mean, window: 60min", "undecided"),
        ("series: e, counts: mean, if_none: hold", "undecided"),
        ("series: e, counts: median, if_none: hold, window: 60min", "bad-value"),
        ("series: e, counts: sum, if_none: zero, window: 60min", "bad-value"),
        ("series: e, counts: sum, if_none: hold, window: 7min", "bad-value"),
        ("counts: mean, if_none: hold, window: 60min", "missing-key"),
        ("series: e, counts: mean, if_none: hold, window: 60min, type: block", "unknown-key"),
        ("series: e, counts: mean, if_none: hold, window: 60min, measure: kvar", ""),
        ("series: e, counts: mean, if_none: hold, window: 60min, measure: kva", "undecided"),
        (
            "series: e, counts: mean, if_none: hold, window: 60min, measure: kva, "
                + "round_quantity: { to: 1, mode: up }", ""
        ),
    ])
    func `what is charged of events is named`(keys: String, codes: String) {
        #expect(Self.codes("kind: coincident_demand, per: day, \(keys)") == codes)
        #expect(
            Self.codes("kind: coincident_demand, per: month, \(keys)")
                .contains("undecided"))
    }

    @Test(arguments: [
        ("on: reactive_import.kvarh, free_share: 0.33, over: interval", ""),
        ("on: reactive_export.kvarh, free_share: 0.33, over: billing_period", ""),
        ("on: import.kwh, free_share: 0.33, over: interval", "bad-value"),
        ("on: reactive_import.kvarh, over: interval", "missing-key"),
        ("on: reactive_import.kvarh, free_share: 0.33", "undecided"),
        ("on: reactive_import.kvarh, free_share: -1, over: interval", "bad-value"),
        ("free_share: 0.33, over: interval", "missing-key"),
    ])
    func `what reactive energy is held against is named`(keys: String, codes: String) {
        #expect(Self.codes("kind: excess_reactive, \(keys)") == codes)
    }

    @Test(arguments: [
        (nil, "missing-series"), ("date,kind\n2026-01-01,holiday\n", "wrong-series"),
        ("from,to,value\n2026-01-01,2026-02-01,1\n", "wrong-series"),
        ("from,to,other\n2026-01-01T00:00Z,2026-02-01T00:00Z,0\n", "missing-column"),
        ("from,to,value\n2026-01-01T00:00Z,2026-01-01T01:00Z,1\n", ""),
        ("from,to,value\n2026-01-01T00:00Z,2026-01-01T00:30Z,1\n", "bad-value"),
        ("from,to,value\n2026-01-01T00:00Z,2026-01-01T01:00Z,0.5\n", "bad-value"),
        (
            "from,to,value\n2026-01-01T00:00Z,2026-01-02T00:00Z,0\n"
                + "2026-01-03T00:00Z,2026-01-04T00:00Z,0\n", "series-gap"
        ),
    ])
    func `a list of events is looked through`(list: String?, codes: String) throws {
        let tariff = try Tariff.parse(
            TariffText.head
                + "charges:\n  - { id: a, kind: coincident_demand, series: e, counts: sum, "
                + "if_none: hold, window: 60min, price: 1, per: day }\n", file: "t.yaml", sha256: ""
        )
        let series = try list.map { [try Series.parse($0, id: "e", file: "e.csv")] } ?? []
        let found = tariff.lint(file: "t.yaml", series: SeriesSet(series))
        #expect(found.map(\.code.rawValue).joined(separator: " ") == codes)
        #expect(tariff.requiredSeries == ["e"])
    }
}
