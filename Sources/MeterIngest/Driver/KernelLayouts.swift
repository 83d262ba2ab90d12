// SPDX-License-Identifier: Apache-2.0

import MeterModel
import MeterScan
import Quantities

// Which profiles the kernels know, and what they are told of them. A profile that asks for more
// than its kernel knows has no layout and runs on the generic engine.

extension DelimitedProfile {
    /// True where numbers, times and text are written as every kernel reads them.
    fileprivate var isPlain: Bool {
        encoding == .utf8 && quotes == .none && blanks == .keep && timeFormat == .iso
            && columns.time == nil && impliedDecimals == 0 && decimalMark == UInt8(ascii: ".")
            && qualities.keys.allSatisfy { $0.utf8.count <= 1 }
    }

    /// What quality letters mean; without a column for them all values are actual.
    fileprivate func letters(_ plan: ColumnPlan) -> QualityLetters {
        var meanings: [UInt8: Quality] = [:]
        for (text, letter) in qualities {
            if let byte = text.utf8.first { meanings[byte] = Quality(letter: letter) }
        }
        let empty = plan.quality == nil ? .actual : qualities[""].flatMap { Quality(letter: $0) }
        return QualityLetters(meanings, empty: empty ?? .none)
    }
}

extension LabelClock {
    fileprivate init(_ clock: DelimitedProfile.Clock) {
        self =
            switch clock {
            case .fixed(let offset): .fixed(offset: offset)
            case .zone(let zone): .zone(zone)
            case .servicePoint: .servicePoint
            }
    }
}

extension LongLayout {
    /// The layout of a plain long profile in one file; nil for others.
    init?(_ profile: DelimitedProfile, _ plan: ColumnPlan, latestEnd: Int64) {
        guard profile.shape == .long, profile.kind == .intervalEnergy, profile.isPlain,
            profile.nulls.isEmpty, let value = plan.values.first
        else { return nil }
        self.init(
            columns: Columns(
                count: plan.count, meter: plan.meter, time: plan.timestamp, value: value.position,
                quality: plan.quality, channel: plan.channel),
            clock: LabelClock(profile.clock), unit: value.unit)
        separator = profile.separator
        header = plan.header
        labelsEnd = profile.label == .end
        channel = Channel(profile.channel, .interval)
        qualities = profile.letters(plan)
        self.latestEnd = latestEnd
    }
}

extension WideLayout {
    /// The layout of a plain wide profile of energy or power in one file; nil for others.
    init?(_ profile: DelimitedProfile, _ plan: ColumnPlan, latestEnd: Int64) {
        guard profile.shape == .wide, profile.kind != .register, profile.isPlain,
            profile.nulls.isEmpty, plan.channel == nil, let minutes = profile.wideMinutes,
            let first = plan.values.first,
            plan.values.indices.allSatisfy({
                plan.values[$0].position == first.position + $0
            })
        else { return nil }
        self.init(
            columnCount: plan.count, meter: plan.meter, date: plan.timestamp,
            values: first.position..<(first.position + plan.values.count), minutes: minutes,
            quality: plan.quality)
        let length = profile.label == .end ? minutes : 0
        firstStartMinute = (profile.firstLabelMinutes ?? length) - length
        separator = profile.separator
        header = plan.header
        clock = LabelClock(profile.clock)
        channel = Channel(profile.channel, .interval)
        unit = first.unit
        if profile.kind == .meanPower, let step = PowerStep(minutes: minutes) {
            scale = EnergyScale(step)
            unit = step.unit(of: unit)
        }
        qualities = profile.letters(plan)
        self.latestEnd = latestEnd
    }
}

extension RegisterLayout {
    /// The layout of a plain profile of daily registers in one file; nil for others.
    init?(_ profile: DelimitedProfile, _ plan: ColumnPlan, latestEnd: Int64) {
        guard profile.shape == .register, let freeze = profile.freeze, profile.isPlain,
            profile.nulls.isEmpty
        else { return nil }
        let registers = plan.values.map { value in
            Column(
                position: value.position, channel: Channel(value.obis, .register), unit: value.unit)
        }
        self.init(
            columnCount: plan.count, meter: plan.meter, date: plan.timestamp,
            registers: registers, quality: plan.quality)
        separator = profile.separator
        header = plan.header
        freezeDays = freeze == .endOfDay ? 1 : 0
        clock = LabelClock(profile.clock)
        qualities = profile.letters(plan)
        self.latestEnd = latestEnd
    }
}
