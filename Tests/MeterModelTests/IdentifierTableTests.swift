// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Testing

@Suite struct IdentifierTableTests {
    @Test func `each id is found where it stands, sorted or not`() {
        var random = SeededGenerator(seed: 31)
        for round in 0..<300 {
            // Few letters, so that ids begin alike; lengths around the eight bytes of a word.
            var ids: Set<String> = []
            for _ in 0..<Int.random(in: 0...30, using: &random) {
                let length = Int.random(in: 1...18, using: &random)
                let alike = String(
                    repeating: "a", count: Int.random(in: 0..<length, using: &random))
                let rest = (alike.count..<length).map { _ in
                    ["a", "b", "é", "电"].randomElement(using: &random) ?? ""
                }
                ids.insert(alike + rest.joined())
            }
            var order = ids.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            if round % 3 > 0 { order.shuffle(using: &random) }
            let table = IdentifierTable(order)
            #expect(table.count == order.count)
            #expect(order.map { table.index(of: $0) } == order.indices.map { $0 })
            #expect(order.indices.map { table[$0] } == order)
            #expect(table.index(of: "aaaaaaaaaaaaaaaaaaaaaaaa") == nil)
            // Wherever it is guessed to be, also behind the last.
            for guess in 0...order.count {
                #expect(order.map { table.index(of: $0, guess: guess) } == order.indices.map { $0 })
                #expect(table.index(of: "aaaaaaaaaaaaaaaaaaaaaaaa", guess: guess) == nil)
            }
        }
    }
}
