// SPDX-License-Identifier: Apache-2.0

import BillRating
import BillTariff
import Foundation
import Quantities
import Testing

@Suite struct TariffDocumentTests {
    private func document() throws -> String {
        let root = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        return try String(contentsOf: root.appending(path: "docs/tariffs.md"), encoding: .utf8)
    }

    @Test func `every snippet of the reference is a tariff, and its examples pass`() throws {
        let head = """
            format: 1
            id: snippet
            version: 1
            valid_from: 2026-01-01
            currency: CNY
            timezone: Asia/Shanghai
            rounding: { money: 0.01, mode: half_up, at: line }
            prices_include_tax: false
            true_up: next_bill

            """
        let snippets = try document().components(separatedBy: "```yaml\n").dropFirst().map {
            String($0.prefix(upTo: try #require($0.range(of: "```")).lowerBound))
        }
        #expect(snippets.count >= 5)
        for snippet in snippets {
            let text = snippet.hasPrefix("format:") ? snippet : head + snippet
            let tariff = try Tariff.parse(text, file: "docs/tariffs.md", sha256: "")
            for example in tariff.examples {
                let run = TariffExampleRun(example, of: tariff, series: SeriesSet())
                #expect(run.passes, "\(run)")
            }
        }
    }

    @Test func `the reference names every code`() throws {
        let text = try document()
        for code in TariffProblem.Code.allCases {
            #expect(text.contains("`\(code.rawValue)`"), "\(code)")
        }
        for code in RatingHold.Code.allCases {
            #expect(text.contains("`\(code.rawValue)`"), "\(code)")
        }
    }
}
