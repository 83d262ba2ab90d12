// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Text of Chinese exports: GB18030, of which GBK and GB2312 are parts.
public enum GB18030 {
    /// The text of these bytes, or nil where they are not GB18030.
    ///
    /// Plain ASCII costs one look at each byte; other text goes through the system's tables.
    public static func decode(_ bytes: some Collection<UInt8>) -> String? {
        if bytes.allSatisfy({ $0 < 0x80 }) { return String(decoding: bytes, as: UTF8.self) }
        // SAFETY: a converter that opened is closed once, below, on every way out.
        guard let converter = unsafe iconv_open("UTF-8", "GB18030"),
            Int(bitPattern: converter) != -1
        else { return nil }
        defer { _ = unsafe iconv_close(converter) }
        var input = bytes.map(CChar.init(bitPattern:))
        // Two bytes become at most three, four become four.
        var output = [CChar](repeating: 0, count: input.count * 2 + 4)
        let capacity = output.count
        let written = unsafe input.withUnsafeMutableBufferPointer { source -> Int? in
            unsafe output.withUnsafeMutableBufferPointer { target -> Int? in
                // SAFETY: iconv moves both pointers by at most the counts that stand beside them.
                var (from, to) = (source.baseAddress, target.baseAddress)
                var (left, room) = (source.count, target.count)
                let status = unsafe iconv(converter, &from, &left, &to, &room)
                return status == -1 || left != 0 ? nil : capacity - room
            }
        }
        guard let written else { return nil }
        return String(
            validating: output[..<written].lazy.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
