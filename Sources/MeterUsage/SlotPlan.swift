// SPDX-License-Identifier: Apache-2.0

import Quantities

/// Which time-of-use period each slot of one storage day belongs to.
///
/// The storage day has a fixed clock, the tariff the wall clock of the place, so a plan may show
/// slots of two local days, and on a day of a clock change an hour missing or twice. A slot belongs
/// to the period, the local day and the billing span of its start. Worth keeping: all meters of a
/// feeder under one tariff share it.
public struct SlotPlan: Hashable, Sendable {
    /// Contiguous slots of one period.
    public struct Run: Hashable, Sendable {
        /// The slots, within the storage day.
        public var slots: Range<Int>
        /// Index in the calendar's periods.
        public var period: Int
    }

    /// The period of a slot outside the billing span.
    public static let outside: UInt8 = 255

    /// When slot 0 begins, in seconds since 1970-01-01T00:00:00Z.
    public let start: Int64
    /// Length of a slot.
    public let slotMinutes: Int
    /// Index in the calendar's periods, or `outside`. Shape: `[slot]`.
    public let periods: [UInt8]
    /// The minute of the local day at which each slot begins. Shape: `[slot]`.
    public let localMinutes: [UInt16]
    /// The local day on which each slot begins. Shape: `[slot]`.
    public let localDays: [CivilDay]
    /// The slots inside the billing span, cut where the period changes.
    public let runs: [Run]

    /// A plan of a storage day.
    ///
    /// - Parameters:
    ///   - day: The storage day.
    ///   - storageOffset: Seconds ahead of UTC of the storage clock.
    ///   - slotMinutes: Length of a slot: a divisor of 1440.
    ///   - calendar: The tariff's periods, at most 255.
    ///   - zone: The clock of the service point.
    ///   - span: The billing span, in seconds since 1970-01-01T00:00:00Z.
    public init(
        day: CivilDay, storageOffset: Int, slotMinutes: Int, calendar: TimeOfUseCalendar,
        zone: TimeZoneTable, span: Range<Int64>
    ) {
        precondition(slotMinutes > 0 && 1440 % slotMinutes == 0, "slots fill a day")
        precondition(calendar.periods.count <= Int(SlotPlan.outside), "periods fit a byte")
        start = Instant(day: day, offset: storageOffset).seconds
        self.slotMinutes = slotMinutes
        var periods: [UInt8] = []
        var localMinutes: [UInt16] = []
        var localDays: [CivilDay] = []
        var local: (day: CivilDay, periods: [UInt8])?
        for slot in 0..<(1440 / slotMinutes) {
            let instant = Instant(seconds: start + Int64(slot * slotMinutes * 60))
            let clock = zone.clock(at: instant)
            localMinutes.append(UInt16(clock.second / 60))
            localDays.append(clock.day)
            guard span.contains(instant.seconds) else {
                periods.append(SlotPlan.outside)
                continue
            }
            let minutes =
                if let local, local.day == clock.day { local.periods } else {
                    calendar.periods(of: clock.day)
                }
            local = (clock.day, minutes)
            periods.append(minutes[clock.second / 60])
        }
        self.periods = periods
        self.localMinutes = localMinutes
        self.localDays = localDays
        runs = SlotPlan.runs(of: periods)
    }

    private static func runs(of periods: [UInt8]) -> [Run] {
        var runs: [Run] = []
        for (slot, period) in periods.enumerated() where period != outside {
            if let last = runs.last, last.slots.upperBound == slot, last.period == Int(period) {
                runs[runs.count - 1].slots = last.slots.lowerBound..<(slot + 1)
            } else {
                runs.append(Run(slots: slot..<(slot + 1), period: Int(period)))
            }
        }
        return runs
    }

    /// How many slots begin inside the billing span.
    public var slotCount: Int { runs.reduce(0) { $0 + $1.slots.count } }

    /// When a slot begins, in seconds since 1970-01-01T00:00:00Z.
    func start(ofSlot slot: Int) -> Int64 { start + Int64(slot * slotMinutes * 60) }

    /// How many slots of a storage clock begin within a span.
    public static func slotCount(
        in span: Range<Int64>, slotMinutes: Int, storageOffset: Int
    ) -> Int {
        let length = Int64(slotMinutes) * 60
        /// Slots that begin before a moment, counted from the clock's zero.
        func begun(before instant: Int64) -> Int64 {
            let local = instant + Int64(storageOffset)
            let whole = local / length
            return local > whole * length ? whole + 1 : whole
        }
        return Int(begun(before: span.upperBound) - begun(before: span.lowerBound))
    }
}
