// SPDX-License-Identifier: Apache-2.0

import MeterModel

/// The ids of one kind of entries, as they stand in the network.
struct EntryIDs: Sendable {
    private let bytes: [UInt8]
    /// Where each id begins in `bytes`, and where the last ends.
    private let places: NumberColumn
    /// How many there are.
    let count: Int

    init(_ table: IdentifierTable) {
        bytes = table.bytes
        places = table.places
        count = table.count
    }

    /// True where a range of bytes is the id at a position.
    @inline(__always)
    func isID(at position: Int, _ other: RawSpan, _ from: Int, _ to: Int) -> Bool {
        let place = places.bounds(at: position)
        // SAFETY: bytes of an array are always initialized.
        return unsafe other.equals(
            from, to, bytes.span.bytes, place.lowerBound, place.upperBound)
    }
}
