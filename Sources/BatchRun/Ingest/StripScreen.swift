// SPDX-License-Identifier: Apache-2.0

import MeterModel
import MeterValidate
import Quantities

/// Tells, while a file's strips are in cache, whether any check would find something in them.
///
/// The common part is complete and within limits; settling then lists it as it is and never decodes
/// it (a promoted part).
struct StripScreen {
    let network: Network
    private var lastMeter: UInt32 = .max
    private var limits: [LimitKey: StripLimits] = [:]
    /// What was asked last: most strips of a file are alike.
    private var last: (key: LimitKey, limits: StripLimits)?
    private var terms: MeterTerms?

    init(network: Network) {
        self.network = network
    }

    /// True where every strip is whole, alone of its channel and day, and believed.
    mutating func isClean(_ strips: IntervalStrips, _ members: [Int]) -> Bool {
        for (left, right) in zip(members, members.dropFirst())
        where strips.meters[left] == strips.meters[right]
            && strips.channels[left] == strips.channels[right]
        {
            return false
        }
        return members.allSatisfy { isClean(strips, $0) }
    }

    /// True where a strip has a believed value in every slot of its day.
    mutating func isClean(_ strips: IntervalStrips, _ strip: Int) -> Bool {
        guard Int(strips.slotCounts[strip]) == 1440 / Int(strips.slotMinutes[strip]) else {
            return false
        }
        let slots = strips.slots(strip)
        let limits = limits(of: strips, strip)
        return isStripClean(
            values: strips.values.span.extracting(slots),
            qualities: strips.qualities.span.extracting(slots), lowest: limits.lowest,
            highest: limits.highest)
    }

    /// Between which values a strip is believed.
    mutating func limits(of strips: IntervalStrips, _ strip: Int) -> StripLimits {
        if strips.meters[strip] != lastMeter {
            lastMeter = strips.meters[strip]
            let meter = MeterNumber(rawValue: lastMeter)
            let start = Instant(
                day: CivilDay(number: strips.days[strip]), offset: network.storageOffset(of: meter))
            let spans = network.spans(of: meter)
            terms = (spans.last { $0.span.lowerBound < start + 86_400 } ?? spans.last)?.terms
        }
        let key = LimitKey(
            step: strips.step(strip), minutes: strips.slotMinutes[strip],
            isActive: Channel(packed: strips.channels[strip]).obis.baseUnit == .kilowattHours,
            capacity: terms?.capacityKilowatts, multiplier: terms?.multiplier ?? .one)
        if let last, last.key == key { return last.limits }
        if let known = limits[key] {
            last = (key, known)
            return known
        }
        let made = StripLimits(
            step: key.step, isOneWay: true,
            capacityKilowatts: key.isActive ? key.capacity : nil, multiplier: key.multiplier,
            slotMinutes: Int(key.minutes))
        limits[key] = made
        last = (key, made)
        return made
    }

    private struct LimitKey: Hashable {
        var step: ValueStep
        var minutes: UInt16
        var isActive: Bool
        var capacity: Exact?
        var multiplier: Exact
    }
}

extension IntervalStrips {
    /// The step of a strip's values.
    func step(_ strip: Int) -> ValueStep {
        ValueStep(unit: units[strip], decimals: decimals[strip])
    }

    /// The slots of a strip in the columns of values and qualities.
    func slots(_ strip: Int) -> Range<Int> {
        offsets[strip]..<(offsets[strip] + Int(slotCounts[strip]))
    }
}
