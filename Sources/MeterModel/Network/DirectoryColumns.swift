// SPDX-License-Identifier: Apache-2.0

/// What ids in files can stand for, in columns without an object per id.
public struct DirectoryColumns: Hashable, Sendable {
    /// All ids, one after the other.
    public private(set) var idBytes: [UInt8] = []
    /// Where ids begin in `idBytes`. Shape: `[entry + 1]`.
    public private(set) var idPlaces: [UInt32] = [0]
    /// Where the spans of each entry begin in `spans`; entries may share them. Shape: `[entry]`.
    public private(set) var spanStarts: [UInt32] = []
    /// Where the spans of each entry end. Shape: `[entry]`.
    public private(set) var spanEnds: [UInt32] = []
    /// All spans, those of one entry together and in order of time.
    public private(set) var spans: [DirectorySpan] = []

    /// How many entries there are.
    public var count: Int { spanStarts.count }

    /// No entries, with room for some.
    init(entries: Int, idBytes: Int, spans: Int) {
        self.idBytes.reserveCapacity(idBytes)
        idPlaces.reserveCapacity(entries + 1)
        spanStarts.reserveCapacity(entries)
        spanEnds.reserveCapacity(entries)
        self.spans.reserveCapacity(spans)
    }

    /// The columns of some entries, in their order.
    public init(_ entries: [DirectoryEntry]) {
        self.init(entries: entries.count, idBytes: 0, spans: entries.count)
        for entry in entries {
            for span in entry.spans { append(span) }
            endEntry(spansFrom: spans.count - entry.spans.count, to: spans.count)
        }
        append(idsOf: IdentifierTable(entries.map(\.id))) { _ in true }
    }

    /// Takes a span for the entry that is ended next.
    mutating func append(_ span: DirectorySpan) { spans.append(span) }

    /// Lets the last span of the entry that is ended next go on.
    mutating func extendLastSpan(to end: Int64) { spans[spans.count - 1].to = end }

    /// Takes an entry with spans that are there; its id follows.
    mutating func endEntry(spansFrom start: Int, to end: Int) {
        spanStarts.append(UInt32(start))
        spanEnds.append(UInt32(end))
    }

    /// Takes the ids of the entries since the last ids: those of a table that are wanted.
    mutating func append(idsOf table: IdentifierTable, where isWanted: (Int) -> Bool) {
        var index = 0
        while index < table.count {
            let first = index
            while index < table.count, isWanted(index) { index += 1 }
            if first == index {
                index += 1
                continue
            }
            // Neighbours in the table are neighbours here.
            let from = table.range(first).lowerBound
            let shift = idBytes.count - from
            idBytes.append(contentsOf: table.bytes[from..<Int(table.ends[index - 1])])
            precondition(idBytes.count <= Int(UInt32.max), "ids have less than 4 GiB together")
            for end in table.ends[first..<index] { idPlaces.append(UInt32(Int(end) + shift)) }
        }
    }
}
