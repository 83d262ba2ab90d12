// SPDX-License-Identifier: Apache-2.0

/// How much a delivered value can be trusted, coarsely: the order that law 2 compares by.
public enum QualityClass: UInt8, Hashable, Sendable, Comparable, CaseIterable {
    /// The sender says that there is no value.
    case missing = 1
    /// Estimated or substituted, by the sender or by us.
    case estimated = 2
    /// Read from the meter.
    case actual = 3

    /// The less trusted comes first.
    public static func < (left: QualityClass, right: QualityClass) -> Bool {
        left.rawValue < right.rawValue
    }
}

/// The quality of one value: the sender's letter with method and reason, and what it means to us.
///
/// Packed into 32 bits, so that columns hold qualities as integers; 0 means that no cell was
/// delivered. Bits 0 to 7: the letter in ASCII; 8 to 15: method + 1, 0 for none; 16 to 23: reason
/// + 1, 0 for none; 24 to 27: the class.
public struct Quality: Hashable, Sendable {
    /// The packed form; 0 where no cell was delivered.
    public let packed: UInt32

    /// The quality of these bits.
    public init(packed: UInt32) {
        self.packed = packed
    }

    /// A quality of the sender's letter `A`, `E`, `S`, `F` or `N`, else nil.
    ///
    /// - Parameters:
    ///   - letter: The sender's letter. Source: AEMO MDFF; `N` is missing.
    ///   - method: The sender's two-digit method, or nil.
    ///   - reason: The sender's reason code (0 to 254), or nil.
    public init?(letter: UInt8, method: Int? = nil, reason: Int? = nil) {
        let qualityClass: QualityClass
        switch letter {
        case UInt8(ascii: "A"): qualityClass = .actual
        case UInt8(ascii: "E"), UInt8(ascii: "S"), UInt8(ascii: "F"): qualityClass = .estimated
        case UInt8(ascii: "N"): qualityClass = .missing
        default: return nil
        }
        packed =
            UInt32(letter) | UInt32(clamping: (method ?? -1) + 1) << 8
            | UInt32(clamping: (reason ?? -1) + 1) << 16 | UInt32(qualityClass.rawValue) << 24
    }

    /// No cell was delivered for the slot.
    public static let none = Quality(packed: 0)
    /// Read from the meter (`A`).
    public static let actual = Quality(packed: 0x0300_0041)
    /// Estimated by the sender (`E`), no method.
    public static let estimated = Quality(packed: 0x0200_0045)
    /// The sender says that there is no value (`N`).
    public static let missing = Quality(packed: 0x0100_004E)

    /// The class, or nil where no cell was delivered.
    public var qualityClass: QualityClass? { QualityClass(rawValue: UInt8(packed >> 24 & 15)) }

    /// The sender's letter in ASCII; 0 where no cell was delivered.
    public var letter: UInt8 { UInt8(truncatingIfNeeded: packed) }

    /// The sender's method, or nil.
    public var method: Int? { packed >> 8 & 255 == 0 ? nil : Int(packed >> 8 & 255) - 1 }

    /// The sender's reason code, or nil.
    public var reason: Int? { packed >> 16 & 255 == 0 ? nil : Int(packed >> 16 & 255) - 1 }

    /// True where the slot holds a value.
    public var hasValue: Bool { packed >> 24 & 15 >= 2 }
}

extension Quality: CustomStringConvertible {
    /// Letter and method as NEM12 writes them, such as `A` or `S14`; `-` where nothing was delivered.
    public var description: String {
        guard packed != 0 else { return "-" }
        let letter = String(UnicodeScalar(letter))
        guard let method else { return letter }
        return letter + (method < 10 ? "0\(method)" : "\(method)")
    }
}
