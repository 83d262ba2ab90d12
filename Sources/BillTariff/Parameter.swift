// SPDX-License-Identifier: Apache-2.0

import Quantities

/// A customer-specific value that a contract gives and a tariff names.
public struct Parameter: Hashable, Sendable {
    /// What values it may have.
    public enum Kind: Hashable, Sendable {
        /// A decimal number, 0 or more: what contracts have much or little of.
        case number
        /// `true` or `false`.
        case flag
        /// Any text.
        case text
        /// One of these words.
        case oneOf([String])
    }

    /// What contracts call it.
    public let name: String
    /// What values it may have.
    public let kind: Kind
    /// Where the tariff declares it.
    public let position: SourcePosition

    /// What a value must look like, for messages.
    public var expectation: String {
        switch kind {
        case .number: "a decimal number, 0 or more"
        case .flag: "true or false"
        case .text: "a text"
        case .oneOf(let words): "one of " + words.joined(separator: ", ")
        }
    }

    /// Whether a text is a value of this parameter.
    public func accepts(_ text: String) -> Bool {
        switch kind {
        case .number: !text.contains("/") && Exact(text).map { $0 >= .zero } ?? false
        case .flag: text == "true" || text == "false"
        case .text: !text.isEmpty
        case .oneOf(let words): words.contains(text)
        }
    }
}

/// A condition on a parameter, as `if:` writes it.
public struct Condition: Hashable, Sendable {
    /// How a parameter's value is compared.
    public enum Comparison: String, Hashable, Sendable, CaseIterable {
        /// At least.
        case atLeast = ">="
        /// At most.
        case atMost = "<="
        /// Not equal.
        case different = "!="
        /// Above.
        case above = ">"
        /// Below.
        case below = "<"
        /// Equal.
        case equal = "="
    }

    /// The parameter.
    public let parameter: String
    /// How its value is compared.
    public let comparison: Comparison
    /// What it is compared with.
    public let value: String

    /// Whether it holds for a value that its parameter accepts.
    public func holds(for given: String) -> Bool {
        // Numbers compare by value, so that 5 and 5.0 are equal; words compare as they stand.
        if let left = Exact(given), let right = Exact(value) {
            return switch comparison {
            case .atLeast: left >= right
            case .atMost: left <= right
            case .different: left != right
            case .above: left > right
            case .below: left < right
            case .equal: left == right
            }
        }
        return comparison == .different ? given != value : given == value
    }
}

extension Condition: CustomStringConvertible {
    /// The condition as files write it.
    public var description: String { "\(parameter) \(comparison.rawValue) \(value)" }
}
