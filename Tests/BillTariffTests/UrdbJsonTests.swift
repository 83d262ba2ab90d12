// SPDX-License-Identifier: Apache-2.0

import BillTariff
import Testing

/// Records are JSON and nothing else, though YAML reads most of it.
@Suite struct UrdbJsonTests {
    @Test func `an escape of two halves is one character`() throws {
        // U+1F600 is D83D DE00 in UTF-16.
        let record = UrdbText.record().replacing("General", with: #"\ud83d\ude00\/\u0041"#)
        let text = try UrdbText.tariffText(record)
        let tariff = try Tariff.parse(text, file: "made.up.yaml", sha256: "")
        #expect(tariff.name?.en == "Made-Up Power Co, 😀/A “TOU”")
        #expect(try Urdb.record(in: text, file: "made.up.yaml") == record + "\n")
    }

    @Test(arguments: [
        // what stands in place of {"label", and what is found where
        ("# a remark\n{\"label\"", "1:1: yaml-syntax: '' is no JSON value"),
        ("{'label'", "1:2: yaml-syntax: a key is not quoted"),
        ("{label", "1:2: yaml-syntax: a key is not quoted"),
        ("{\"zip\":01,\"label\"", "1:10: yaml-syntax: '01' is no JSON value"),
        ("{\"zip\":+1,\"label\"", "1:10: yaml-syntax: '+1' is no JSON value"),
        ("{\"zip\":yes,\"label\"", "1:11: yaml-syntax: 'yes' is no JSON value"),
        ("{\"zip\":[1,],\"label\"", "1:11: yaml-syntax: '' is no JSON value"),
        ("{\"zip\":\"\\ud83d\",\"label\"", "1:16: yaml-syntax: an escape is half of a character"),
        ("{\"zip\":\"\\u+123\",\"label\"", "1:11: yaml-syntax: '\\u+123' is no escape"),
        ("{\"zip\":\"\\x41\",\"label\"", "1:11: yaml-syntax: '\\x' is no escape"),
        (
            "{\"zip\":\"a\nb\",\"label\"",
            "1:10: yaml-syntax: a control character stands in a string"
        ),
        ("{\"label\":\"1\",\n\"label\"", "2:8: duplicate-key: the key 'label' is given twice"),
        ("{\"zip\" \"1\",\"label\"", "1:8: yaml-syntax: a ':' is missing"),
        (
            "{\"zip\":" + String(repeating: "[", count: 70) + ",\"label\"",
            "1:71: yaml-syntax: the JSON nests too deep"
        ),
    ])
    func `what is no JSON is refused at its place`(start: String, problem: String) {
        let record = UrdbText.record().replacing("{\"label\"", with: start, maxReplacements: 1)
        let problems = UrdbText.problems(record)
        #expect(problems.count == 1)
        #expect(
            problems.first?.hasPrefix("rates/made.up.urdb.json:" + problem) ?? false, "\(problems)")
    }

    @Test func `what follows the record, or is missing of it, is refused`() {
        for (record, what) in [
            (UrdbText.record() + "}", "something follows"),
            (String(UrdbText.record().dropLast()), "a ',' is missing"),
            ("", "the JSON ends in its midst"), ("{\"a\":\"b", "a string does not end"),
        ] {
            #expect(UrdbText.problems(record).first?.contains(what) ?? false)
        }
    }
}
