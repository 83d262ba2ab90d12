// SPDX-License-Identifier: Apache-2.0

/// Where a moment lies among storage days: days of 24 hours at a meter's fixed offset.
public struct SlotPlace {
    /// Seconds of the shortest interval that a row between two slots is taken for; what lies on no
    /// multiple of it is a wrong time.
    public static let finestStep: Int64 = 300

    /// The storage day, as `CivilDay.number`.
    let day: Int32
    /// Start of the day, in seconds since 1970-01-01T00:00:00Z.
    let dayStart: Int64
    /// Seconds from the start of the day to the moment.
    let secondOfDay: Int64

    @inline(__always)
    init(start: Int64, storageOffset: Int32) {
        let local = start + Int64(storageOffset)
        let number = (local >= 0 ? local : local - 86_399) / 86_400
        day = Int32(truncatingIfNeeded: number)
        dayStart = number * 86_400 - Int64(storageOffset)
        secondOfDay = local - number * 86_400
    }
}
