// SPDX-License-Identifier: Apache-2.0

import Quantities

/// The rejections of one text that are tried again, in the order of their lines.
///
/// A file may hold millions of them, so each takes some bytes: differences to the one before, seven
/// bits a byte. Every so often a mark allows reading to begin there.
public struct RetriedRejections: Sendable {
    /// One rejection.
    public struct Entry: Hashable, Sendable {
        /// What the store knows it by.
        public var number: Int64
        /// The line, from 1.
        public var line: Int
        /// The first of its cells in the line, from 1; nil where the whole line is meant.
        public var cell: Int?
        /// How many value cells it stands for; without a gap where there is a first one.
        public var readings: Int
        /// Why it was refused; a curable code.
        public var code: RejectionCode

        /// A rejection from its parts.
        public init(number: Int64, line: Int, cell: Int?, readings: Int, code: RejectionCode) {
            self.number = number
            self.line = line
            self.cell = cell
            self.readings = readings
            self.code = code
        }
    }

    private(set) var bytes: [UInt8] = []
    private var marks: [Place] = []
    private var end = Place()

    /// Where an entry begins, and what the differences in it are relative to.
    private struct Place {
        var byte = 0
        var index = 0
        var number: Int64 = 0
        var line = 0
    }

    /// Entries from one mark to the next: few enough to read over, many enough to cost no memory.
    private static let stride = 64

    /// In front of the difference in lines: a bit for what is kept, then the place of the code among
    /// the curable ones.
    private static let (keptBit, codeBits, lineShift): (UInt64, UInt64, UInt64) = (1, 7, 4)

    /// No rejections.
    public init() {}

    /// Adds a rejection of the last line or of a later one.
    public mutating func append(_ entry: Entry) {
        precondition(entry.line >= end.line, "rejections come in the order of lines")
        if end.index.isMultiple(of: RetriedRejections.stride) { marks.append(end) }
        guard let code = RejectionCode.curable.firstIndex(of: entry.code) else {
            preconditionFailure("only what is curable is tried again")
        }
        let head = UInt64(entry.line - end.line) << RetriedRejections.lineShift
        write(head | UInt64(code) << 1)
        write(UInt64(entry.cell ?? 0))
        write(UInt64(entry.readings))
        let difference = entry.number - end.number
        write(UInt64(bitPattern: (difference << 1) ^ (difference >> 63)))
        end = Place(
            byte: bytes.count, index: end.index + 1, number: entry.number, line: entry.line)
    }

    /// The rejections of a line, as a cursor tells them.
    public func entries(ofLine line: Int) -> [Entry] {
        var (entries, place) = ([Entry](), place(before: line))
        while place.line <= line, place.byte < end.byte {
            let entry = read(&place).entry
            if entry.line == line { entries.append(entry) }
        }
        return entries
    }

    /// Leaves the rejections of a line as they are: trying them again changed nothing.
    public mutating func keep(line: Int) {
        var place = place(before: line)
        while place.line <= line, place.byte < end.byte {
            let start = place.byte
            if read(&place).entry.line == line {
                bytes[start] |= UInt8(RetriedRejections.keptBit)
            }
        }
    }

    /// Calls `body` for each rejection that was not kept: it is closed.
    public func forEachClosed(_ body: (Entry) throws -> Void) rethrows {
        var place = Place()
        while place.byte < end.byte {
            let (entry, isKept) = read(&place)
            if !isKept { try body(entry) }
        }
    }

    private mutating func write(_ number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// The last mark before all entries of a line.
    private func place(before line: Int) -> Place {
        let first = marks.indices.partition { marks[$0].line >= line }
        return first > 0 ? marks[first - 1] : Place()
    }

    /// Reads the entry at a place and goes on to the next.
    private func read(_ place: inout Place) -> (entry: Entry, isKept: Bool) {
        func number() -> UInt64 {
            var (number, shift) = (0 as UInt64, 0 as UInt64)
            while true {
                let byte = bytes[place.byte]
                place.byte += 1
                number |= UInt64(byte & 0x7F) << shift
                if byte < 0x80 { return number }
                shift += 7
            }
        }
        let head = number()
        let (cell, readings, zigzag) = (Int(number()), Int(number()), number())
        place.line += Int(head >> RetriedRejections.lineShift)
        place.number += Int64(bitPattern: (zigzag >> 1) ^ (0 &- (zigzag & 1)))
        place.index += 1
        let entry = Entry(
            number: place.number, line: place.line, cell: cell == 0 ? nil : cell,
            readings: readings,
            code: RejectionCode.curable[Int(head >> 1 & RetriedRejections.codeBits)])
        return (entry, head & RetriedRejections.keptBit != 0)
    }
}

extension RetriedRejections {
    /// Looks lines up; cheap where they are asked for in order, and never dear.
    public struct Cursor: Sendable {
        private let list: RetriedRejections
        /// The place behind the entries of `line`.
        private var next = Place()
        private var line = 0
        private var entries: [Entry] = []
        private var isLineKept = false

        /// A cursor at the beginning of a list.
        public init(_ list: RetriedRejections) {
            self.list = list
        }

        /// The rejections of a line; none where it is not tried again.
        public mutating func entries(ofLine wanted: Int) -> [Entry] {
            seek(wanted)
            return entries
        }

        /// The cells of a line that are tried again; nil for none.
        public mutating func cells(ofLine wanted: Int) -> LineCells? {
            seek(wanted)
            if entries.isEmpty { return nil }
            var ranges: [Range<Int>] = []
            for entry in entries {
                guard let cell = entry.cell else { return .all }
                ranges.append((cell - 1)..<(cell - 1 + entry.readings))
            }
            return .some(ranges)
        }

        /// True where the rejections of a line are left as they are.
        public mutating func isKept(line wanted: Int) -> Bool {
            seek(wanted)
            return isLineKept
        }

        private mutating func seek(_ wanted: Int) {
            if wanted == line { return }
            // Lines between this mark and the next are nearer than any mark.
            let nextMark = (next.index + stride - 1) / stride
            let isNear = nextMark >= list.marks.count || list.marks[nextMark].line >= wanted
            if wanted < line || !isNear { next = list.place(before: wanted) }
            (line, isLineKept) = (wanted, false)
            entries.removeAll(keepingCapacity: true)
            while next.byte < list.end.byte {
                var after = next
                let (entry, isKept) = list.read(&after)
                if entry.line > wanted { return }
                next = after
                if entry.line == wanted {
                    entries.append(entry)
                    isLineKept = isKept
                }
            }
        }
    }
}
