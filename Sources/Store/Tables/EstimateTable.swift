// SPDX-License-Identifier: Apache-2.0

import GRDB
import MeterModel

/// An estimate that stands behind an invoice.
public struct EstimateRow: Hashable, Sendable {
    /// The meter's number.
    public var meter: UInt32
    /// The channel, as `Channel.packed`.
    public var channel: UInt64
    /// When the slot begins, or the register stood so; seconds since 1970-01-01T00:00:00Z.
    public var startsAt: Int64
    /// Length of the slot; 0 for a register.
    public var slotMinutes: Int
    /// The value's step.
    public var step: ValueStep
    /// The value.
    public var value: Int64
    /// True where the value holds the multiplier already.
    public var isPrimary: Bool
    /// How it was made, as the quality it got, such as `E17`.
    public var method: String

    /// A row from its parts.
    public init(
        meter: UInt32, channel: UInt64, startsAt: Int64, slotMinutes: Int, step: ValueStep,
        value: Int64, isPrimary: Bool, method: String
    ) {
        self.meter = meter
        self.channel = channel
        self.startsAt = startsAt
        self.slotMinutes = slotMinutes
        self.step = step
        self.value = value
        self.isPrimary = isPrimary
        self.method = method
    }
}

extension StoreTransaction {
    /// Keeps estimates; one that is kept already stays as it was billed.
    public func keep(_ estimates: [EstimateRow], knownSeq: Int) throws {
        let insert = try db.cachedStatement(
            sql: "INSERT OR IGNORE INTO estimate VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        for row in estimates {
            try insert.execute(arguments: [
                row.meter, Int64(bitPattern: row.channel), row.startsAt, row.slotMinutes,
                row.step.exponent, row.value, row.method, knownSeq, row.step.divisor,
                row.isPrimary,
            ])
        }
    }

    /// The interval channels of a meter that were estimated in a span of seconds, with slot lengths.
    public func estimatedStreams(meter: UInt32, within span: Range<Int64>) throws -> [(
        channel: UInt64, minutes: Int
    )] {
        let select = try db.cachedStatement(
            sql: """
                SELECT DISTINCT channel, slot_minutes FROM estimate
                WHERE meter_no = ? AND slot_minutes > 0 AND starts_at >= ? AND starts_at < ?
                """)
        return try Row.fetchAll(select, arguments: [meter, span.lowerBound, span.upperBound]).map {
            (UInt64(bitPattern: $0["channel"] as Int64), $0["slot_minutes"])
        }
    }

    /// The estimate that was billed for a register at a moment; nil where there is none.
    public func registerEstimate(meter: UInt32, channel: UInt64, at instant: Int64) throws
        -> EstimateRow?
    {
        let select = try db.cachedStatement(
            sql: """
                SELECT * FROM estimate WHERE meter_no = ? AND channel = ? AND starts_at = ?
                AND slot_minutes = 0
                """)
        return try Row.fetchOne(
            select, arguments: [meter, Int64(bitPattern: channel), instant]
        ).map(EstimateRow.init)
    }
}

extension EstimateRow {
    /// An estimate as the table has it.
    init(_ row: Row) {
        self.init(
            meter: row["meter_no"], channel: UInt64(bitPattern: row["channel"] as Int64),
            startsAt: row["starts_at"], slotMinutes: row["slot_minutes"],
            step: ValueStep(exponent: row["exponent"], divisor: row["divisor"]),
            value: row["value"], isPrimary: row["is_primary"], method: row["method"])
    }
}
