// SPDX-License-Identifier: Apache-2.0

import BatchRun
import MeterBlocks
import MeterModel
import Quantities
import Store

/// One current value as stored.
public struct CurrentReading: Hashable {
    /// The feeder it is stored with.
    public var feeder: String
    /// The meter's id.
    public var meter: String
    /// Quantity and register name.
    public var channel: String
    /// When the slot begins, or the register stood so, on the clock of the meter's storage offset.
    public var at: String
    /// The value in the unit as delivered.
    public var value: Exact
    /// True where nothing but a doubt stands in the slot.
    public var isSuspect: Bool
    /// The sender's quality.
    public var quality: String
    /// True for a register.
    public var isRegister: Bool
}

extension TrialBranch {
    /// Every current value, absent ones left out, read from the settled blocks.
    public func current() throws -> [CurrentReading] {
        let store = try store()
        let network = try store.loadNetwork()
        var found: [CurrentReading] = []
        for key in try store.read({ try $0.settledKeys() }) {
            for part in try store.read({ try $0.settledParts(of: key) }) {
                guard let bytes = try store.body(ofPart: part.partID, month: part.month) else {
                    preconditionFailure("a listed part has a body")
                }
                let feeder = network.id(of: FeederNumber(rawValue: UInt32(key.feeder)))
                switch key.kind {
                case .interval: found += try intervals(bytes, feeder, network)
                case .register: found += try registers(bytes, feeder, network)
                }
            }
        }
        return found.sorted { ($0.meter, $0.channel, $0.at) < ($1.meter, $1.channel, $1.at) }
    }

    /// Sums (intervals) or last values (registers) of what is current, by `meter channel`.
    public func currentTotals() throws -> [String: Exact] {
        var totals: [String: Exact] = [:]
        for reading in try current() {
            let key = "\(reading.meter) \(reading.channel)"
            if reading.isRegister {
                totals[key] = reading.value
            } else {
                totals[key, default: .zero] += reading.value
            }
        }
        return totals
    }

    private func intervals(_ bytes: [UInt8], _ feeder: String, _ network: Network) throws
        -> [CurrentReading]
    {
        var readings = StoredIntervals()
        try decodeIntervals(bytes, into: &readings)
        let strips = readings.strips
        var found: [CurrentReading] = []
        for strip in 0..<strips.count {
            let meter = MeterNumber(rawValue: strips.meters[strip])
            let offset = network.storageOffset(of: meter)
            for place in 0..<Int(strips.slotCounts[strip]) {
                let slot = strips.offsets[strip] + place
                let quality = Quality(packed: strips.qualities[slot])
                guard quality.hasValue else { continue }
                let minute =
                    (Int(strips.firstSlots[strip]) + place) * Int(strips.slotMinutes[strip])
                let at = Instant(
                    day: CivilDay(number: strips.days[strip]), minute: minute, offset: offset)
                found.append(
                    CurrentReading(
                        feeder: feeder, meter: network.id(of: meter),
                        channel: Channel(packed: strips.channels[strip]).description,
                        at: at.iso(offset: offset),
                        value: Exact(
                            coefficient: Int128(strips.values[slot]),
                            exponent: -Int(strips.decimals[strip])),
                        isSuspect: readings.origins[strip].flags.contains(.suspect),
                        quality: quality.description, isRegister: false))
            }
        }
        return found
    }

    private func registers(_ bytes: [UInt8], _ feeder: String, _ network: Network) throws
        -> [CurrentReading]
    {
        var readings = StoredRegisters()
        try decodeRegisters(bytes, into: &readings)
        return zip(readings.rows, readings.origins).compactMap { row, origin in
            let quality = Quality(packed: row.quality)
            guard quality.hasValue else { return nil }
            let meter = MeterNumber(rawValue: row.meter)
            return CurrentReading(
                feeder: feeder, meter: network.id(of: meter),
                channel: Channel(packed: row.channel).description,
                at: Instant(seconds: row.instant).iso(offset: network.storageOffset(of: meter)),
                value: Exact(coefficient: Int128(row.value), exponent: -Int(row.decimals)),
                isSuspect: origin.flags.contains(.suspect),
                quality: quality.description, isRegister: true)
        }
    }
}
