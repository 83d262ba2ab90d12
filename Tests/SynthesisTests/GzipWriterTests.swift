// SPDX-License-Identifier: Apache-2.0

import Foundation
import MeterScan
import Testing

@Suite struct GzipWriterTests {
    @Test(arguments: CompressionEffort.allCases)
    func `gzip inflates what was compressed, and one writer makes many members`(
        effort: CompressionEffort
    ) throws {
        var writer = GzipWriter(effort)
        var state: UInt64 = 1
        let texts: [[UInt8]] = [
            [],
            Array("a".utf8),
            Array(String(repeating: "M00000001,0.123,A\n", count: 40_000).utf8),
            // Noise does not shrink: the stored form must fit as well.
            (0..<300_000).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return UInt8(ascii: " ") + UInt8((state >> 40) % 95)
            },
            Array("after noise".utf8),
        ]
        for text in texts {
            let compressed = writer.compress(text.span)
            try withTemporaryFolder { path in
                try Data(compressed).write(to: URL(fileURLWithPath: path))
                #expect(try Array(inflate(path).utf8) == text)
            }
        }
    }

    @Test func `equal input gives equal bytes, and the standard effort the smaller ones`() {
        let text = Array((0..<20_000).map { "\($0 * 7919 % 4001)," }.joined().utf8)
        var sizes: [Int] = []
        for effort in [CompressionEffort.standard, .fast] {
            var writer = GzipWriter(effort)
            let (first, second) = (writer.compress(text.span), writer.compress(text.span))
            #expect(first == second)
            sizes.append(first.count)
        }
        #expect(sizes[0] < sizes[1])
        #expect(sizes[1] < text.count)
    }
}
