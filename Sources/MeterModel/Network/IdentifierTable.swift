// SPDX-License-Identifier: Apache-2.0

/// Ids by their index, and indexes by their id, in one buffer of bytes.
///
/// An id costs its bytes, four more where ids differ in length, and four where they are not sorted;
/// finding one is a binary search.
public struct IdentifierTable: Hashable, Sendable {
    /// All ids, one after the other.
    public let bytes: [UInt8]
    /// Where each id begins in `bytes`, and where the last ends. Shape: `[index + 1]`.
    public let places: NumberColumn
    /// The indexes in order of their ids' bytes. Shape: `[index]`.
    let order: NumberColumn

    /// A table of distinct ids; the index of an id is its position.
    public init(_ ids: [String]) {
        var bytes: [UInt8] = []
        var places: [UInt32] = [0]
        places.reserveCapacity(ids.count + 1)
        for id in ids {
            bytes += id.utf8
            precondition(bytes.count <= Int(UInt32.max), "ids have less than 4 GiB together")
            places.append(UInt32(bytes.count))
        }
        // Ids mostly come sorted, which one pass sees.
        let unsorted = IdentifierTable(
            bytes: bytes, places: NumberColumn(places),
            order: NumberColumn(Array(0..<UInt32(ids.count))))
        if unsorted.isOrdered {
            self = unsorted
        } else {
            let order = unsorted.order.sorted {
                unsorted.compare(Int($0), with: unsorted, Int($1)) < 0
            }
            self.init(bytes: bytes, places: unsorted.places, order: NumberColumn(order))
        }
    }

    /// A table from its parts, which must fit.
    init(bytes: [UInt8], places: NumberColumn, order: NumberColumn) {
        self.bytes = bytes
        self.places = places
        self.order = order
    }

    /// How many ids there are.
    public var count: Int { order.count }

    /// The id of an index.
    public subscript(index: Int) -> String { String(decoding: bytes[range(index)], as: UTF8.self) }

    /// The index of an id, or nil where it is not in the table.
    public func index(of id: String) -> Int? {
        let wanted = id.utf8
        var (low, high) = (0, order.count)
        while low < high {
            let middle = (low + high) / 2
            let candidate = bytes[range(Int(order[middle]))]
            if candidate.elementsEqual(wanted) { return Int(order[middle]) }
            if candidate.lexicographicallyPrecedes(wanted) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return nil
    }

    /// The index of an id, or nil where it is not in the table.
    ///
    /// - Parameter guess: Where it may be, such as after the one found last.
    public func index(of id: String, guess: Int) -> Int? {
        if guess < count {
            let candidate = bytes.span.extracting(range(guess))
            if candidate.isEqual(to: id.utf8Span.span) { return guess }
        }
        return index(of: id)
    }

    /// Which ids of another table this one has too. Shape: `[index of the other]`.
    func contains(eachOf other: IdentifierTable) -> [Bool] {
        var found = [Bool](repeating: false, count: other.count)
        guard count > 0, other.count > 0 else { return found }
        // Ids of one kind mostly begin otherwise than those of another, and then all stand before them.
        var (mine, theirs) = (0, 0)
        if compare(Int(order[count - 1]), with: other, Int(other.order[0])) < 0 { mine = count }
        if compare(Int(order[0]), with: other, Int(other.order[other.count - 1])) > 0 {
            theirs = other.count
        }
        while mine < order.count, theirs < other.order.count {
            let their = Int(other.order[theirs])
            let difference = compare(Int(order[mine]), with: other, their)
            if difference == 0 { found[their] = true }
            if difference <= 0 { mine += 1 }
            if difference >= 0 { theirs += 1 }
        }
        return found
    }

    /// True where `order` names ids in strictly ascending order of their bytes.
    var isOrdered: Bool {
        guard count > 0 else { return true }
        let bytes = bytes.span
        var last = range(Int(order[0]))
        for place in 1..<count {
            let next = range(Int(order[place]))
            if bytes.extracting(last).difference(from: bytes.extracting(next)) >= 0 { return false }
            last = next
        }
        return true
    }

    /// Below 0 where the id's bytes come before those of the other, 0 where they are equal.
    private func compare(_ index: Int, with other: IdentifierTable, _ otherIndex: Int) -> Int {
        bytes.span.extracting(range(index))
            .difference(from: other.bytes.span.extracting(other.range(otherIndex)))
    }

    /// Where an id stands in `bytes`.
    @inline(__always)
    func range(_ index: Int) -> Range<Int> { places.bounds(at: index) }
}

extension Span<UInt8> {
    /// True where these bytes are those of the other.
    @inline(__always)
    fileprivate func isEqual(to other: Span<UInt8>) -> Bool {
        count == other.count && difference(from: other) == 0
    }

    /// Below 0 where these bytes come before others, 0 where they are equal.
    @inline(__always)
    fileprivate func difference(from other: Span<UInt8>) -> Int {
        let shared = Swift.min(count, other.count)
        var offset = 0
        while offset < shared {
            if shared >= 8 {
                // The last eight may be some once more: those are equal.
                offset = Swift.min(offset, shared - 8)
                let (mine, theirs) = (word(at: offset), other.word(at: offset))
                if mine != theirs { return mine < theirs ? -1 : 1 }
                offset += 8
            } else {
                if self[offset] != other[offset] {
                    return Int(self[offset]) - Int(other[offset])
                }
                offset += 1
            }
        }
        return count - other.count
    }

    /// Eight bytes from a place on, the first highest, so that words compare as their bytes do.
    @inline(__always)
    func word(at place: Int) -> UInt64 {
        let bytes = extracting(place..<(place + 8))
        var word: UInt64 = 0
        for offset in 0..<8 { word = word << 8 | UInt64(bytes[offset]) }
        return word
    }
}
