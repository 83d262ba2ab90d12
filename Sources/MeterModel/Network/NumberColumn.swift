// SPDX-License-Identifier: Apache-2.0

/// Numbers below 2³² by their position, in as few bytes as their kind allows.
///
/// Numbers in equal steps, as those that count up or are all the same, take no room; others two bytes
/// each where all of them fit, else four.
public struct NumberColumn: Hashable, Sendable, RandomAccessCollection {
    @usableFromInline enum Form: UInt8, Sendable { case steps, narrow, wide }

    @usableFromInline let form: Form
    /// How many numbers there are.
    public let count: Int
    @usableFromInline let first: UInt32
    /// From one to the next; a step down is one up beyond 2³².
    @usableFromInline let step: UInt32
    @usableFromInline let narrow: [UInt16]
    @usableFromInline let wide: [UInt32]

    /// A column of these numbers; the same numbers make the same column.
    public init(_ numbers: [UInt32]) {
        count = numbers.count
        let (first, step) = NumberColumn.steps(numbers)
        var (last, place) = (first, 1)
        while place < numbers.count, numbers[place] == last &+ step {
            last = numbers[place]
            place += 1
        }
        if place >= numbers.count {
            (form, self.first, self.step) = (.steps, first, step)
            (narrow, wide) = ([], [])
            return
        }
        (self.first, self.step) = (0, 0)
        // In one loop without branches.
        if numbers.reduce(0, |) <= UInt32(UInt16.max) {
            form = .narrow
            (narrow, wide) = (numbers.map { UInt16(truncatingIfNeeded: $0) }, [])
        } else {
            form = .wide
            (narrow, wide) = ([], numbers)
        }
    }

    /// A column of numbers in equal steps, each of them modulo 2³².
    init(first: UInt32, step: UInt32, count: Int) {
        (form, self.count, narrow, wide) = (.steps, count, [], [])
        (self.first, self.step) = (count > 0 ? first : 0, count > 1 ? step : 0)
    }

    /// True where no number is below the one before it.
    var isAscending: Bool {
        guard count > 1, step > 0 || form != .steps else { return true }
        if form == .steps { return UInt64(count - 1) <= UInt64(UInt32.max - first) / UInt64(step) }
        return !(1..<count).contains { self[$0] < self[$0 - 1] }
    }

    private static func steps(_ numbers: [UInt32]) -> (first: UInt32, step: UInt32) {
        guard let first = numbers.first else { return (0, 0) }
        return (first, numbers.count > 1 ? numbers[1] &- first : 0)
    }

    /// The first position, 0.
    public var startIndex: Int { 0 }
    /// The position after the last.
    public var endIndex: Int { count }

    /// The number at a position.
    @inlinable @inline(__always)
    public subscript(position: Int) -> UInt32 {
        switch form {
        case .steps:
            precondition(position >= 0 && position < count, "a position is in the column")
            return first &+ step &* UInt32(truncatingIfNeeded: position)
        case .narrow: return UInt32(narrow[position])
        case .wide: return wide[position]
        }
    }

    /// The number at a position and the one after it: where something begins and ends.
    @inlinable @inline(__always)
    public func bounds(at position: Int) -> Range<Int> {
        switch form {
        case .steps:
            precondition(position >= 0 && position + 1 < count, "positions are in the column")
            let from = first &+ step &* UInt32(truncatingIfNeeded: position)
            return Int(from)..<Int(from &+ step)
        case .narrow: return Int(narrow[position])..<Int(narrow[position + 1])
        case .wide: return Int(wide[position])..<Int(wide[position + 1])
        }
    }
}
