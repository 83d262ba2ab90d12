// SPDX-License-Identifier: Apache-2.0

import BillRating
import BillTariff
import Quantities
import Testing

@Suite struct TariffCheckTests {
    private func findings(_ rest: String) throws -> [String] {
        let entry = TariffFolder.Entry(file: "t.yaml", text: rest, tariff: try Given.tariff(rest))
        let folder = TariffFolder(entries: [entry], series: SeriesSet())
        return TariffCheck.findings(in: folder).map(\.description)
    }

    private let charges = """
        charges:
          - { id: a, kind: energy, on: import.kwh, price: 0.5 }
        examples:

        """

    @Test func `an example that comes out is no finding`() throws {
        #expect(
            try findings(charges + "  - { given: { kwh: 10 }, expect: { a: 5, total: 5.00 } }\n")
                == [])
    }

    @Test func `an example that differs is a finding at the amount, with the difference`() throws {
        let found = try findings(
            charges + "  - { name: ten, given: { kwh: 10 }, expect: { a: 5, total: 5.01 } }\n")
        #expect(found.count == 1)
        #expect(
            found.first?.hasPrefix(
                "t.yaml:13:54: example-failed: ten: total is 5, not 5.01, a difference of -0.01 — ")
                == true, "\(found)")
    }

    @Test func `an example that cannot be rated is a finding with its reason`() throws {
        let found = try findings(
            charges + "  - { given: { to: 2026-01-05 }, expect: { total: 0 } }\n")
        #expect(found.count == 1)
        #expect(found.first?.contains("missing-determinant: a: no import.kwh") == true, "\(found)")
    }

    @Test func `months of an example count on through the year`() throws {
        let rest = """
            charges:
              - id: a
                kind: tiers
                on: import.kwh
                cycle: calendar_year
                year_of: period_start
                limits: whole
                tiers: [{ to: 100, price: 1 }, { price: 2 }]
            examples:
              # November 80 × 1; December 20 × 1 + 60 × 2; January starts anew: 80 × 1
              - { given: { from: 2026-11-01, kwh_by_month: [80, 80, 80] }, expect: { a: 300 } }
            """
        #expect(try findings(rest) == [])
        #expect(try findings(rest.replacing("300", with: "299")).count == 1)
    }
}
