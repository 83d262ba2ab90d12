// SPDX-License-Identifier: Apache-2.0

/// Where a file's strips are in a batch that is emptied again and again, but for the last ones.
///
/// Strips are numbered through the file, so that series keep their places when the strips move.
struct BatchPlaces {
    /// The number of the batch's first strip; those before are gone.
    private var firstStrip = 0
    /// How far cells have moved. A batch has fewer than 2³², so that wrapping numbers tell them apart.
    private var firstCell: UInt32 = 0

    /// True for a strip that is in the batch; -1 is none.
    @inline(__always)
    func holds(_ strip: Int) -> Bool { strip >= firstStrip }

    /// The number of the strip at an index.
    func strip(at index: Int) -> Int { firstStrip + index }

    /// The index of a strip that is in the batch.
    func index(ofStrip strip: Int) -> Int { strip - firstStrip }

    /// What the cells of a strip that begins at an index with this slot are found by.
    func base(_ cell: Int, slot: Int32) -> UInt32 {
        UInt32(truncatingIfNeeded: cell) &- UInt32(slot) &+ firstCell
    }

    /// The index of the cell of a slot, in a strip of this base that is in the batch.
    @inline(__always)
    func cell(_ base: UInt32, _ slot: Int32) -> Int {
        Int(base &+ UInt32(truncatingIfNeeded: slot) &- firstCell)
    }

    /// Takes notice that a strip, with its first cell, has become the first of the batch.
    mutating func cut(before strip: Int, cell: Int) {
        firstStrip += strip
        firstCell &+= UInt32(cell)
    }
}
