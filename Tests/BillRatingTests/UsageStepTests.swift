// SPDX-License-Identifier: Apache-2.0

import BillRating
import BillTariff
import Quantities
import Testing

/// Credits and fees by the energy of a billing period, worked by hand.
@Suite struct UsageStepTests {
    private static func text(limits: String = "by_days", prorate: String = "days") -> String {
        """
        charges:
          - id: credit
            kind: usage_step
            on: import.kwh
            limits: \(limits)
            steps: [{ below: 1000, price: 0 }, { up_to: 2000, price: -100 }, { price: -31 }]
            per: month
            prorate: \(prorate)
        examples:
          - given: { kwh: 1000 }
            expect: { credit: -100.00 }
          - given: { kwh: 2000 }
            expect: { credit: -100.00 }
          - given: { kwh: 2000.01 }
            expect: { credit: -31.00 }
        """
    }

    /// What the charge gives for spans of January that end on these days, with their energy; nil for a hold.
    private static func bill(
        _ tariffs: [Tariff], _ parts: [(to: String, kwh: String)]
    ) throws -> [Int64]? {
        var from = "2026-01-01"
        var spans: [RatingInput] = []
        for (index, part) in parts.enumerated() {
            let tariff = tariffs[min(index, tariffs.count - 1)]
            spans.append(
                try Given.input(tariff, from: from, to: part.to, kwh: ["all": part.kwh]))
            from = part.to
        }
        let end = try Given.day(from)
        for index in spans.indices {
            spans[index].cycle.periodStart = try Given.day("2026-01-01")
            spans[index].cycle.periodEnd = end
        }
        do throws(RatingHold) {
            return try rate(spans).lines.map(\.amount.minorUnits)
        } catch {
            #expect(error.code == .undecidedSplit)
            return nil
        }
    }

    @Test func `a credit is that of the step`() throws {
        let tariff = try Given.tariff(Self.text())
        for example in tariff.examples {
            let run = TariffExampleRun(example, of: tariff, series: SeriesSet())
            #expect(run.passes, "line \(example.position.line): \(run)")
        }
        // No line where the sum is zero.
        #expect(try Self.bill([tariff], [("2026-02-01", "999")]) == [])
    }

    @Test func `a part of a month has a part of the limits, or all of them`() throws {
        // 10 of 31 days: 322.58 kWh; 100 × 10/31 = 32.258
        let byDays = try Given.tariff(Self.text())
        #expect(try Self.bill([byDays], [("2026-01-11", "323")]) == [-3226])
        #expect(try Self.bill([byDays], [("2026-01-11", "322")]) == [])
        let whole = try Given.tariff(Self.text(limits: "whole", prorate: "none"))
        #expect(try Self.bill([whole], [("2026-01-11", "323")]) == [])
        #expect(try Self.bill([whole], [("2026-01-11", "1000")]) == [-10000])
    }

    @Test func `a period that is split lies on one step`() throws {
        // 400 + 700 kWh are 1 100: 10 and 21 of 31 days of 100
        let tariff = try Given.tariff(Self.text())
        let parts = [(to: "2026-01-11", kwh: "400"), (to: "2026-02-01", kwh: "700")]
        #expect(try Self.bill([tariff], parts) == [-3226, -6774])
        // Another sum for the same steps, 62 × 21/31 = 42; other steps are held.
        let dearer = try Given.tariff(Self.text().replacing("-100", with: "-62"))
        #expect(try Self.bill([tariff, dearer], parts) == [-3226, -4200])
        let other = try Given.tariff(Self.text().replacing("below: 1000", with: "up_to: 1000"))
        #expect(try Self.bill([tariff, other], parts) == nil)
        // In full, the first part pays.
        let whole = try Given.tariff(Self.text(limits: "whole", prorate: "none"))
        #expect(try Self.bill([whole], parts) == [-10000])
    }

    @Test func `its line says which step`() throws {
        let tariff = try Given.tariff(Self.text())
        let input = try Given.input(
            tariff, from: "2026-01-01", to: "2026-02-01", kwh: ["all": "1250"])
        let line = try #require(try rate(input).lines.first)
        #expect(
            line.formula
                == "1250 kWh on step 2 from 1000 to 2000: 1 month × -100 CNY/month = -100 CNY")
    }
}
