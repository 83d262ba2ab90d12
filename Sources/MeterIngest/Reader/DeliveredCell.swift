// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Quantities

/// One value cell as a file delivers it, before any meter of ours is looked for.
struct DeliveredCell: Hashable, Sendable {
    /// The meter, service point or NMI, as sent.
    var meter: String
    /// The channel as the sender names it: `E1` in NEM12, else OBIS.
    var channelName: String
    /// What is measured.
    var channel: Channel
    /// The unit of energy; for mean power, this unit per hour.
    var unit: MeasuredUnit
    /// True where the value is the mean power of its interval.
    var isMeanPower: Bool
    /// Minutes of the interval where the format says so, else nil; nil for registers.
    var intervalMinutes: Int?
    /// The moment that the cell is labelled with.
    var time: SenderTime
    /// The day of a line that holds one, whose cells follow each other from its midnight; else nil.
    var lineDay: CivilDay?
    /// Which end of the interval the label names; of no meaning for registers.
    var label: DelimitedProfile.Label
    /// The delivered integer, or nil where there is no value.
    var value: Int64?
    /// Digits after the point: the value is `value × 10^-decimals`.
    var decimals: Int
    /// What the quality means to us; `missing` where there is no value.
    var quality: Quality
    /// The sender's quality code as it stood, a letter where it left it empty.
    var senderQuality: String
    /// The sender's version time in seconds since 1970 by the sender's clock; 0 where it gives none.
    var version: Int64
    /// Where the cell stands.
    var place: CellPlace
    /// Its place in the line, from 0.
    var column: Int
}

extension DeliveredCell {
    /// A rejection of the cell, with the energy that it holds.
    ///
    /// - Parameter minutes: The length of its interval where the file does not say it; mean power
    ///   of an interval of unknown length is no energy.
    func rejection(
        _ code: RejectionCode, meter: UInt32? = nil, minutes: Int? = nil
    ) -> ReadingRejection {
        var number = value.map { (value: $0, decimals: decimals) }
        var unit = unit
        if channel.kind == .register { number = nil }
        if isMeanPower {
            let step = PowerStep(minutes: intervalMinutes ?? minutes ?? 0)
            number = number.flatMap { step?.energy(of: $0) }
            unit = step?.unit(of: unit) ?? unit
        }
        return place.rejection(
            code, cell: column + 1, meter: meter,
            energy: number.flatMap {
                RejectedEnergy(
                    channel: channel.packed, unit: unit, values: CollectionOfOne($0))
            })
    }
}

extension DeliveredCell {
    /// A rejection of a cell that is in the future; it shows the time, by which it is tried again.
    func futureRejection(meter: UInt32, minutes: Int? = nil) -> ReadingRejection {
        var rejection = rejection(.futureTime, meter: meter, minutes: minutes)
        rejection.found = time.isoText(zone: nil)
        return rejection
    }
}

/// Where a cell or line stands in the inflated file, and its text.
struct CellPlace: Hashable, Sendable {
    /// The line, from 1.
    var line: Int
    /// Where the text begins, in inflated bytes from 0.
    var byte: Int64
    /// The text as it stood.
    var text: String

    /// A rejection of what stands here.
    func rejection(
        _ code: RejectionCode, cell: Int? = nil, readings: Int = 1, meter: UInt32? = nil,
        energy: RejectedEnergy? = nil
    ) -> ReadingRejection {
        ReadingRejection(
            code, line: line, byte: byte, cell: cell, found: text.clipped(toUTF8: 200),
            readings: readings, meter: meter, energy: energy)
    }
}

/// A moment as the sender's clock shows it.
enum SenderTime: Hashable, Sendable {
    /// A known moment, and how far ahead of UTC the sender's clock was.
    case instant(Instant, offset: Int)
    /// A time of day on a clock that the file does not fix: seconds after the day's midnight.
    case local(CivilDay, second: Int)

    /// The time `seconds` later by the same clock.
    func adding(_ seconds: Int) -> SenderTime {
        switch self {
        case .instant(let instant, let offset):
            return .instant(instant + Int64(seconds), offset: offset)
        case .local(let day, let second):
            let total = second + seconds
            let days = (total >= 0 ? total : total - 86_399) / 86_400
            return .local(day + days, second: total - days * 86_400)
        }
    }
}

/// What became of one cell or line.
enum CellOutcome: Hashable, Sendable {
    /// A cell that reads well.
    case cell(DeliveredCell)
    /// Cells that do not.
    case rejected(ReadingRejection)

    /// How many delivered readings it stands for.
    var readings: Int {
        switch self {
        case .cell: 1
        case .rejected(let rejection): rejection.readings
        }
    }
}

extension String {
    /// The longest beginning of whole characters within so many bytes.
    func clipped(toUTF8 limit: Int) -> String {
        if utf8.count <= limit { return self }
        var end = utf8.index(startIndex, offsetBy: limit)
        while end.samePosition(in: unicodeScalars) == nil { end = utf8.index(before: end) }
        return String(self[..<end])
    }
}
