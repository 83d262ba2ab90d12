// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Synthesis

@Suite struct TextLineTests {
    @Test func `a number is filled up with zeros and never cut`() {
        let line: TextLine =
            "\(0)|\(7)|\(1_234_567)|\(0, digits: 2)|\(45, digits: 4)|\(678, digits: 2)"
        #expect(line.string == "0|7|1234567|00|0045|678")
        #expect(("\(Int.max)" as TextLine).string == "9223372036854775807")
    }

    @Test(arguments: [
        // integer, decimals, text
        (12_345, 2, "123.45"), (12_345, 3, "12.345"), (5, 3, "0.005"), (0, 2, "0.00"),
        (1000, 3, "1.000"), (70, 2, "0.70"),
    ])
    func `an integer of a small step becomes a decimal`(value: Int, decimals: Int, text: String) {
        #expect(("\(value, decimals: decimals)" as TextLine).string == text)
    }

    @Test func `names, absent names and text of any length stand in a line as they are`() {
        let long = String(repeating: "meter ", count: 100)
        let absent: Name? = nil
        let line: TextLine =
            "尖 \(Names.meter(99_999_998)),\(absent),\(long)\(Names.node(.company))\n"
        #expect(line.string == "尖 M99999999,," + long + "B1\n")
        #expect(Names.meter(0).description == "M00000001")
        #expect(Names.node(.transformer(123_456)).description == "TX123457")
    }

    @Test func `lines follow each other in a buffer that is used again`() {
        var text = TextBuffer()
        text.append("forgotten")
        text.removeAll()
        text.append("a,\(1)\n")
        text.append("")
        text.append("b")
        #expect(String(decoding: text.bytes[..<text.count], as: UTF8.self) == "a,1\nb")
    }
}
