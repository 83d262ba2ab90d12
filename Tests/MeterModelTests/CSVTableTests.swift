// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Testing

@Suite struct CSVTableTests {
    /// All fields, row by row.
    private func fields(_ table: CSVTable) -> [[String]] {
        (0..<table.count).map { row in
            table.header.indices.map { table.field(row: row, column: $0) }
        }
    }

    @Test(arguments: [
        // text, fields below the header
        ("a,b\n1,2\n", [["1", "2"]]),
        ("a,b\r\n1,2\r\n3,4", [["1", "2"], ["3", "4"]]),
        ("\u{FEFF}a,b\n1,2\n", [["1", "2"]]),
        ("a,b\n\n,\n\n", [["", ""]]),
        ("a,b\n\"1,5\",\"say \"\"hi\"\"\"\n", [["1,5", "say \"hi\""]]),
        ("a,b\n\"two\nlines\",\"\"\n", [["two\nlines", ""]]),
        ("a,b\n 1,电\n", [[" 1", "电"]]),
        ("\"a\",b\n1,2\n", [["1", "2"]]),
        ("a,b", []),
        ("", []),
    ])
    func `fields are unquoted and empty lines skipped`(text: String, rows: [[String]]) {
        let table = CSVTable(Array(text.utf8))
        #expect(table.faults == [])
        #expect(fields(table) == rows)
        #expect(table.header == (text.isEmpty ? [] : ["a", "b"]))
    }

    @Test func `a row's line is the one on which it begins`() {
        let table = CSVTable(Array("a\n\n\"x\ny\"\nz\n".utf8))
        #expect(table.lines == [3, 5])
    }

    @Test(arguments: [
        // bytes, line, fault
        ("a\n\"open\nmore\n", 2, CSVTable.Fault.Kind.openQuote),
        ("a\nb\"c\n", 2, .strayQuote),
        ("a\n\"b\"c\n", 2, .strayQuote),
        ("a\nb\rc\n", 2, .strayReturn),
        ("a\n\u{0}\n", 2, .nul),
        ("a,b\n1\n2,3\n", 2, .fieldCount(found: 1, expected: 2)),
        ("a\n" + String(repeating: "x", count: 65_537), 2, .longField),
        ("a\n\"" + String(repeating: "\n", count: 70_000) + "\"", 65_539, .longField),
    ])
    func `what cannot be read is named with its line`(
        text: String, line: Int, kind: CSVTable.Fault.Kind
    ) {
        let faults = CSVTable(Array(text.utf8)).faults
        #expect(faults.map(\.line) == [line])
        #expect(faults.map(\.kind) == [kind])
    }

    @Test func `bytes that are not UTF-8 are named with their line`() {
        let table = CSVTable([0x61, 0x0A, 0x62, 0x0A, 0xC3, 0x28, 0x0A])
        #expect(table.faults.map(\.line) == [3])
        #expect(table.faults.map(\.kind) == [.notUTF8])
    }

    @Test func `a row of the wrong shape costs only that row`() {
        let table = CSVTable(Array("a,b\n1,2\n3\n4,5\n6,7,8\n9,0\n".utf8))
        #expect(fields(table) == [["1", "2"], ["4", "5"], ["9", "0"]])
        #expect(table.faults.map(\.line) == [3, 5])
    }

    @Test func `a table made of rows knows the columns that none fills`() {
        var table = CSVTable(header: ["a", "b", "c"])
        #expect((0..<3).map { table.isBlank(column: $0) } == [true, true, true])
        table.append(["", "", "x"])
        #expect((0..<3).map { table.isBlank(column: $0) } == [true, true, false])
        table.append(["1", "", "z, \"quoted\""])
        #expect((0..<3).map { table.isBlank(column: $0) } == [false, true, false])
        #expect(fields(table) == [["", "", "x"], ["1", "", "z, \"quoted\""]])
    }

    @Test func `what was quoted reads back as it was`() {
        var generator = SeededGenerator(seed: 7)
        let pieces = ["a", ",", "\"", "\n", "\r\n", " ", "电", "=", ""]
        for _ in 0..<200 {
            let expected = (0..<6).map { _ in
                (0..<4).map { _ in pieces.randomElement(using: &generator) ?? "" }.joined()
            }
            let quoted = expected.map {
                "\""
                    + $0.split(separator: "\"", omittingEmptySubsequences: false)
                    .joined(separator: "\"\"") + "\""
            }
            let text = "c1,c2,c3,c4,c5,c6\n" + quoted.joined(separator: ",") + "\n"
            #expect(fields(CSVTable(Array(text.utf8))) == [expected])
        }
    }
}
