// SPDX-License-Identifier: Apache-2.0

import Quantities
import Testing

@Suite struct JSONTextTests {
    @Test(arguments: [
        ("", #""""#), ("户名 é", #""户名 é""#), (#"a"b\c"#, #""a\"b\\c""#),
        ("\n\r\t", #""\n\r\t""#), ("\u{0}\u{1F}", #""\u0000\u001f""#),
    ])
    func `a text is one JSON string`(text: String, json: String) {
        #expect(text.jsonText == json)
    }
}
