// SPDX-License-Identifier: Apache-2.0

import Quantities
import Yams

/// The settings of a run, from `tallywatt.yaml` or built in.
public struct RunConfiguration: Hashable, Sendable {
    /// How many findings of a kind a run may bring before it asks for a person (exit status 2).
    public struct Attention: Hashable, Sendable {
        /// Rejected readings.
        public var rejections = 0
        /// Files that were quarantined.
        public var quarantined = 0
        /// New exceptions.
        public var exceptions = 0
        /// Open holds.
        public var holds = 0
        /// Issued invoices newly on the list for correction.
        public var corrections = 0

        /// None of any kind.
        public init() {}
    }

    /// The zone in which `--as-of` defaults to today.
    public var timezone = "Asia/Shanghai"
    /// What invoice numbers begin with.
    public var invoicePrefix = ""
    /// How many days incomplete data is waited for after the end of a period.
    public var waitDays = 3
    /// True where NEM12 files must follow the specification to the letter.
    public var strictNEM12 = false
    /// A folder of delimited profiles besides the built-in ones.
    public var profiles: String?
    /// When a run asks for a person.
    public var attention = Attention()

    /// The built-in settings.
    public init() {}

    /// The settings of a configuration file.
    ///
    /// - Parameter file: The file's name, for messages.
    public init(yaml text: String, file: String) throws(ConfigurationError) {
        guard !text.allSatisfy(\.isWhitespace) else { return }
        let root: Node?
        do { root = try Yams.compose(yaml: text) } catch {
            throw RunConfiguration.explain(error, file)
        }
        guard let root else { return }
        guard case .mapping(let entries) = root else {
            throw ConfigurationError(place: file, problem: "write `name: value` lines")
        }
        for (key, value) in entries {
            try apply(key.scalar?.string ?? "", value, key, file)
        }
    }

    private mutating func apply(_ name: String, _ value: Node, _ key: Node, _ file: String)
        throws(ConfigurationError)
    {
        switch name {
        case "timezone":
            timezone = try text(value, name, file)
            do { _ = try TimeZoneTable.named(timezone) } catch {
                throw self.error(value, file, "timezone: \(error)")
            }
        case "invoice_prefix": invoicePrefix = try text(value, name, file)
        case "wait_days": waitDays = try count(value, name, file, upTo: 3660)
        case "strict_nem12": strictNEM12 = try truth(value, name, file)
        case "profiles": profiles = try text(value, name, file)
        case "attention":
            guard case .mapping(let limits) = value else {
                throw error(value, file, "attention: write `rejections: 0` and so on below it")
            }
            for (limit, amount) in limits {
                switch limit.scalar?.string {
                case "rejections": attention.rejections = try count(amount, "rejections", file)
                case "quarantined": attention.quarantined = try count(amount, "quarantined", file)
                case "exceptions": attention.exceptions = try count(amount, "exceptions", file)
                case "holds": attention.holds = try count(amount, "holds", file)
                case "corrections": attention.corrections = try count(amount, "corrections", file)
                default:
                    throw error(
                        limit, file,
                        "attention knows rejections, quarantined, exceptions, holds and corrections"
                    )
                }
            }
        default:
            throw error(
                key, file,
                "unknown setting '\(name)': known are timezone, invoice_prefix, wait_days, "
                    + "strict_nem12, profiles and attention")
        }
    }

    private func text(_ node: Node, _ name: String, _ file: String) throws(ConfigurationError)
        -> String
    {
        guard case .scalar(let scalar) = node else {
            throw error(node, file, "\(name): write one value")
        }
        return scalar.string
    }

    private func truth(_ node: Node, _ name: String, _ file: String) throws(ConfigurationError)
        -> Bool
    {
        switch try text(node, name, file) {
        case "true": return true
        case "false": return false
        case let other: throw error(node, file, "\(name): write true or false, not '\(other)'")
        }
    }

    private func count(_ node: Node, _ name: String, _ file: String, upTo most: Int = .max)
        throws(ConfigurationError) -> Int
    {
        guard let number = Int(try text(node, name, file)), (0...most).contains(number) else {
            let limit = most == .max ? "0 or more" : "0 to \(most)"
            throw error(node, file, "\(name): write a whole number, \(limit)")
        }
        return number
    }

    /// What the parser refuses, in one line with its place.
    private static func explain(_ error: any Error, _ file: String) -> ConfigurationError {
        let (mark, problem): (Mark?, String) =
            switch error {
            case YamlError.duplicatedKeysInMapping(let keys, let context):
                (context.mark, "'\(keys.first ?? "")' is given twice: keep one of them")
            case YamlError.scanner(_, let problem, let mark, _),
                YamlError.parser(_, let problem, let mark, _),
                YamlError.composer(_, let problem, let mark, _):
                (mark, "\(problem): write `name: value` lines, indented by spaces")
            default: (nil, "the text cannot be read: save it as UTF-8")
            }
        let place = mark.map { "\(file):\($0.line):\($0.column)" } ?? file
        return ConfigurationError(place: place, problem: problem)
    }

    private func error(_ node: Node, _ file: String, _ problem: String) -> ConfigurationError {
        let place = node.mark.map { "\(file):\($0.line):\($0.column)" } ?? file
        return ConfigurationError(place: place, problem: problem)
    }
}

/// A setting that cannot be used.
public struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// File, line and column.
    public let place: String
    /// What is wrong and what to write.
    public let problem: String

    /// Place and problem.
    public var description: String { "\(place): bad-setting: \(problem)" }
}
