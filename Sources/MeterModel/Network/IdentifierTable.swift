// SPDX-License-Identifier: Apache-2.0

/// Ids by their index, and indexes by their id, in one buffer of bytes.
///
/// An id costs its bytes and twelve more; finding one is a binary search.
public struct IdentifierTable: Hashable, Sendable {
    private var bytes: [UInt8] = []
    /// Where each id ends in `bytes`. Shape: `[index]`.
    private var ends: [Int] = []
    /// The indexes in order of their ids' bytes. Shape: `[index]`.
    private var order: [UInt32] = []

    /// A table of distinct ids; the index of an id is its position.
    public init(_ ids: [String]) {
        ends.reserveCapacity(ids.count)
        for id in ids {
            bytes += id.utf8
            ends.append(bytes.count)
        }
        order = Array(0..<UInt32(ids.count))
        // Ids mostly come sorted, which one pass sees.
        let isSorted = zip(order, order.dropFirst()).allSatisfy { !precedes(Int($1), Int($0)) }
        if !isSorted { order = order.sorted { precedes(Int($0), Int($1)) } }
    }

    /// How many ids there are.
    public var count: Int { ends.count }

    /// The id of an index.
    public subscript(index: Int) -> String { String(decoding: slice(index), as: UTF8.self) }

    /// The index of an id, or nil where it is not in the table.
    public func index(of id: String) -> Int? {
        let wanted = Array(id.utf8)
        var (low, high) = (0, order.count)
        while low < high {
            let middle = (low + high) / 2
            let candidate = slice(Int(order[middle]))
            if candidate.elementsEqual(wanted) { return Int(order[middle]) }
            if candidate.lexicographicallyPrecedes(wanted) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return nil
    }

    /// True where the first id's bytes come before the second's.
    private func precedes(_ first: Int, _ second: Int) -> Bool {
        let (left, right) = (range(first), range(second))
        for offset in 0..<min(left.count, right.count) {
            let (a, b) = (bytes[left.lowerBound + offset], bytes[right.lowerBound + offset])
            if a != b { return a < b }
        }
        return left.count < right.count
    }

    private func range(_ index: Int) -> Range<Int> {
        (index == 0 ? 0 : ends[index - 1])..<ends[index]
    }

    private func slice(_ index: Int) -> ArraySlice<UInt8> {
        bytes[range(index)]
    }
}
