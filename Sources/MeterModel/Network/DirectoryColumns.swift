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
            append(id: Array(entry.id.utf8)[...], spans: entry.spans)
        }
    }

    /// Takes an entry with spans of its own.
    mutating func append(id: ArraySlice<UInt8>, spans own: [DirectorySpan]) {
        spans.append(contentsOf: own)
        append(id: id, spansFrom: spans.count - own.count, to: spans.count)
    }

    /// Takes an entry with spans that are there.
    mutating func append(id: ArraySlice<UInt8>, spansFrom start: Int, to end: Int) {
        idBytes.append(contentsOf: id)
        precondition(idBytes.count <= Int(UInt32.max), "ids have less than 4 GiB together")
        idPlaces.append(UInt32(idBytes.count))
        spanStarts.append(UInt32(start))
        spanEnds.append(UInt32(end))
    }
}
