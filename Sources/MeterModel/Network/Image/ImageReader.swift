// SPDX-License-Identifier: Apache-2.0

import Quantities

/// Reads what `ImageWriter` wrote, piece by piece; whatever is not in its range is damage, never a trap.
struct ImageReader {
    private let next: () throws -> [UInt8]?
    /// At least as many as all pieces have.
    private let size: Int
    /// How many pieces were taken.
    private var pieces = 0
    /// Bytes of the pieces taken last; those of earlier ones are gone.
    private var bytes: [UInt8] = []
    private var position = 0
    /// How many bytes were before these.
    private var before = 0

    /// Checks the head.
    init(size: Int, _ next: @escaping () throws -> [UInt8]?) throws(NetworkImageError) {
        (self.size, self.next) = (size, next)
        let head = NetworkImageFrame.head
        let first = try takePiece() ?? []
        guard first.starts(with: head.dropLast()) else { throw .damaged(byte: 0) }
        guard first.starts(with: head) else { throw .otherVersion }
        try append(first)
        position = head.count
    }

    /// What is thrown where the bytes just read cannot be right.
    var damage: NetworkImageError { .damaged(byte: before + position) }

    /// Throws unless all bytes were read.
    mutating func finish() throws(NetworkImageError) {
        guard position == bytes.count, try takePiece() == nil else { throw damage }
    }

    private func takePiece() throws(NetworkImageError) -> [UInt8]? {
        do { return try next() } catch { throw damage }
    }

    /// Makes so many bytes readable, where there are as many.
    @inline(__always)
    private mutating func fill(_ count: Int) throws(NetworkImageError) {
        if bytes.count - position < count { try takePieces(count) }
    }

    @inline(never)
    private mutating func takePieces(_ count: Int) throws(NetworkImageError) {
        bytes.removeSubrange(..<position)
        before += position
        position = 0
        while bytes.count < count, let piece = try takePiece() { try append(piece) }
    }

    /// Checks the sum of a piece and takes the rest.
    private mutating func append(_ piece: [UInt8]) throws(NetworkImageError) {
        let end = piece.count - NetworkImageFrame.sumBytes
        guard end > 0 else { throw damage }
        let written = piece[end...].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard written == NetworkImageFrame.sum(of: piece.span.extracting(..<end), at: pieces)
        else { throw damage }
        bytes += piece[..<end]
        pieces += 1
    }

    mutating func number(
        _ range: some RangeExpression<Int64>
    ) throws(NetworkImageError) -> Int64 {
        let value = try anyNumber()
        guard range.contains(value) else { throw damage }
        return value
    }

    /// How many bytes may follow.
    private var left: Int { size - before - position }

    /// How many elements follow: each takes at least a byte, and a run of a column two.
    mutating func count() throws(NetworkImageError) -> Int {
        let count = try number(0...Int64(size) * Int64(UInt8.max))
        guard count <= left * Int(UInt8.max) else { throw damage }
        return Int(count)
    }

    mutating func word() throws(NetworkImageError) -> UInt64 {
        try fill(8)
        guard bytes.count - position >= 8 else { throw damage }
        var value: UInt64 = 0
        for shift in 0..<8 { value |= UInt64(bytes[position + shift]) << UInt64(8 * shift) }
        position += 8
        return value
    }

    /// The numbers of a column.
    ///
    /// - Parameter range: What each must be in; it fits `Number`.
    mutating func column<Number: FixedWidthInteger>(
        _ count: Int, _ range: some RangeExpression<Int64>
    ) throws(NetworkImageError) -> [Number] {
        var column = [Number](repeating: 0, count: count)
        var (filled, value) = (0, 0 as Int64)
        while filled < count {
            let (step, length) = try run(after: value, atMost: count - filled, range)
            var numbers = column.mutableSpan
            for index in filled..<(filled + length) {
                value &+= step
                numbers[index] = Number(truncatingIfNeeded: value)
            }
            filled += length
        }
        return column
    }

    /// A column of indexes below `limit`, or of numbers up to 2³² − 1.
    mutating func column(
        _ count: Int, below limit: Int = 1 << 32
    ) throws(NetworkImageError) -> [UInt32] {
        try column(count, ImageReader.indexes(below: limit))
    }

    /// The numbers of a column by their lowest 32 bits; those in equal steps are not looked at one by
    /// one.
    mutating func numbers(
        _ count: Int, _ range: some RangeExpression<Int64>
    ) throws(NetworkImageError) -> NumberColumn {
        // Empty as long as all are in equal steps.
        var column: [UInt32] = []
        var (filled, first, value) = (0, 0 as Int64, 0 as Int64)
        var common: Int64?
        while filled < count {
            let (step, length) = try run(after: value, atMost: count - filled, range)
            if column.isEmpty, filled == 0 || common == nil || common == step {
                if filled == 0 { first = step }
                // The first number's distance from zero is none of the steps.
                if filled > 0 || length > 1 { common = step }
                value &+= step &* Int64(length)
            } else {
                if column.isEmpty {
                    column.reserveCapacity(count)
                    for place in 0..<Int64(filled) {
                        column.append(
                            UInt32(truncatingIfNeeded: first &+ place &* (common ?? 0)))
                    }
                }
                for _ in 0..<length {
                    value &+= step
                    column.append(UInt32(truncatingIfNeeded: value))
                }
            }
            filled += length
        }
        guard column.isEmpty else { return NumberColumn(column) }
        return NumberColumn(
            first: UInt32(truncatingIfNeeded: first),
            step: UInt32(truncatingIfNeeded: common ?? 0), count: count)
    }

    /// A column of indexes below `limit`, or of numbers up to 2³² − 1.
    mutating func numbers(
        _ count: Int, below limit: Int = 1 << 32
    ) throws(NetworkImageError) -> NumberColumn {
        try numbers(count, ImageReader.indexes(below: limit))
    }

    /// The next run of a column: so many numbers, each a step after the one before.
    private mutating func run(
        after value: Int64, atMost most: Int, _ range: some RangeExpression<Int64>
    ) throws(NetworkImageError) -> (step: Int64, length: Int) {
        let step = try anyNumber()
        guard position < bytes.count, case let length = Int(bytes[position]), length > 0,
            length <= most
        else { throw damage }
        position += 1
        let first = value &+ step
        let (travel, isFar) = step.multipliedReportingOverflow(by: Int64(length - 1))
        let (last, isBeyond) = first.addingReportingOverflow(travel)
        // All others are between the first and the last.
        guard !isFar, !isBeyond, range.contains(first), range.contains(last) else { throw damage }
        return (step, length)
    }

    /// The range of an index; where there is nothing to point to, it is empty.
    static func indexes(below limit: Int) -> Range<Int64> { 0..<Int64(limit) }

    mutating func periods(_ count: Int) throws(NetworkImageError) -> Network.Periods {
        let distinct = try self.count()
        let from: [Int64] = try column(distinct, .min ... .max)
        let to: [Int64] = try column(distinct, .min ... .max)
        for (from, to) in zip(from, to) where from >= to { throw damage }
        return Network.Periods(
            distinct: zip(from, to).map { Network.Period(from: $0, to: $1) },
            numbers: try numbers(count, below: distinct))
    }

    mutating func raw() throws(NetworkImageError) -> [UInt8] {
        let count = try count()
        guard count <= left else { throw damage }
        var body: [UInt8] = []
        body.reserveCapacity(count)
        while body.count < count {
            try fill(1)
            let part = min(count - body.count, bytes.count - position)
            guard part > 0 else { throw damage }
            body += bytes[position..<position + part]
            position += part
        }
        return body
    }

    mutating func text() throws(NetworkImageError) -> String {
        String(decoding: try raw(), as: UTF8.self)
    }

    mutating func exact() throws(NetworkImageError) -> Exact {
        let numerator = Int128(try word()) | Int128(truncatingIfNeeded: try word()) << 64
        let denominator = Int128(try word()) | Int128(truncatingIfNeeded: try word()) << 64
        return denominator == 0 ? .overflow : Exact(numerator, over: denominator)
    }

    mutating func optional() throws(NetworkImageError) -> Exact? {
        try number(0...1) == 0 ? nil : try exact()
    }

    mutating func choice<Word: CaseIterable>(_: Word.Type) throws(NetworkImageError) -> Word {
        let words = Array(Word.allCases)
        return words[Int(try number(0...Int64(words.count) - 1))]
    }

    mutating func identifiers() throws(NetworkImageError) -> IdentifierTable {
        let count = try count()
        let places = try numbers(count + 1)
        let order = try numbers(count, below: count)
        let body = try raw()
        guard places[0] == 0, places.isAscending, Int(places[count]) == body.count else {
            throw damage
        }
        let table = IdentifierTable(bytes: body, places: places, order: order)
        // Strictly ascending: each id is there once, and no two are the same.
        guard table.isOrdered else { throw damage }
        return table
    }

    @inline(__always)
    private mutating func anyNumber() throws(NetworkImageError) -> Int64 {
        // A number, and the length of its run.
        try fill(11)
        var bits: UInt64 = 0
        var shift: UInt64 = 0
        while position < bytes.count, shift < 64 {
            let byte = bytes[position]
            position += 1
            bits |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return Int64(bitPattern: bits >> 1) ^ -Int64(bits & 1) }
            shift += 7
        }
        throw damage
    }
}
