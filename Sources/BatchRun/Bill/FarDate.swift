// SPDX-License-Identifier: Apache-2.0

import Quantities
import Store

/// A date so far after everything that is known that it is taken for a slip: as `--as-of`, every period
/// up to it would be due, and no reading would be in the future.
public struct FarDate: Error, Hashable, Sendable, CustomStringConvertible {
    /// A year's bill may wait for the year after it to begin, and for late readings.
    static let mostDays = 400

    /// The date.
    public let date: CivilDay
    /// The option that gave it.
    public let option: String
    /// The day that it is too far from.
    public let since: CivilDay
    /// What is known of that day.
    public let meaning: String

    /// What is refused and what to do.
    public var description: String {
        "\(date) is more than \(FarDate.mostDays) days after \(since), \(meaning): correct \(option)"
    }

    /// Refuses a date that has not come yet and is far from what is on record.
    ///
    /// The wall clock may be asked: what is refused leaves nothing that could depend on it. What is to
    /// be read is not asked, as the clock of a meter can be wrong in the way the date is.
    ///
    /// - Parameter today: The date by the wall clock.
    static func refuse(
        _ date: CivilDay, option: String = "--as-of", today: CivilDay, in store: TallyStore
    ) throws {
        if date <= today { return }
        try refuse(date, option: option, withoutReadingsIn: store)
        if try store.lastDayOfReadings() != nil { return }
        let liveFrom = try store.read { try $0.setting("live_from") }.flatMap { CivilDay(iso: $0) }
        let since = max(liveFrom ?? today, today)
        guard date - since > mostDays else { return }
        throw FarDate(
            date: date, option: option, since: since,
            meaning: since == today ? "today" : "the day from which contracts are billed")
    }

    /// Refuses a date far after the readings on record, where there are any.
    static func refuse(
        _ date: CivilDay, option: String = "--as-of", withoutReadingsIn store: TallyStore
    ) throws {
        guard let last = try store.lastDayOfReadings(), date - last > mostDays else { return }
        throw FarDate(
            date: date, option: option, since: last,
            meaning: "the end of the last month with readings")
    }
}
