// SPDX-License-Identifier: Apache-2.0

import Glibc
import MeterModel
import MeterScan

/// A file of given bytes that lives for one test.
struct TemporaryFile: ~Copyable {
    let path: String

    init(_ bytes: [UInt8]) {
        path = "/tmp/meter-scan-test-\(UInt64.random(in: 0 ... .max))"
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL, 0o600)
        precondition(descriptor >= 0, "a temporary file can be made")
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = unsafe rest.withUnsafeBytes {
                unsafe write(descriptor, $0.baseAddress, $0.count)
            }
            precondition(written > 0, "a temporary file can be written")
            rest = rest.dropFirst(written)
        }
        close(descriptor)
    }

    deinit {
        unsafe unlink(path)
    }
}

/// What came out of a delivered file.
struct DeliveredText: Equatable {
    /// The texts one after the other, and where each member begins.
    var text: [UInt8] = []
    var members: [String: Int] = [:]
    /// Number and place of the first line of each window.
    var windows: [Int: Int64] = [:]
    var oversized: [ReadingRejection] = []
    var sha256 = ""
    var deliveredBytes: Int64 = 0
    var changed = false

    /// Reads a file of these bytes to its end.
    static func read(
        _ bytes: [UInt8], windowBytes: Int = 1 << 18, maximumLineBytes: Int = 1 << 16
    ) throws(FileQuarantine) -> DeliveredText {
        let disk = TemporaryFile(bytes)
        var file = try DeliveredFile(
            path: disk.path, windowBytes: windowBytes, maximumLineBytes: maximumLineBytes)
        var result = DeliveredText()
        while try file.beginText() {
            result.members[file.member] = result.text.count
            while let (text, line, byte) = try file.withNextWindow({ lines, line, byte in
                let text = unsafe lines.withUnsafeBytes { unsafe Array($0) }
                return (lines.newlineCount, (text, line, byte))
            }) {
                result.windows[line] = byte
                result.text += text
            }
        }
        result.oversized = file.oversizedLines
        result.sha256 = file.sha256
        result.deliveredBytes = file.deliveredBytes
        result.changed = file.changedWhileRead
        return result
    }
}
