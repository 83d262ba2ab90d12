// SPDX-License-Identifier: Apache-2.0

import Quantities

/// Why bytes are not the image of a network; the network is then made from its rows.
public enum NetworkImageError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Another version of the program wrote it.
    case otherVersion
    /// Bytes are missing or are not what was written; `byte` is where that was seen.
    case damaged(byte: Int)
    /// The system knows other times of this zone than when the network was imported.
    case changedZone(String)
    /// A zone of the network could not be read.
    case zone(TimeZoneError)

    /// What is wrong.
    public var description: String {
        switch self {
        case .otherVersion: "the image of the network is of another version"
        case .damaged(let byte): "the image of the network is damaged at byte \(byte)"
        case .changedZone(let name): "the clock of \(name) has changed since the network's import"
        case .zone(let error): error.description
        }
    }
}

/// What stands around the columns of an image.
enum NetworkImageFrame {
    /// The first bytes: a name, and the version of what follows.
    static let head = Array("TWNI".utf8) + [4]
    /// How many bytes at the end of a piece hold the sum of its place and of those before.
    static let sumBytes = 8

    /// The sum of a piece: one in another place has another.
    static func sum(of piece: Span<UInt8>, at place: Int) -> UInt64 {
        var sum = ImageSum()
        sum.add(Int64(place))
        sum.add(piece)
        return sum.value
    }
}

/// A sum over bytes and numbers: sees what a disk or a copy got wrong.
///
/// FNV-1a that takes eight bytes at a time, with a shift so that high bits reach low ones too.
/// Source: Fowler, Noll, Vo; draft-eastlake-fnv.
struct ImageSum {
    private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func add(_ bytes: Span<UInt8>) {
        var place = 0
        while place + 8 <= bytes.count {
            add(bytes.word(at: place))
            place += 8
        }
        while place < bytes.count {
            add(UInt64(bytes[place]))
            place += 1
        }
    }

    mutating func add(_ number: Int64) {
        add(UInt64(bitPattern: number))
    }

    private mutating func add(_ word: UInt64) {
        value = (value ^ word) &* 0x100_0000_01B3
        value ^= value >> 32
    }

    /// The sum of a zone's changes.
    static func of(_ zone: TimeZoneTable) -> UInt64 {
        var sum = ImageSum()
        for transition in zone.transitions { sum.add(transition) }
        for offset in zone.offsets { sum.add(Int64(offset)) }
        return sum.value
    }
}
