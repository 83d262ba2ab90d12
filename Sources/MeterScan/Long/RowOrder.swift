// SPDX-License-Identifier: Apache-2.0

/// In which order the rows of a file's series come: one after the other, or taking turns.
struct RowOrder {
    /// The series of the last row, or -1.
    private(set) var current: Int32 = -1
    /// True where the last row was of another series than the one before it.
    private(set) var isInterleaved = false
    /// How many series take turns: the longest way back from one to one that was there before.
    private(set) var turn: Int32 = 1
    /// How many rows of the current series came in a row.
    private var visit = 0
    /// How many rows of the series before it came in a row.
    private(set) var lastVisit = 0

    /// Takes notice of rows of a series.
    @inline(__always)
    mutating func visit(_ position: Int32, rows: Int) {
        if position == current {
            isInterleaved = false
            visit &+= rows
        } else {
            isInterleaved = rows == 1
            turn = max(turn, current &- position &+ 1)
            current = position
            (lastVisit, visit) = (visit, rows)
        }
    }
}
