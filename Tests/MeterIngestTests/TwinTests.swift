// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Testing

@testable import MeterIngest

/// The fast path and the generic engine are written apart; on the same bytes they must agree.
@Suite struct TwinTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test(arguments: 0..<40)
    func `long files land the same cell by cell`(seed: UInt64) throws {
        var numbers = SeededNumbers(seed)
        let text = RandomFiles.long(&numbers)
        let context = try SmallNetwork.context()
        let path = try folder.write("file", text)
        let (fast, summary) = try ingest(path, context)
        let slow = try ingestCellByCell(Array(text.utf8), context)
        #expect(fast == slow)
        #expect(summary.readings == fast.heldReadings)
    }

    @Test(arguments: 0..<60)
    func `every reading of a damaged file is in a batch or in a rejection`(seed: UInt64) throws {
        var numbers = SeededNumbers(seed)
        let bytes = RandomFiles.damaged(RandomFiles.long(&numbers), &numbers)
        let context = try SmallNetwork.context()
        let path = try folder.write("file", bytes: bytes)
        for budget in [100, 1_000_000] {
            let (fast, summary) = try ingest(path, context, budget: budget)
            #expect(summary.readings == fast.heldReadings)
        }
        let slow = try ingestCellByCell(bytes, context)
        #expect(slow.readings == slow.heldReadings)
    }
}
