// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Quantities

/// What tells one series of a file from another.
struct SeriesKey: Hashable {
    let meter: String
    let channelName: String
    let channel: Channel
    let unit: MeasuredUnit
    let isMeanPower: Bool
    let intervalMinutes: Int?
    let label: DelimitedProfile.Label

    init(_ cell: DeliveredCell) {
        (meter, channelName, channel) = (cell.meter, cell.channelName, cell.channel)
        (unit, isMeanPower) = (cell.unit, cell.isMeanPower)
        (intervalMinutes, label) = (cell.intervalMinutes, cell.label)
    }
}

/// Counts and adds the cells of one series.
struct SeriesTally {
    private var count = 0
    /// Sums of delivered integers by their number of decimals.
    private var sums: [Int: Int128] = [:]
    private var quality: [String: Int] = [:]
    private var earliest: SenderTime?
    private var latest: SenderTime?
    private var previous: SenderTime?
    /// The longest time that divides all steps, in seconds.
    private var commonStep: Int64?
    /// The clock that told times which the file left open.
    private var zone: TimeZoneTable?

    /// Adds a cell whose label is at `time`, told by `zone` where the file left it open.
    mutating func add(_ cell: DeliveredCell, at time: SenderTime, zone: TimeZoneTable?) {
        count += 1
        if cell.time != time { self.zone = zone }
        quality[cell.senderQuality, default: 0] += 1
        if let value = cell.value { sums[cell.decimals, default: 0] += Int128(value) }
        if earliest.map({ time.seconds < $0.seconds }) ?? true { earliest = time }
        if latest.map({ time.seconds > $0.seconds }) ?? true { latest = time }
        if let previous, previous.seconds != time.seconds {
            let step = abs(time.seconds - previous.seconds)
            commonStep = commonStep.map { SeriesTally.divisor($0, step) } ?? step
        }
        previous = time
    }

    private static func divisor(_ left: Int64, _ right: Int64) -> Int64 {
        var (left, right) = (left, right)
        while right != 0 { (left, right) = (right, left % right) }
        return left
    }

    /// The series as a whole.
    func series(_ key: SeriesKey) -> FileInspection.Series {
        let isRegister = key.channel.kind == .register
        let inferred = commonStep.flatMap { $0 % 60 == 0 ? Int($0 / 60) : nil }
        let minutes = isRegister ? nil : key.intervalMinutes ?? inferred
        // An interval is named by its start; a label at its end stands one length later.
        let shift = key.label == .end && !isRegister ? -(minutes ?? 0) * 60 : 0
        func text(_ time: SenderTime?) -> String {
            time?.adding(shift).isoText(zone: zone) ?? ""
        }
        let sum = sums.reduce(Exact.zero) {
            $0 + Exact(coefficient: $1.value, exponent: -$1.key)
        }
        return FileInspection.Series(
            meter: key.meter, channel: key.channelName, obis: key.channel.obis,
            unit: key.isMeanPower ? String(key.unit.name.dropLast()) : key.unit.name,
            kind: key.channel.kind, intervalMinutes: minutes, count: count,
            first: text(earliest), last: text(latest), sum: isRegister ? nil : sum,
            quality: quality)
    }
}

extension SenderTime {
    /// Seconds by which times of one file are put in order.
    var seconds: Int64 {
        switch self {
        case .instant(let instant, _): instant.seconds
        case .local(let day, let second): Int64(day.number) * 86_400 + Int64(second)
        }
    }

    /// The time in ISO 8601, by the clock of `zone` where one is given; with offset where known.
    func isoText(zone: TimeZoneTable?) -> String {
        switch self {
        case .instant(let instant, let offset):
            return instant.iso(offset: zone?.offset(at: instant) ?? offset)
        case .local:
            // Written as a moment of a clock without an offset, whose mark is left away.
            return String(Instant(seconds: seconds).iso(offset: 0).dropLast())
        }
    }
}
