// SPDX-License-Identifier: Apache-2.0

import MeterModel
@testable import MeterScan
import Testing

/// All that a reader sees of a delivered file, window by window.
private struct SeenFile: Equatable {
    struct Window: Equatable {
        var member: String
        var line: Int
        var byte: Int64
        var text: [UInt8]
    }

    var windows: [Window] = []
    var oversized: [ReadingRejection] = []
    var inflatedBytes: Int64 = 0
    var sha256 = ""
    /// What reading ended with.
    var fault: FileQuarantine?
    /// True where the idle thread was at work after some window.
    var wasAhead = false

    /// Reads a file of these bytes as far as it goes.
    ///
    /// - Parameters:
    ///   - idle: Threads that may read ahead.
    ///   - shortWindows: How many windows they wait for.
    ///   - refusedWindow: The file is refused after so many windows.
    init(
        _ bytes: [UInt8], windowBytes: Int, idle: IdleThreads? = nil, shortWindows: Int = 0,
        refusedWindow: Int = .max
    ) {
        let disk = TemporaryFile(bytes)
        do throws(FileQuarantine) {
            var file = try DeliveredFile(
                path: disk.path, idle: idle, windowBytes: windowBytes, maximumLineBytes: 50,
                smallestLimit: 20_000, largestRatio: 2, shortWindows: shortWindows)
            do throws(FileQuarantine) {
                try read(&file, idle, refusedWindow)
            } catch {
                fault = error
            }
            oversized = file.oversizedLines
            inflatedBytes = file.inflatedBytes
            sha256 = file.sha256
        } catch {
            fault = error
        }
    }

    private mutating func read(
        _ file: inout DeliveredFile, _ idle: IdleThreads?, _ refusedWindow: Int
    ) throws(FileQuarantine) {
        while try file.beginText() {
            let member = file.member
            while let window = try file.withNextWindow({ lines, line, byte in
                let text = lines.copiedBytes()
                return (
                    lines.newlineCount, Window(member: member, line: line, byte: byte, text: text)
                )
            }) {
                windows.append(window)
                if let idle, !idle.take() { wasAhead = true } else { idle?.add(1) }
                if windows.count == refusedWindow {
                    throw file.quarantine(.unknownFormat, detail: "refused")
                }
            }
        }
    }

    /// The same, however it was read.
    var content: SeenFile {
        var content = self
        content.wasAhead = false
        return content
    }
}

@Suite struct InflateAheadTests {
    /// Lines, some of them too long, as plain text, gzip of some members, or zip.
    private static func file(_ random: inout SeededGenerator) -> [UInt8] {
        func text(_ random: inout SeededGenerator) -> [UInt8] {
            let length = Int.random(in: 0...9000, using: &random)
            var text = DeliveredFileTests.lines(length, seed: random.next())
            if Bool.random(using: &random) { text += [UInt8](repeating: 0x78, count: 300) }
            if Bool.random(using: &random) { text = [0xEF, 0xBB, 0xBF] + text }
            return text
        }
        let count = Int.random(in: 1...3, using: &random)
        let texts = (0..<count).map { _ in text(&random) }
        switch Int.random(in: 0..<3, using: &random) {
        case 0: return Array(texts.joined())
        case 1: return Array(texts.map { ZlibInflater.gzip($0) }.joined())
        default:
            return ZipTests.zip(
                texts.map { ($0, ZipTests.Style.allCases.randomElement(using: &random) ?? .late) })
        }
    }

    /// Reads a file with and without a thread that reads ahead; what it is with one.
    @discardableResult
    private func expectSame(
        _ bytes: [UInt8], windowBytes: Int, shortWindows: Int = 0, refusedWindow: Int = .max,
        _ comment: Comment? = nil
    ) -> SeenFile {
        let alone = SeenFile(bytes, windowBytes: windowBytes, refusedWindow: refusedWindow)
        let idle = IdleThreads()
        idle.add(1)
        let ahead = SeenFile(
            bytes, windowBytes: windowBytes, idle: idle, shortWindows: shortWindows,
            refusedWindow: refusedWindow)
        // Told apart outside, as what differs is too long to be shown.
        let isSame = ahead.content == alone
        #expect(isSame, comment)
        return ahead
    }

    @Test(arguments: 0..<20)
    func `whoever inflates, windows and faults are the same`(seed: Int) {
        var random = SeededGenerator(UInt64(seed))
        var wasAhead = false
        for _ in 0..<20 {
            var bytes = Self.file(&random)
            if !bytes.isEmpty, Int.random(in: 0..<3, using: &random) == 0 {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] ^= 0x10
            }
            let seen = expectSame(
                bytes, windowBytes: Int.random(in: 1...3000, using: &random),
                shortWindows: Int.random(in: 0...4, using: &random),
                refusedWindow: Int.random(in: 1...60, using: &random))
            if seen.wasAhead { wasAhead = true }
        }
        #expect(wasAhead)
    }

    @Test func `a file that ends too early is the same at each of its bytes`() {
        let text = DeliveredFileTests.lines(700, seed: 9)
        let files = [
            text, ZlibInflater.gzip(text) + ZlibInflater.gzip(text),
            ZipTests.zip([(text, .deflated), (text, .late), (text, .stored)]),
        ]
        for file in files {
            for count in 0...file.count {
                expectSame(Array(file.prefix(count)), windowBytes: 100, "\(count) bytes")
            }
        }
    }

    @Test func `too much is too much for whoever inflates it`() {
        let bytes = ZlibInflater.gzip([UInt8](repeating: 0x0A, count: 100_000))
        let seen = expectSame(bytes, windowBytes: 1000)
        #expect(seen.wasAhead)
        #expect(seen.fault?.code == .tooLarge)
        #expect(seen.windows.map(\.text.count) == Array(repeating: 1000, count: 20))
    }

    @Test func `a thread is taken for a long text only, and given back after it`() throws {
        let short = DeliveredFileTests.lines(900, seed: 1)
        let long = DeliveredFileTests.lines(9000, seed: 2)
        let disk = TemporaryFile(ZipTests.zip([(short, .deflated), (long, .deflated)]))
        let idle = IdleThreads()
        idle.add(1)
        var file = try DeliveredFile(
            path: disk.path, idle: idle, windowBytes: 500, maximumLineBytes: 50,
            smallestLimit: 20_000, largestRatio: 2, shortWindows: 8)
        /// After each window, whether the thread is idle.
        func readText() throws -> [Bool] {
            var wasIdle: [Bool] = []
            #expect(try file.beginText())
            while try file.withNextWindow({ lines, _, _ in (lines.newlineCount, ()) }) != nil {
                let isIdle = idle.take()
                if isIdle { idle.add(1) }
                wasIdle.append(isIdle)
            }
            return wasIdle
        }
        #expect(try readText().allSatisfy { $0 })
        let wasIdle = try readText()
        #expect(wasIdle.prefix(8).allSatisfy { $0 })
        #expect(wasIdle.dropFirst(8).dropLast(InflateAhead.depth + 1).allSatisfy { !$0 })
        #expect(wasIdle.count > 14)
        #expect(idle.take())
        #expect(!idle.take())
    }
}
