// SPDX-License-Identifier: Apache-2.0

import Quantities

extension Network {
    /// The reads on site of all meters, by meter, then time, in columns: a read takes about ten bytes.
    ///
    /// A branch whose meters are billed by registers has five of them for each meter.
    struct RegisterReads: Hashable, Sendable {
        /// What was read, when and why; reads of one day differ by their register only.
        struct Head: Hashable, Sendable {
            var channel: Channel
            var at: Instant
            var kind: RegisterReadKind
        }

        /// The distinct heads, in the order in which they came.
        let heads: [Head]
        /// Which of them each read has.
        let headNumbers: NumberColumn
        /// The numerators of the values; 0 for those in `long`.
        let numerators: [Int64]
        /// The distinct denominators of the values.
        let denominators: [Int64]
        /// Which of them each value has.
        let denominatorNumbers: NumberColumn
        /// Values that are longer than a word, by the index of their read.
        let long: [Int: Exact]

        init(
            heads: [Head], headNumbers: NumberColumn, numerators: [Int64], denominators: [Int64],
            denominatorNumbers: NumberColumn, long: [Int: Exact]
        ) {
            self.heads = heads
            self.headNumbers = headNumbers
            self.numerators = numerators
            self.denominators = denominators
            self.denominatorNumbers = denominatorNumbers
            self.long = long
        }

        init(_ reads: [RegisterRead] = []) {
            var heads = DistinctValues<Head>()
            headNumbers = NumberColumn(
                reads.map {
                    heads.number(of: Head(channel: $0.channel, at: $0.at, kind: $0.kind))
                })
            self.heads = heads.values
            numerators = reads.map { $0.value.words?.numerator ?? 0 }
            var denominators = DistinctValues<Int64>()
            denominatorNumbers = NumberColumn(
                reads.map { denominators.number(of: $0.value.words?.denominator ?? 1) })
            self.denominators = denominators.values
            long = Dictionary(
                uniqueKeysWithValues: reads.enumerated().filter { $0.element.value.words == nil }
                    .map { ($0.offset, $0.element.value) })
        }

        var count: Int { numerators.count }

        subscript(index: Int) -> RegisterRead {
            let head = heads[Int(headNumbers[index])]
            return RegisterRead(
                channel: head.channel, at: head.at, kind: head.kind, value: value(index))
        }

        /// The register that was read.
        func channel(_ index: Int) -> Channel { heads[Int(headNumbers[index])].channel }

        private func value(_ index: Int) -> Exact {
            if !long.isEmpty, let value = long[index] { return value }
            return Exact(
                words: (numerators[index], denominators[Int(denominatorNumbers[index])]))
        }
    }
}
