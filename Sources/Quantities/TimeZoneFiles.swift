// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// Why a time zone could not be read.
public enum TimeZoneError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The system has no zone of this name.
    case unknown(String)
    /// The system's file of this zone is not a TZif file.
    case malformed(String)

    /// What is wrong and how to mend it.
    public var description: String {
        switch self {
        case .unknown(let name):
            "no time zone '\(name)': use an IANA name such as Asia/Shanghai, and install tzdata"
        case .malformed(let name):
            "the system's time zone file for '\(name)' is damaged: reinstall tzdata"
        }
    }
}

extension TimeZoneTable {
    /// The zone of an IANA name from the system's files; `UTC` and `+08:00` need none.
    public static func named(_ name: String) throws(TimeZoneError) -> TimeZoneTable {
        if name == "UTC" || name == "Z" { return TimeZoneTable(name: "UTC", fixedOffset: 0) }
        if let ahead = Instant.offset(Array(name.utf8)[...]) {
            return TimeZoneTable(name: name, fixedOffset: ahead)
        }
        let safe = name.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
                || (0x61...0x7A).contains(byte) || "/_+-".utf8.contains(byte)
        }
        guard safe, !name.isEmpty, !name.hasPrefix("/"),
            let data = try? Data(contentsOf: URL(filePath: "/usr/share/zoneinfo/" + name))
        else { throw .unknown(name) }
        guard let table = TimeZoneTable(name: name, tzif: [UInt8](data)) else {
            throw .malformed(name)
        }
        return table
    }

    /// A table from the bytes of a TZif file of version 2 or later; nil where they are not one.
    ///
    /// Source: RFC 8536 §3.
    init?(name: String, tzif bytes: [UInt8]) {
        func number(_ position: Int, _ width: Int) -> Int64? {
            guard position >= 0, position + width <= bytes.count else { return nil }
            var value: UInt64 = 0
            for byte in bytes[position..<(position + width)] { value = value << 8 | UInt64(byte) }
            return width == 4 ? Int64(Int32(truncatingIfNeeded: value)) : Int64(bitPattern: value)
        }
        /// The six counts of the header at `position`, in the order of the standard.
        func counts(_ position: Int) -> [Int]? {
            guard position + 44 <= bytes.count,
                bytes[position..<(position + 4)] == [0x54, 0x5A, 0x69, 0x66]
            else { return nil }
            let values = (0..<6).compactMap { number(position + 20 + $0 * 4, 4) }.map(Int.init)
            return values.allSatisfy({ (0...100_000).contains($0) }) ? values : nil
        }
        // A version 1 block with 4-byte times stands first; the block with 8-byte times follows it.
        guard let first = counts(0), bytes[4] >= UInt8(ascii: "2") else { return nil }
        let skip = 44 + first[3] * 5 + first[4] * 6 + first[5] + first[2] * 8 + first[1] + first[0]
        guard let second = counts(skip) else { return nil }
        let (timeCount, typeCount) = (second[3], second[4])
        let times = skip + 44
        let indexes = times + timeCount * 8
        let types = indexes + timeCount
        guard types + typeCount * 6 <= bytes.count, typeCount > 0 else { return nil }
        func typeOffset(_ type: Int) -> Int32? {
            type < typeCount
                ? number(types + type * 6, 4).map(Int32.init(truncatingIfNeeded:)) : nil
        }
        var transitions: [Int64] = []
        guard let before = typeOffset(0) else { return nil }
        var offsets: [Int32] = [before]
        for entry in 0..<timeCount {
            guard let time = number(times + entry * 8, 8),
                let offset = typeOffset(Int(bytes[indexes + entry]))
            else { return nil }
            transitions.append(time)
            offsets.append(offset)
        }
        self.init(name: name, transitions: transitions, offsets: offsets)
    }
}
