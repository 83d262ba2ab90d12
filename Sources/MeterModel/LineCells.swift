// SPDX-License-Identifier: Apache-2.0

/// Which cells of a line are wanted.
public enum LineCells: Hashable, Sendable {
    /// The whole line.
    case all
    /// The cells of some ranges, counted from 0 at the line's first cell.
    case some([Range<Int>])

    /// True where a cell is wanted.
    ///
    /// - Parameter cell: Its place in the line, from 0.
    public func contains(_ cell: Int) -> Bool {
        switch self {
        case .all: true
        case .some(let ranges): ranges.contains { $0.contains(cell) }
        }
    }

    /// How many of a range of cells are wanted.
    public func count(of cells: Range<Int>) -> Int {
        self == .all ? cells.count : cells.count(where: contains)
    }
}
