// SPDX-License-Identifier: Apache-2.0

import Quantities

/// Which kind of reading of a meter is billed; the other kind only checks it.
public enum BillingBasis: String, Hashable, Sendable, CaseIterable {
    /// Interval readings.
    case interval
    /// Register readings.
    case register
}

/// What a meter is for.
public enum MeterUse: String, Hashable, Sendable, CaseIterable {
    /// Its readings are billed.
    case billing
    /// It checks the billing meter.
    case check
}

/// A row of `meters.csv`: a meter, where it is installed, and how it counts.
public struct MeterRow: NetworkRow {
    static let table = NetworkTable.meters
    /// The id of the meter.
    public var id: String
    /// The service point it is installed at.
    public var servicePointID: String
    /// The terminal that gathers it, or empty.
    public var terminalID: String
    /// When it went into service; nil is before all readings.
    public var installed: NetworkMoment?
    /// When it went out of service; nil is not yet.
    public var removed: NetworkMoment?
    /// CT × PT (倍率): what a reading is multiplied by.
    public var multiplier: Exact
    /// The register's digits before the point, where they are known.
    public var digits: Int?
    /// The length of its slots in minutes; nil where it gives registers only.
    public var intervalMinutes: Int?
    /// Which kind of reading is billed.
    public var basis: BillingBasis
    /// What the meter is for.
    public var use: MeterUse
    /// Line, span and further columns.
    public var context: RowContext

    init(_ reader: inout RowReader) {
        id = reader.deliveredID("meter_id")
        servicePointID = reader.required("service_point_id")
        terminalID = reader.text("terminal_id")
        installed = reader.moment("installed")
        removed = reader.moment("removed")
        multiplier =
            reader.required("multiplier").isEmpty
            ? .one : reader.positiveDecimal("multiplier") ?? .one
        digits = reader.number("digits", 1...18)
        intervalMinutes = reader.slotMinutes("interval_minutes")
        let standard: BillingBasis = reader.text("interval_minutes").isEmpty ? .register : .interval
        basis = reader.choice("basis", standard: standard) ?? standard
        use = reader.choice("use", standard: .billing) ?? .billing
        context = reader.context()
        if basis == .interval, reader.text("interval_minutes").isEmpty {
            reader.refuse(
                .emptyValue, "interval_minutes is empty though basis is interval",
                mend: "fill it in, or bill by register")
        }
        if basis == .register, reader.text("digits").isEmpty {
            reader.refuse(
                .emptyValue, "digits is empty though registers are billed",
                mend: "fill in the register's digits before the point")
        }
    }

    var starts: [NetworkMoment] { [context.from, installed].compactMap(\.self) }
    var ends: [NetworkMoment] { [context.to, removed].compactMap(\.self) }

    var fields: [(column: String, value: String)] {
        let standard: BillingBasis = intervalMinutes == nil ? .register : .interval
        return [
            ("meter_id", id), ("service_point_id", servicePointID), ("terminal_id", terminalID),
            ("installed", installed?.description ?? ""), ("removed", removed?.description ?? ""),
            ("multiplier", multiplier.description), ("digits", digits.map(String.init) ?? ""),
            ("interval_minutes", intervalMinutes.map(String.init) ?? ""),
            ("basis", basis == standard ? "" : basis.rawValue),
            ("use", use == .billing ? "" : use.rawValue),
        ]
    }
}

extension RowReader {
    /// A length of slots: a divisor of the day's 1440 minutes; nil where the field is empty.
    mutating func slotMinutes(_ column: String) -> Int? {
        let value = text(column)
        guard !value.isEmpty, let minutes = number(column, 1...1440) else { return nil }
        if 1440 % minutes == 0 { return minutes }
        refuse(
            .badNumber, "\(column) '\(value)' does not divide a day",
            mend: "use 5, 15, 30, 60 or another divisor of 1440")
        return nil
    }
}
