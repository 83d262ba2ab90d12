// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import BillTariff

@Suite struct YamlTreeTests {
    @Test func `values stay as they are written`() throws {
        let tree = try YamlTree.parse("{ a: 0.10, b: 22:00, c: no, d: '7', e: ~ }", file: "t.yaml")
        guard case .mapping(let entries) = tree.content else {
            Issue.record("not a mapping")
            return
        }
        let texts = entries.map { entry in
            if case .scalar(let text) = entry.value.content { text } else { "?" }
        }
        #expect(texts == ["0.10", "22:00", "no", "7", "~"])
        #expect(entries.map(\.position.column) == [3, 12, 22, 29, 37])
    }

    @Test(arguments: [
        ("a: 1\nb: 2\na: 3\n", "t.yaml:1:1: duplicate-key"),
        ("a: &x 1\nb: *x\n", "t.yaml:1:4: alias"),
        ("a: 1\nb: *x\n", "t.yaml:2:4: yaml-syntax"),
        ("a: !!str 1\n", "t.yaml:1:4: explicit-tag"),
        ("a: !price 1\n", "t.yaml:1:4: explicit-tag"),
        ("a: !!set { b }\n", "t.yaml:1:4: explicit-tag"),
        ("a: [1, 2\nb: 3\n", "t.yaml:2:2: yaml-syntax"),
        ("a:\n\t- 1\n", "t.yaml:2:1: yaml-syntax"),
        ("", "t.yaml:1:1: yaml-syntax"),
        ("a: 1\n---\nb: 2\n", "t.yaml:2:1: yaml-syntax"),
        ("? [a, b]\n: 1\n", "t.yaml:1:3: wrong-shape"),
        ("a: \u{0}\n", "t.yaml:1:4: yaml-syntax"),
    ])
    func `what the files do not use is refused at its place`(text: String, start: String) throws {
        let thrown = #expect(throws: TariffProblems.self) {
            try YamlTree.parse(text, file: "t.yaml")
        }
        let description = try #require(thrown).description
        #expect(description.hasPrefix(start + ": "), "\(description)")
    }

    @Test(arguments: [
        String(repeating: "[", count: 100_000),
        String(repeating: "[", count: 20_000) + String(repeating: "]", count: 20_000),
        String(repeating: "{a: ", count: 20_000) + String(repeating: "}", count: 20_000),
    ])
    func `a tower of brackets is refused and does not break the stack`(text: String) {
        #expect(throws: TariffProblems.self) { try YamlTree.parse(text, file: "t.yaml") }
    }

    @Test func `a web of aliases is refused without being unfolded`() {
        var text = "a0: &a0 [x, x]\n"
        for level in 1...60 { text += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n" }
        #expect(throws: TariffProblems.self) { try YamlTree.parse(text, file: "t.yaml") }
    }
}
