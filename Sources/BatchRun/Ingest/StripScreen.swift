// SPDX-License-Identifier: Apache-2.0

import MeterModel
import MeterValidate
import Quantities

/// Tells, while a file's strips are in cache, whether any check would find something in them.
///
/// The common part is complete and within limits; settling then lists it as it is and never decodes
/// it (a promoted part). Of any other it decodes the strips that are not.
///
/// It is handed the network at each question: a large value that is held by what changes is copied
/// whenever it is asked something.
struct StripScreen {
    private var limits: [LimitKey: StripLimits] = [:]
    /// What was asked last: most strips of a file are alike.
    private var last: (key: LimitKey, limits: StripLimits)?

    /// Which strips are whole, alone of their channel and day, and believed. Shape: `[member]`.
    ///
    /// - Parameter members: Strips of one day, by meter, then channel.
    mutating func clean(
        _ strips: IntervalStrips, _ members: [Int], in network: Network
    ) -> [Bool] {
        var clean = members.map { isClean(strips, $0, in: network) }
        for place in members.indices.dropFirst() {
            let (left, right) = (members[place - 1], members[place])
            if strips.meters[left] == strips.meters[right],
                strips.channels[left] == strips.channels[right]
            {
                (clean[place - 1], clean[place]) = (false, false)
            }
        }
        return clean
    }

    /// True where a strip has a believed value in every slot of its day.
    mutating func isClean(_ strips: IntervalStrips, _ strip: Int, in network: Network) -> Bool {
        guard Int(strips.slotCounts[strip]) == 1440 / Int(strips.slotMinutes[strip]) else {
            return false
        }
        let slots = strips.slots(strip)
        let limits = limits(of: strips, strip, in: network)
        return isStripClean(
            values: strips.values.span.extracting(slots),
            qualities: strips.qualities.span.extracting(slots), lowest: limits.lowest,
            highest: limits.highest)
    }

    /// Between which values a strip is believed.
    mutating func limits(
        of strips: IntervalStrips, _ strip: Int, in network: Network
    ) -> StripLimits {
        let key = LimitKey(
            terms: network.termsNumber(
                of: MeterNumber(rawValue: strips.meters[strip]),
                onStorageDay: CivilDay(number: strips.days[strip])),
            step: strips.step(strip), minutes: strips.slotMinutes[strip],
            channel: strips.channels[strip])
        if let last, last.key == key { return last.limits }
        if let known = limits[key] {
            last = (key, known)
            return known
        }
        let made = makeLimits(key, network)
        limits[key] = made
        last = (key, made)
        return made
    }

    private func makeLimits(_ key: LimitKey, _ network: Network) -> StripLimits {
        let terms = key.terms.map(network.terms)
        let isActive = Channel(packed: key.channel).obis.baseUnit == .kilowattHours
        return StripLimits(
            step: key.step, isOneWay: true,
            capacityKilowatts: isActive ? terms?.capacityKilowatts : nil,
            multiplier: terms?.multiplier ?? .one, slotMinutes: Int(key.minutes))
    }

    /// What limits depend on.
    private struct LimitKey: Hashable {
        var terms: Int?
        var step: ValueStep
        var minutes: UInt16
        var channel: UInt64
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
