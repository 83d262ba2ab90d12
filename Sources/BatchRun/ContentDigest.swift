// SPDX-License-Identifier: Apache-2.0

import MeterBlocks
import MeterModel
import MeterScan
import Quantities
import Store

/// One hash for everything a database says, apart from clocks, names and numbers of no meaning.
///
/// Interval data is hashed as what it means, value by value, so that it does not matter how parts were
/// cut or numbered.
public enum ContentDigest {
    /// The SHA-256 of a database's content in hexadecimal.
    public static func digest(of store: TallyStore) throws -> String {
        var hash = RunningHash()
        try store.forEachContentRow { hash.add($0) }
        let network = try store.loadNetwork()
        for key in try store.read({ try $0.settledKeys() }) {
            for line in try lines(of: key, store, network) { hash.add(line) }
        }
        return hash.finish()
    }

    /// The current readings of a block, one text per meter, channel and run of slots.
    private static func lines(of key: BlockKey, _ store: TallyStore, _ network: Network) throws
        -> [String]
    {
        var lines: [String] = []
        let feeder = network.id(of: FeederNumber(rawValue: UInt32(key.feeder)))
        for part in try store.read({ try $0.settledParts(of: key) }) {
            switch key.kind {
            case .interval:
                let readings = try store.intervals(of: part)
                let strips = readings.strips
                for strip in readings.origins.indices {
                    let meter = network.id(of: MeterNumber(rawValue: strips.meters[strip]))
                    let origin = readings.origins[strip]
                    let head =
                        "\(feeder) \(meter) \(Channel(packed: strips.channels[strip])) "
                        + "\(key.day) \(strips.slotMinutes[strip]) \(strips.step(strip)) "
                        + "\(strips.versions[strip]) \(origin.delivery) \(origin.flags.rawValue)"
                    for (position, slot) in strips.slots(strip).enumerated()
                    where strips.qualities[slot] != 0 {
                        lines.append(
                            "\(head) \(Int(strips.firstSlots[strip]) + position) "
                                + "\(strips.values[slot]) \(strips.qualities[slot])")
                    }
                }
            case .register:
                let readings = try store.registers(of: part)
                for (row, origin) in zip(readings.rows, readings.origins) {
                    let meter = network.id(of: MeterNumber(rawValue: row.meter))
                    lines.append(
                        "\(feeder) \(meter) \(Channel(packed: row.channel)) "
                            + "\(row.instant) \(row.value) \(row.step) "
                            + "\(row.quality) \(row.version) \(origin.delivery) "
                            + "\(origin.flags.rawValue)")
                }
            }
        }
        return lines.sorted()
    }
}

/// A hash of lines, taken in pieces so that a large database needs little memory.
private struct RunningHash {
    private var pending: [UInt8] = []
    private var state = ""

    mutating func add(_ line: String) {
        pending += line.utf8
        pending.append(UInt8(ascii: "\n"))
        if pending.count > 1 << 20 { fold() }
    }

    mutating func finish() -> String {
        fold()
        return state
    }

    private mutating func fold() {
        state = sha256(of: Array(state.utf8) + pending)
        pending.removeAll(keepingCapacity: true)
    }
}
