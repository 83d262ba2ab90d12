// SPDX-License-Identifier: Apache-2.0

import BillTariff
import Testing

@Suite struct TariffClauseTests {
    @Test func `a clause is the lines of its charge, however they are written`() throws {
        let text =
            TariffText.head + """
                charges:
                  - id: supply          # per day
                    kind: fixed
                    price: 1.20

                    per: day
                  # The next one is in one line.
                  - { id: usage, kind: energy, on: import.kwh, price: 0.25 }
                  - { id: more, kind: energy,
                      on: import.kwh, price: 0.25 }
                """
        let tariff = try Tariff.parse(text, file: "t.yaml", sha256: "00")
        let clauses = tariff.clauses(in: text)
        // The head has nine lines, `charges:` is the tenth.
        #expect(
            clauses["supply"]
                == TariffClause(
                    line: 11,
                    text: [
                        "- id: supply          # per day", "  kind: fixed", "  price: 1.20", "",
                        "  per: day",
                    ]))
        #expect(clauses["usage"]?.line == 17)
        #expect(
            clauses["usage"]?.text == ["- { id: usage, kind: energy, on: import.kwh, price: 0.25 }"]
        )
        #expect(clauses["more"]?.text.count == 2)
    }
}
