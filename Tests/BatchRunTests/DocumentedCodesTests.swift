// SPDX-License-Identifier: Apache-2.0

import BatchRun
import BillInvoice
import BillRating
import BillTariff
import Foundation
import MeterModel
import MeterUsage
import MeterValidate
import Testing

/// What people meet by a code or a key stands in `docs`.
@Suite struct DocumentedCodesTests {
    private static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private func page(_ name: String) throws -> String {
        try String(
            contentsOf: DocumentedCodesTests.root.appending(path: "docs/\(name)"), encoding: .utf8)
    }

    /// The section of a page below a heading.
    private func section(_ heading: String, of text: String) -> String {
        let parts = text.components(separatedBy: "\n## ")
        return parts.first { $0.hasPrefix(heading + "\n") } ?? ""
    }

    private func missing(_ names: [String], in text: String) -> [String] {
        names.filter { !text.contains("`\($0)`") }
    }

    @Test func `every code has a line`() throws {
        let text = try page("codes.md")
        let rejections = section("Rejections", of: text)
        #expect(missing(RejectionCode.allCases.map(\.rawValue), in: rejections) == [])
        let rules = section("Exceptions", of: text)
        for rule in ValidationRule.allCases {
            #expect(rules.contains("| `\(rule.rawValue)` | \(rule.severity.rawValue) |"))
        }
        let holds =
            PeriodHold.Code.allCases.map(\.rawValue) + UsageGap.Code.allCases.map(\.rawValue)
            + RatingHold.Code.allCases.map(\.rawValue)
        #expect(missing(holds, in: section("Holds", of: text)) == [])
    }

    @Test func `every setting and tariff key has a line`() throws {
        let settings = #expect(throws: ConfigurationError.self) {
            _ = try RunConfiguration(yaml: "x: 1", file: "c")
        }
        #expect(
            missing(names(after: "known are ", in: settings?.problem), in: try page("codes.md"))
                == [])
        let limits = #expect(throws: ConfigurationError.self) {
            _ = try RunConfiguration(yaml: "attention: { x: 1 }", file: "c")
        }
        #expect(
            missing(names(after: "knows ", in: limits?.problem), in: try page("codes.md")) == [])
        let keys = #expect(throws: TariffProblems.self) {
            _ = try Tariff.parse("x: 1", file: "t", sha256: "")
        }
        let mend = keys?.problems.first { $0.code == .unknownKey }?.mend
        #expect(missing(names(after: "use one of ", in: mend), in: try page("tariffs.md")) == [])
    }

    /// The words of a list that a message ends with.
    private func names(after words: String, in message: String?) -> [String] {
        let list = message?.components(separatedBy: words).last ?? ""
        let names = list.replacing(" and ", with: ", ").components(separatedBy: ", ")
        #expect(names.count > 3)
        return names
    }
}
