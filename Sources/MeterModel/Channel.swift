// SPDX-License-Identifier: Apache-2.0

/// What a meter measures, as the value groups C, D and E of an OBIS code.
///
/// `1.8.0` is active energy import, `2.8.0` export, `3.8.0` and `4.8.0` reactive, `1.8.1` to `1.8.5`
/// the time-of-use registers 尖 峰 平 谷 深谷. Source: IEC 62056-61.
public struct ObisCode: Hashable, Sendable {
    /// Value group C: the physical quantity.
    public let c: UInt8
    /// Value group D: how it was processed; 8 is a time integral.
    public let d: UInt8
    /// Value group E: the tariff register, 0 for the total.
    public let e: UInt8

    /// A code from its value groups.
    public init(_ c: UInt8, _ d: UInt8, _ e: UInt8) {
        (self.c, self.d, self.e) = (c, d, e)
    }

    /// The code written as `1.8.0`; nil for any other form.
    public init?(_ text: some StringProtocol) {
        let groups = text.split(separator: ".", omittingEmptySubsequences: false)
        guard groups.count == 3, let c = UInt8(groups[0]), let d = UInt8(groups[1]),
            let e = UInt8(groups[2]), text.utf8.first != 0x2B
        else { return nil }
        self.init(c, d, e)
    }

    /// Active energy import, total.
    public static let activeImport = ObisCode(1, 8, 0)
    /// Active energy export, total.
    public static let activeExport = ObisCode(2, 8, 0)
    /// Reactive energy import, total.
    public static let reactiveImport = ObisCode(3, 8, 0)
    /// Reactive energy export, total.
    public static let reactiveExport = ObisCode(4, 8, 0)

    /// The unit that sums of this quantity are kept in.
    public var baseUnit: BaseUnit { c == 3 || c == 4 ? .kilovarHours : .kilowattHours }
}

extension ObisCode: CustomStringConvertible {
    /// The code as `1.8.0`.
    public var description: String { "\(c).\(d).\(e)" }
}

/// Whether a channel counts up for ever or gives the energy of each slot.
public enum ReadingKind: UInt8, Hashable, Sendable, CaseIterable {
    /// The energy of one slot.
    case interval = 0
    /// A cumulative register (示数) at a moment.
    case register = 1
}

/// One stream of one meter: quantity, the sender's register name where a format has several, kind.
///
/// Packed into 64 bits, so that columns hold channels as integers: bits 0 to 7 E, 8 to 15 D, 16 to 23
/// C, 24 the kind, 32 to 63 the register name in up to four ASCII bytes, the first highest.
public struct Channel: Hashable, Sendable, Comparable {
    /// The packed form; equal channels have equal bits, and their order is the channels' order.
    public let packed: UInt64

    /// The channel of these bits.
    public init(packed: UInt64) {
        self.packed = packed
    }

    /// A channel of a quantity without a register name.
    public init(_ obis: ObisCode, _ kind: ReadingKind) {
        packed =
            UInt64(kind.rawValue) << 24 | UInt64(obis.c) << 16 | UInt64(obis.d) << 8
            | UInt64(obis.e)
    }

    /// A channel with the sender's register name, up to four letters or digits; nil for other names.
    public init?(_ obis: ObisCode, _ kind: ReadingKind, register name: some StringProtocol) {
        guard name.utf8.count <= 4 else { return nil }
        var bits: UInt64 = 0
        for byte in name.utf8 {
            guard (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) else { return nil }
            bits = bits << 8 | UInt64(byte)
        }
        bits <<= UInt64(8 * (4 - name.utf8.count))
        packed = bits << 32 | Channel(obis, kind).packed
    }

    /// The quantity.
    public var obis: ObisCode {
        ObisCode(
            UInt8(truncatingIfNeeded: packed >> 16), UInt8(truncatingIfNeeded: packed >> 8),
            UInt8(truncatingIfNeeded: packed))
    }

    /// Register or interval.
    public var kind: ReadingKind { packed >> 24 & 1 == 1 ? .register : .interval }

    /// The sender's register name such as `E1`; empty where the format has one per quantity.
    public var registerName: String {
        let bytes = (0..<4).map { UInt8(truncatingIfNeeded: packed >> UInt64(56 - 8 * $0)) }
        return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }

    /// By quantity, kind and register name, as packed.
    public static func < (left: Channel, right: Channel) -> Bool { left.packed < right.packed }
}

extension Channel: CustomStringConvertible {
    /// `1.8.0`, or `1.8.0:E1` with a register name; the kind is not part of the text.
    public var description: String {
        registerName.isEmpty ? obis.description : "\(obis):\(registerName)"
    }

    /// A channel written as `1.8.0` or `1.8.0:E1`; nil for any other form.
    public init?(_ text: String, kind: ReadingKind) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let obis = ObisCode(parts[0]) else { return nil }
        self.init(obis, kind, register: parts.count == 2 ? String(parts[1]) : "")
    }
}
