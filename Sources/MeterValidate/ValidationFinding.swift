// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Quantities

/// What a check looks for. The text form is a promise: exceptions carry it.
public enum ValidationRule: String, Hashable, Sendable, CaseIterable {
    /// Slots without a value.
    case missingIntervals = "missing-intervals"
    /// Energy below zero on a channel that counts one way.
    case negativeInterval = "negative-interval"
    /// More energy than the service point can draw.
    case aboveCapacity = "above-capacity"
    /// A register stands below zero, from which registers count up.
    case negativeRegister = "negative-register"
    /// A register that fell, and not by rolling over.
    case registerDecrease = "register-decrease"
    /// A register that passed its last digit and began again.
    case registerRollover = "register-rollover"
    /// A register without a value at a moment that needs one.
    case missingFreeze = "missing-freeze"
    /// Two different values of one slot, and nothing to choose by.
    case conflictingValues = "conflicting-values"
    /// Interval energy and register advance of one meter that differ.
    case kindsDisagree = "kinds-disagree"

    /// How much it weighs.
    public var severity: ValidationSeverity {
        switch self {
        case .registerRollover: .info
        case .negativeInterval, .aboveCapacity, .negativeRegister, .kindsDisagree: .warn
        case .missingIntervals, .registerDecrease, .missingFreeze, .conflictingValues: .fail
        }
    }
}

/// How much a finding weighs, the lightest first.
public enum ValidationSeverity: String, Hashable, Sendable, Comparable, CaseIterable {
    /// Worth knowing; nothing to do.
    case info
    /// Billable, and somebody should look.
    case warn
    /// Not billable until resolved or estimated.
    case fail

    /// The lighter comes first.
    public static func < (left: ValidationSeverity, right: ValidationSeverity) -> Bool {
        left.weight < right.weight
    }

    private var weight: Int {
        switch self {
        case .info: 0
        case .warn: 1
        case .fail: 2
        }
    }
}

/// What one check found in one span of one channel.
public struct ValidationFinding: Hashable, Sendable {
    /// The rule.
    public var rule: ValidationRule
    /// Where what it doubts begins.
    public var from: Instant
    /// Where it ends, not included; equal to `from` for a register at a moment.
    public var to: Instant
    /// How many values it doubts or misses.
    public var count: Int
    /// The most striking value, in base units; nil where there is none.
    public var value: Exact?
    /// What the value was held against, in base units; nil where there is nothing.
    public var limit: Exact?

    /// A finding from its parts.
    public init(
        _ rule: ValidationRule, from: Instant, to: Instant, count: Int, value: Exact? = nil,
        limit: Exact? = nil
    ) {
        self.rule = rule
        self.from = from
        self.to = to
        self.count = count
        self.value = value
        self.limit = limit
    }

    /// How much it weighs.
    public var severity: ValidationSeverity { rule.severity }

    /// One short sentence for the exceptions list, without the times.
    public var detail: String {
        let value = value.map(\.documentText) ?? "?"
        let limit = limit.map(\.documentText) ?? "?"
        return switch rule {
        case .missingIntervals: "\(count) intervals without a value"
        case .negativeInterval: "\(count) intervals below zero, the lowest \(value)"
        case .aboveCapacity:
            "\(count) intervals above the capacity's \(limit), the highest \(value)"
        case .negativeRegister: "register stands at \(value)"
        case .registerDecrease: "register fell from \(limit) to \(value)"
        case .registerRollover: "register rolled over from \(limit) to \(value)"
        case .missingFreeze: "no register value"
        case .conflictingValues: "\(count) intervals with different values of equal standing"
        case .kindsDisagree: "intervals sum to \(value), the register advanced by \(limit)"
        }
    }
}
