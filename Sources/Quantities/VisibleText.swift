// SPDX-License-Identifier: Apache-2.0

extension Sequence<UInt8> {
    /// A name from outside as a person can read and type it: control characters, and what is not
    /// UTF-8, as `\xNN`. Different bytes give different texts.
    public var visibleText: String {
        let bytes = Array(self)
        let isText = String(validating: bytes, as: UTF8.self) != nil
        var visible: [UInt8] = []
        for byte in bytes {
            if byte < 0x20 || byte == 0x7F || byte == UInt8(ascii: "\\") || byte >= 0x80 && !isText
            {
                let digits = Array("0123456789ABCDEF".utf8)
                visible += Array("\\x".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            } else {
                visible.append(byte)
            }
        }
        return String(decoding: visible, as: UTF8.self)
    }
}
