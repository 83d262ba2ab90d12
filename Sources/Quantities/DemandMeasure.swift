// SPDX-License-Identifier: Apache-2.0

/// What a demand is: the mean power of windows of one length, and how many of them it is the mean of.
///
/// Charges of a tariff that ask for the same measure share its peaks.
public struct DemandMeasure: Hashable, Sendable {
    /// What is measured of a window.
    public enum Unit: String, Hashable, Sendable, CaseIterable {
        /// Active power.
        case kilowatts = "kw"
        /// Apparent power: the root of the sum of the squares of active and reactive power.
        case kilovoltAmperes = "kva"
        /// Reactive power.
        case kilovars = "kvar"

        /// How people write it.
        public var symbol: String {
            switch self {
            case .kilowatts: "kW"
            case .kilovoltAmperes: "kVA"
            case .kilovars: "kvar"
            }
        }
    }

    /// How windows follow each other.
    public enum Sequence: String, Hashable, Sendable, CaseIterable {
        /// One after the other, each from a multiple of its length after the local midnight.
        case block
        /// One that ends with every interval.
        case sliding
    }

    /// Which windows a mean is taken of.
    public enum Days: String, Hashable, Sendable, CaseIterable {
        /// The highest, each of another local day.
        case different = "different_days"
        /// The highest, whenever they were.
        case any
    }

    /// What is measured of a window.
    public let unit: Unit
    /// The length of a window.
    public let windowMinutes: Int
    /// How windows follow each other.
    public let sequence: Sequence
    /// How many of the highest windows it is the mean of, at least 1.
    public let count: Int
    /// Which windows that mean is of; `any` where only one counts.
    public let days: Days

    /// A measure from its parts.
    public init(
        _ unit: Unit = .kilowatts, windowMinutes: Int, sequence: Sequence = .block,
        count: Int = 1, days: Days = .any
    ) {
        precondition(windowMinutes > 0 && count > 0, "a demand is of windows that have a length")
        self.unit = unit
        self.windowMinutes = windowMinutes
        self.sequence = sequence
        self.count = count
        self.days = count == 1 ? .any : days
    }

    /// What determinants call it: `demand.kw` for the highest block of a quarter of an hour; another
    /// length, sequence and number of windows are added, as in `demand.kw.60min.sliding.3_days`.
    public var name: String {
        var parts = ["demand", unit.rawValue]
        if windowMinutes != 15 || sequence != .block { parts.append("\(windowMinutes)min") }
        if sequence == .sliding { parts.append(sequence.rawValue) }
        if count > 1 { parts.append(days == .different ? "\(count)_days" : "\(count)_windows") }
        return parts.joined(separator: ".")
    }

    /// The measure that determinants call so; nil for one of apparent power or of several windows, of
    /// which they keep parts.
    public init?(ofOneWindow name: some StringProtocol) {
        var parts = name.split(separator: ".")[...]
        guard parts.popFirst() == "demand",
            let unit = parts.popFirst().flatMap({ Unit(rawValue: String($0)) }),
            unit != .kilovoltAmperes
        else { return nil }
        var (minutes, sequence) = (15, Sequence.block)
        if let length = parts.popFirst() {
            guard length.hasSuffix("min"), let given = Int(length.dropLast(3)), given > 0 else {
                return nil
            }
            minutes = given
        }
        if let word = parts.popFirst() {
            guard word == Sequence.sliding.rawValue else { return nil }
            sequence = .sliding
        }
        guard parts.isEmpty else { return nil }
        self.init(unit, windowMinutes: minutes, sequence: sequence)
    }

    /// Whether windows can be made of intervals of this length.
    public func isMadeOf(intervalMinutes: Int) -> Bool {
        windowMinutes % intervalMinutes == 0 && 1440 % windowMinutes == 0
    }
}
