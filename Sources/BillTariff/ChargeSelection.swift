// SPDX-License-Identifier: Apache-2.0

/// The earlier charges that a percentage, a minimum or a tax is taken of, and which amount of them.
public struct ChargeSelection: Hashable, Sendable {
    /// The charges, or components of them.
    public let of: [ChargeReference]
    /// Those of them that do not count.
    public let except: [ChargeReference]
    /// Which of their amounts counts.
    public let base: AmountBase

    /// Whether some line of a charge may count.
    public func covers(_ charge: String) -> Bool { of.contains { $0.charge == charge } }

    /// Whether a line of this charge and component counts.
    public func contains(charge: String, component: String?) -> Bool {
        of.contains { $0.covers(charge: charge, component: component) }
            && !except.contains { $0.covers(charge: charge, component: component) }
    }
}

extension ChargeSelection: CustomStringConvertible {
    /// The charges as people write a sum: `energy + basic, except energy.funds`.
    public var description: String {
        let sum = of.map(\.description).joined(separator: " + ")
        return except.isEmpty
            ? sum : sum + ", except " + except.map(\.description).joined(separator: ", ")
    }
}

/// Which amount of an earlier charge counts.
public enum AmountBase: String, Hashable, Sendable, CaseIterable {
    /// The amount before rounding.
    case exact
    /// The amount that stands on the invoice.
    case asBilled = "as_billed"
}

/// An earlier charge, or one component of it.
public struct ChargeReference: Hashable, Sendable, CustomStringConvertible {
    /// The charge.
    public let charge: String
    /// The component of a charge that is split; nil for all of it.
    public let component: String?

    /// A reference from its parts.
    public init(charge: String, component: String? = nil) {
        self.charge = charge
        self.component = component
    }

    /// Whether a line of this charge and component is meant.
    public func covers(charge: String, component: String?) -> Bool {
        self.charge == charge && (self.component == nil || self.component == component)
    }

    /// Whether some line is meant by both.
    public func overlaps(_ other: ChargeReference) -> Bool {
        charge == other.charge
            && (component == nil || other.component == nil || component == other.component)
    }

    /// The reference as files write it: `non_floating` or `non_floating.funds`.
    public var description: String { component.map { "\(charge).\($0)" } ?? charge }
}
