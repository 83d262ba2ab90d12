// SPDX-License-Identifier: Apache-2.0

import MeterValidate
import Testing

@Suite struct LayStripTests {
    /// A strip as what it says of each slot of its day; slots it leaves out are not in it.
    private struct Strip {
        var firstSlot: Int
        var values: [Int64]
        var qualities: [UInt32]

        init(slots: Int, _ random: inout SeededGenerator) {
            let bounds = [
                Int.random(in: 0...slots, using: &random),
                Int.random(in: 0...slots, using: &random),
            ].sorted()
            firstSlot = bounds[0]
            let count = bounds[1] - bounds[0]
            qualities = (0..<count).map { _ in [0, 0, 65, 69].randomElement(using: &random) ?? 0 }
            values = qualities.map { $0 == 0 ? 0 : Int64.random(in: 1...9, using: &random) }
        }

        func cell(_ slot: Int) -> (value: Int64, quality: UInt32)? {
            let place = slot - firstSlot
            guard values.indices.contains(place), qualities[place] != 0 else { return nil }
            return (values[place], qualities[place])
        }
    }

    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func `a slot has the one strip that fills it, and is contested where there are more`(
        seed: UInt64
    ) {
        var random = SeededGenerator(seed: seed)
        let slots = [1, 24, 96].randomElement(using: &random) ?? 1
        let strips = (0..<Int.random(in: 1...6, using: &random)).map { _ in
            Strip(slots: slots, &random)
        }
        var values = [Int64](repeating: 0, count: slots)
        var qualities = [UInt32](repeating: 0, count: slots)
        var owners = [Int32](repeating: freeSlot, count: slots)
        for (owner, strip) in strips.enumerated() {
            layStrip(
                values: strip.values.span, qualities: strip.qualities.span,
                firstSlot: strip.firstSlot, owner: Int32(owner), dayValues: &values,
                dayQualities: &qualities, owners: &owners)
        }
        for slot in 0..<slots {
            let filling = strips.indices.filter { strips[$0].cell(slot) != nil }
            switch filling.count {
            case 0:
                #expect(owners[slot] == freeSlot)
                #expect(values[slot] == 0 && qualities[slot] == 0)
            case 1:
                #expect(owners[slot] == Int32(filling[0]))
                #expect(values[slot] == strips[filling[0]].cell(slot)?.value)
                #expect(qualities[slot] == strips[filling[0]].cell(slot)?.quality)
            default:
                #expect(owners[slot] == contestedSlot)
            }
        }
    }
}
