// SPDX-License-Identifier: Apache-2.0

import Foundation
import MeterModel
import MeterScan
import Testing

@Suite struct ZipTests {
    /// CRC-32 of ISO 3309, bit by bit.
    static func crc(_ bytes: [UInt8]) -> UInt32 {
        var crc: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
        }
        return ~crc
    }

    static func number(_ value: Int, _ width: Int) -> [UInt8] {
        (0..<width).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    enum Style: CaseIterable { case stored, deflated, late, lateUnsigned }

    /// An archive with a member per text; names are numbers from 1, unless given.
    static func zip(
        _ members: [(text: [UInt8], style: Style)], flags: Int = 0, names: [[UInt8]] = []
    ) -> [UInt8] {
        var (archive, directory) = ([UInt8](), [UInt8]())
        for (index, (text, style)) in members.enumerated() {
            let isLate = style == .late || style == .lateUnsigned
            let data = style == .stored ? text : ZlibInflater.gzip(text, windowBits: -15)
            let sum = number(Int(crc(text)), 4)
            let sizes = number(data.count, 4) + number(text.count, 4)
            let head =
                number(20, 2) + number(flags | (isLate ? 8 : 0), 2)
                + number(style == .stored ? 0 : 8, 2) + number(0, 4)
            let name =
                names.isEmpty ? Array("readings-\(index + 1).csv".utf8) : names[index]
            let place = archive.count
            archive += number(0x0403_4B50, 4) + head + (isLate ? number(0, 12) : sum + sizes)
            archive += number(name.count, 2) + number(3, 2) + name + [1, 2, 3] + data
            if style == .late { archive += number(0x0807_4B50, 4) }
            if isLate { archive += sum + sizes }
            directory += number(0x0201_4B50, 4) + number(20, 2) + head + sum + sizes
            directory += number(name.count, 2) + number(0, 12) + number(place, 4) + name
        }
        let count = number(members.count, 2)
        return archive + directory + number(0x0605_4B50, 4) + number(0, 4) + count + count
            + number(directory.count, 4) + number(archive.count, 4) + number(0, 2)
    }

    @Test(arguments: Style.allCases)
    func `members come one after the other, each with its own lines`(style: Style) throws {
        for size in [1, 30, 5_000, 400_000] {
            let first = Array(DeliveredFileTests.lines(size, seed: UInt64(size)).dropLast())
            let second = DeliveredFileTests.lines(size / 2 + 1, seed: 3)
            let archive = Self.zip([(first, style), (second, .deflated), ([], .stored)])
            for windowBytes in [13, 1000, 1 << 18] where size < 100_000 || windowBytes > 500 {
                let result = try DeliveredText.read(archive, windowBytes: windowBytes)
                #expect(result.text == first + second)
                // The third has no bytes, so nothing of it is there to be read.
                #expect(
                    result.members.filter { !$0.key.isEmpty } == [
                        "readings-1.csv": 0, "readings-2.csv": first.count,
                    ])
                #expect(result.windows[1] == 0, "the second member begins at its own byte 0")
            }
        }
    }

    @Test func `a damaged archive is quarantined for what is wrong with it`() throws {
        let text = DeliveredFileTests.lines(3_000, seed: 5)
        let good = Self.zip([(text, .deflated)])
        func code(_ bytes: [UInt8]) throws -> RejectionCode {
            try #require(throws: FileQuarantine.self) { try DeliveredText.read(bytes) }.code
        }
        for cut in [10, 25, 60, 700, good.count - 30, good.count - 1] {
            #expect(try code(Array(good.prefix(cut))) == .truncatedCompression)
        }
        var badSum = good
        badSum[14] ^= 1
        #expect(try code(badSum) == .corruptCompression)
        #expect(try code(good + [0]) == .corruptCompression)
        var badCount = good
        badCount[good.count - 12] = 2
        #expect(try code(badCount) == .corruptCompression)
        #expect(try code(Self.zip([(text, .stored)], flags: 1)) == .unsupportedContainer)
        #expect(try code(Self.zip([])) == .emptyFile)
        let twice = [(text: text, style: Style.stored), (text: text, style: .stored)]
        #expect(
            try code(Self.zip(twice, names: [[0x61], [0x61]])) == .unsupportedContainer,
            "a line of 'a' would be found twice")
        for name in ["../x.csv", "a/../../x.csv", "/etc/x.csv", ".."] {
            let member = [(text: text, style: Style.stored)]
            #expect(
                try code(Self.zip(member, names: [Array(name.utf8)])) == .unsupportedContainer,
                "\(name) leads out of the archive")
        }
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/usr/bin/python3")))
    func `an archive of another program is read`() throws {
        let path = "/tmp/meter-scan-test-\(UInt64.random(in: 0 ... .max)).zip"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let script = """
            import zipfile
            with zipfile.ZipFile('\(path)', 'w', zipfile.ZIP_DEFLATED) as z:
                z.writestr('a.csv', 'x,1\\n' * 3000)
                with z.open('b.csv', 'w', force_zip64=True) as f: f.write(b'y,2\\n' * 2000)
            """
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/python3")
        process.arguments = ["-c", script]
        try process.run()
        process.waitUntilExit()
        var file = try DeliveredFile(path: path)
        var bytes: [String: Int] = [:]
        while try file.beginText() {
            while let count = try file.withNextWindow({ lines, _, _ in
                (lines.newlineCount, lines.byteCount)
            }) {
                bytes[file.member, default: 0] += count
            }
        }
        #expect(bytes == ["a.csv": 12_000, "b.csv": 8_000])
    }

    @Test func `a name that is no UTF-8 stays different from every other`() throws {
        // 冻结 and 曲线 in GB 18030, as Chinese packers write them.
        let names: [[UInt8]] = [[0xB6, 0xB3, 0xBD, 0xE1], [0xC7, 0xFA, 0xCF, 0xDF], [0x0A]]
        let members = names.map { _ in (text: Array("x\n".utf8), style: Style.stored) }
        let result = try DeliveredText.read(Self.zip(members, names: names))
        #expect(
            result.members == [
                "\\xB6\\xB3\\xBD\\xE1": 0, "\\xC7\\xFA\\xCF\\xDF": 2, "\\x0A": 4,
            ])
    }
}
