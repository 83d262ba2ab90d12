// SPDX-License-Identifier: Apache-2.0

import MeterBlocks
import MeterModel
import MeterValidate
import Quantities
import Store

/// One encoded part of a file: what a worker hands to the writer.
struct AssembledPart: Sendable {
    var key: BlockKey
    var counts: VerdictCounts
    var firstMeter: UInt32
    var lastMeter: UInt32
    var meters: Int
    var streams: Int64 = 0
    var isClean: Bool
    var body: PartBody
}

/// Cuts a file's readings into parts: one per feeder, storage day, group of meters and kind.
///
/// Every reading is booked as accepted or absent here; settling moves those that turn out to be
/// duplicates or superseded.
struct PartAssembly {
    let network: Network
    private var screen = StripScreen()
    /// Where everything of the file comes from, but for its number, which the listing knows.
    private var origin = Origin(file: 0, delivery: 0, flags: [])
    /// Energy of the interval values by channel and unit.
    private(set) var energy: [EnergyKey: Exact] = [:]

    init(network: Network) {
        self.network = network
    }

    /// Encodes a batch; the batch may then be emptied.
    ///
    /// - Parameter isPrimary: True where the format says that the multiplier is applied already.
    mutating func parts(of batch: ReadingBatch, isPrimary: Bool) -> [AssembledPart] {
        origin.flags = isPrimary ? .primary : []
        return intervalParts(batch.intervals) + registerParts(batch.registers, from: origin)
    }

    private mutating func intervalParts(_ strips: IntervalStrips) -> [AssembledPart] {
        let keys = (0..<strips.count).map { strip in
            key(meter: strips.meters[strip], day: strips.days[strip], kind: .interval)
        }
        let order = orderedIndexes(strips.count) { left, right in
            if keys[left] != keys[right] { return keys[left] < keys[right] }
            if strips.meters[left] != strips.meters[right] {
                return strips.meters[left] < strips.meters[right]
            }
            if strips.channels[left] != strips.channels[right] {
                return strips.channels[left] < strips.channels[right]
            }
            return left < right
        }
        addEnergy(of: strips)
        return runs(of: order, by: keys).map { run in
            let members = Array(order[run])
            var part = describe(
                keys[members[0]], meters: members.lazy.map { strips.meters[$0] })
            part.streams = strips.streamDigest(of: members)
            let clean = screen.clean(strips, members, in: network)
            part.isClean = !clean.contains(false)
            part.counts = counts(of: strips, members, clean)
            part.body = .held(
                encodeIntervals(strips, order: members, clean: part.isClean ? [] : clean) { _ in
                    origin
                })
            return part
        }
    }

    /// How many cells some strips hold; clean ones have a value in every slot.
    private func counts(of strips: IntervalStrips, _ members: [Int], _ clean: [Bool])
        -> VerdictCounts
    {
        var counts = VerdictCounts()
        for (strip, isClean) in zip(members, clean) {
            let slots = strips.slots(strip)
            if isClean {
                counts.accepted += slots.count
                continue
            }
            var start = slots.lowerBound
            while start < slots.upperBound {
                let quality = strips.qualities[start]
                let end = strips.endOfRun(from: start, before: slots.upperBound)
                if Quality(packed: quality).hasValue {
                    counts.accepted += end - start
                } else if quality != 0 {
                    counts.absent += end - start
                }
                start = end
            }
        }
        counts.readings = counts.accepted + counts.absent
        return counts
    }

    /// The indexes below `count` in order; files mostly come in order, and then nothing is sorted.
    private func orderedIndexes(_ count: Int, _ precedes: (Int, Int) -> Bool) -> [Int] {
        let indexes = Array(0..<count)
        let isOrdered = indexes.dropFirst().allSatisfy { precedes($0 - 1, $0) }
        return isOrdered ? indexes : indexes.sorted(by: precedes)
    }

    func key(meter: UInt32, day: Int32, kind: ReadingKind) -> BlockKey {
        let meter = MeterNumber(rawValue: meter)
        let feeder = network.feeder(of: meter, keepingDay: CivilDay(number: day))
        return BlockKey(
            feeder: Int(feeder?.rawValue ?? 0), day: day, group: Int(meter.groupNumber), kind: kind)
    }

    private func runs(of order: [Int], by keys: [BlockKey]) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        var start = 0
        for position in order.indices.dropFirst()
        where keys[order[position]] != keys[order[position - 1]] {
            runs.append(start..<position)
            start = position
        }
        if !order.isEmpty { runs.append(start..<order.count) }
        return runs
    }

    /// A part without bytes, for meters that stand in ascending order.
    private func describe(_ key: BlockKey, meters: some Collection<UInt32>) -> AssembledPart {
        var (distinct, last) = (0, UInt32.max)
        for meter in meters where meter != last { (distinct, last) = (distinct + 1, meter) }
        return AssembledPart(
            key: key, counts: VerdictCounts(), firstMeter: meters.first ?? 0, lastMeter: last,
            meters: distinct, isClean: true, body: .held([]))
    }

    private mutating func addEnergy(of strips: IntervalStrips) {
        // A file has few keys; the one of the strip before comes first.
        var sums: [(key: EnergySumKey, sum: Int128)] = []
        var place = 0
        for strip in 0..<strips.count {
            let key = EnergySumKey(
                channel: strips.channels[strip], unit: strips.units[strip],
                decimals: strips.decimals[strip])
            if sums.isEmpty || sums[place].key != key {
                place = sums.firstIndex { $0.key == key } ?? sums.count
                if place == sums.count { sums.append((key, 0)) }
            }
            sums[place].sum += sum(strips.values.span.extracting(strips.slots(strip)))
        }
        for (key, sum) in sums {
            energy[key.name(verdict: "accepted"), default: .zero] += key.exact(sum)
        }
    }
}

/// The sum of a strip's values, in a loop without branches that compiles to vector code.
private func sum(_ values: Span<Int64>) -> Int128 {
    var (sum, bits): (Int64, Int64) = (0, 0)
    for slot in values.indices {
        let value = values[slot]
        sum &+= value
        bits |= value ^ value >> 63
    }
    // A strip has at most 1440 slots; their sum fits where each is far from the ends of Int64.
    if bits >> 48 == 0 { return Int128(sum) }
    return values.indices.reduce(0) { $0 + Int128(values[$1]) }
}

/// What delivered integers must share to be summed as they are.
struct EnergySumKey: Hashable {
    var channel: UInt64
    var unit: UInt8
    var decimals: UInt8

    /// Where the sum is booked.
    func name(verdict: String) -> EnergyKey {
        EnergyKey(
            channel: Channel(packed: channel).description,
            unit: MeasuredUnit(rawValue: unit)?.name ?? "", verdict: verdict)
    }

    /// A sum in the unit as delivered.
    func exact(_ sum: Int128) -> Exact { Exact(coefficient: sum, exponent: -Int(decimals)) }
}
