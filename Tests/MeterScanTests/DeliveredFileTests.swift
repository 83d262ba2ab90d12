// SPDX-License-Identifier: Apache-2.0

import Glibc
import MeterModel
@testable import MeterScan
import Testing

@Suite struct DeliveredFileTests {
    /// Lines of many lengths, empty ones too; `count` bytes or a few more.
    static func lines(_ count: Int, seed: UInt64, ending: String = "\n") -> [UInt8] {
        var random = SeededGenerator(seed)
        var text: [UInt8] = []
        while text.count < count {
            for _ in 0..<Int.random(in: 0...40, using: &random) {
                text.append(UInt8.random(in: 0x30...0x7A, using: &random))
            }
            text += Array(ending.utf8)
        }
        return text
    }

    /// The code of the quarantine that reading ends with.
    func quarantine(_ bytes: [UInt8]) throws -> FileQuarantine {
        try #require(throws: FileQuarantine.self) { try DeliveredText.read(bytes) }
    }

    @Test func `the hash is that of the bytes as delivered`() throws {
        // FIPS 180-4, example of one block.
        let result = try DeliveredText.read(Array("abc".utf8))
        #expect(
            result.sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(result.deliveredBytes == 3)
        #expect(result.text == Array("abc".utf8))
        #expect(!result.changed)
    }

    @Test(arguments: Array(1...64) + [1000, 1 << 18])
    func `windows of any size hold the same text`(windowBytes: Int) throws {
        for (seed, ending) in [(1, "\n"), (2, "\r\n")] {
            let text = Self.lines(1_500, seed: UInt64(seed), ending: ending)
            let whole = try DeliveredText.read(text, windowBytes: windowBytes)
            #expect(whole.text == text)
            let cut = try DeliveredText.read(text.dropLast(), windowBytes: windowBytes)
            #expect(cut.text == text.dropLast())
            let packed = ZlibInflater.gzip(text)
            #expect(try DeliveredText.read(packed, windowBytes: windowBytes).text == text)
            // The number of a window's first line is one more than the newlines before it.
            for (line, byte) in whole.windows {
                #expect(text[..<Int(byte)].count { $0 == 0x0A } == line - 1)
                #expect(byte == 0 || text[Int(byte) - 1] == 0x0A)
            }
        }
    }

    @Test func `inflating agrees with zlib on members, padding and damage`() throws {
        var random = SeededGenerator(7)
        for round in 0..<120 {
            var bytes: [UInt8] = []
            for member in 0..<Int.random(in: 1...3, using: &random) {
                let length = [0, 1, 50, 3_000, 90_000].randomElement(using: &random) ?? 0
                let text = Self.lines(length, seed: UInt64(round * 10 + member))
                bytes += ZlibInflater.gzip(Array(text.prefix(length)))
            }
            switch round % 4 {
            case 1: bytes += [UInt8](repeating: 0, count: round)
            case 2: bytes = Array(bytes.prefix(Int.random(in: 3..<bytes.count, using: &random)))
            case 3: bytes[Int.random(in: 10..<bytes.count, using: &random)] ^= 0x10
            default: break
            }
            let expected = ZlibInflater.inflate(bytes)
            do {
                let result = try DeliveredText.read(bytes, windowBytes: 1 + round * 17)
                #expect(result.text == expected, "round \(round)")
            } catch {
                let isEmpty = expected?.isEmpty == true && error.code == .emptyFile
                #expect(expected == nil || isEmpty, "round \(round): \(error)")
            }
        }
    }

    @Test func `a damaged file says how it is damaged, and its hash`() throws {
        let good = ZlibInflater.gzip(Self.lines(50_000, seed: 3))
        let cut = try quarantine(Array(good.dropLast(9)))
        #expect(cut.code == .truncatedCompression)
        #expect(cut.deliveredBytes == Int64(good.count - 9))
        #expect(cut.sha256.count == 64)
        var badSum = good
        badSum[good.count - 6] ^= 1
        #expect(try quarantine(badSum).code == .corruptCompression)
        var badLength = good
        badLength[good.count - 1] ^= 1
        #expect(try quarantine(badLength).code == .corruptCompression)
        #expect(try quarantine(good + [0, 0, 7]).code == .corruptCompression)
        #expect(try quarantine(good + [7]).code == .corruptCompression)
        #expect(try quarantine(good + good.prefix(12)).code == .truncatedCompression)
    }

    @Test func `a file without text is empty, whatever wraps it`() throws {
        #expect(try quarantine([]).code == .emptyFile)
        #expect(try quarantine(ZlibInflater.gzip([])).code == .emptyFile)
        #expect(
            try quarantine([]).sha256
                == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    }

    @Test func `a container that is not read names itself`() throws {
        #expect(try quarantine([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0]).code == .unsupportedContainer)
        #expect(throws: FileQuarantine.self) { _ = try DeliveredFile(path: "/tmp") }
        let missing = #expect(throws: FileQuarantine.self) {
            _ = try DeliveredFile(path: "/tmp/there-is-no-such-file")
        }
        #expect(missing?.code == .unreadableFile)
    }

    @Test func `what inflates beyond all measure is refused`() throws {
        let disk = TemporaryFile(ZlibInflater.gzip([UInt8](repeating: 0x0A, count: 100_000)))
        var file = try DeliveredFile(
            path: disk.path, windowBytes: 1000, maximumLineBytes: 100, smallestLimit: 5_000,
            largestRatio: 2, shortWindows: 16)
        var (bytes, code) = (0, RejectionCode?.none)
        do throws(FileQuarantine) {
            _ = try file.beginText()
            while let count = try file.withNextWindow({ lines, _, _ in
                (lines.newlineCount, lines.byteCount)
            }) {
                bytes += count
            }
        } catch {
            code = error.code
            #expect(error.sha256.count == 64)
        }
        #expect(code == .tooLarge)
        #expect(bytes <= 5_000)
    }

    @Test func `a byte order mark is passed over and counted`() throws {
        for windowBytes in [1, 2, 3, 4, 100] {
            let result = try DeliveredText.read(
                [0xEF, 0xBB, 0xBF] + Array("a,b\nc".utf8), windowBytes: windowBytes)
            #expect(result.text == Array("a,b\nc".utf8))
            #expect(result.windows[1] == 3)
        }
    }

    @Test(arguments: [1, 7, 64, 100_000])
    func `a line that is too long is reported, and the file goes on`(windowBytes: Int) throws {
        let long = String(repeating: "x", count: 500)
        let text = "one\n\(long)\ntwo\n" + String(repeating: "y", count: 40) + "\n\(long)"
        let result = try DeliveredText.read(
            Array(text.utf8), windowBytes: windowBytes, maximumLineBytes: 40)
        #expect(
            String(decoding: result.text, as: UTF8.self)
                == "one\ntwo\n" + String(repeating: "y", count: 40) + "\n")
        #expect(result.oversized.map(\.line) == [2, 5])
        #expect(result.oversized.map(\.byte) == [4, 550])
        #expect(result.oversized.map(\.code) == [.lineTooLong, .lineTooLong])
        #expect(result.oversized.allSatisfy { $0.found.hasPrefix("xxx") && $0.found.count <= 200 })
        #expect(result.windows[3] == 505)
    }

    @Test func `a file that changes while it is read says so`() throws {
        let disk = TemporaryFile(Self.lines(400_000, seed: 4))
        var file = try DeliveredFile(path: disk.path, windowBytes: 1000)
        var windows = 0
        _ = try file.beginText()
        while try file.withNextWindow({ lines, _, _ in (lines.newlineCount, windows += 1) }) != nil
        {
            if windows == 2 {
                let descriptor = unsafe open(disk.path, O_WRONLY | O_APPEND)
                unsafe write(descriptor, "more\n", 5)
                close(descriptor)
            }
        }
        _ = try file.beginText()
        let changed = file.changedWhileRead
        #expect(changed)
    }
}
