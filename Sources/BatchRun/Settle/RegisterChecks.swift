// SPDX-License-Identifier: Apache-2.0

import MeterBlocks
import MeterModel
import MeterValidate
import Quantities
import Store

/// Compares the registers of each day that a change of input touched with what came last before, and
/// those of a day with each other: falls and rollovers, and meters that sent a freeze on both days before
/// and none on this one.
///
/// A second pass, when all days are settled, so that what it finds does not depend on which day was
/// settled first. It may be run again: it replaces what it found before.
struct RegisterChecks {
    let store: TallyStore
    let network: Network
    let seq: Int
    /// Days on and after it are still being delivered: nothing is missing from them yet.
    let asOf: CivilDay

    func run() throws {
        let touched = try store.read { try $0.keysSettled(bySeq: seq, kind: .register) }
        guard !touched.isEmpty else { return }
        let open = try store.read { try $0.blocksWithExceptions(endingWith: " registers") }
        let keys = try keys(around: touched, open: open)
            .sorted { ($0.feeder, $0.group, $0.day) < ($1.feeder, $1.group, $1.day) }
        var last: Listed?
        var lastDay: DayRegisters?
        for start in stride(from: 0, to: keys.count, by: RegisterChecks.keysPerRead) {
            let some = keys[start..<min(start + RegisterChecks.keysPerRead, keys.count)]
            var found: [(block: String, rows: [ExceptionRow])] = []
            for listed in try store.read({ transaction in
                try some.map { try list($0, in: transaction) }
            }) {
                // A delivery of many days has each day as the day before of the next.
                let earlier = last.map { listed.isDay(after: $0) } == true ? lastDay : nil
                let rows = try check(listed, after: earlier, &lastDay)
                last = listed
                let block = "\(listed.key) registers"
                if !rows.isEmpty || open.contains(block) { found.append((block, rows)) }
            }
            guard !found.isEmpty else { continue }
            try store.write { transaction in
                for (block, rows) in found {
                    try transaction.reconcileExceptions(block: block, found: rows, seq: seq)
                }
            }
        }
    }

    /// The blocks that what was touched may tell something of.
    private func keys(around touched: [BlockKey], open: Set<String>) throws -> Set<BlockKey> {
        var keys: Set<BlockKey> = []
        for key in touched {
            keys.insert(key)
            let movers = network.movers(among: network.meters(of: key))
            // Readings after a gap are compared over it.
            let later = try store.read {
                try $0.settledDays(
                    like: key, within: (key.day + 1)...(key.day + RegisterChecks.longestGap))
            }
            for day in later {
                var other = key
                other.day = day
                keys.insert(other)
            }
            for days in 1...RegisterChecks.daysLookedBack {
                for block in network.blocks(of: key, whenceMove: movers, daysLater: days) {
                    // Of a day to come, nothing is missing yet.
                    let isAlone = block.feeder == key.feeder && CivilDay(number: block.day) >= asOf
                    if !isAlone || open.contains("\(block) registers") { keys.insert(block) }
                }
            }
        }
        return keys
    }

    /// How many blocks' listings are read at once: a transaction costs as much as a block.
    private static let keysPerRead = 64

    /// How many days before a day its checks look at.
    private static let daysLookedBack: Int32 = 2

    /// Over how many days without a value a register is compared; bills compare over longer gaps.
    static let longestGap: Int32 = 31

    /// What is there for checking a block.
    private struct Listed {
        var key: BlockKey
        /// Its meters, and those of them that were under other feeders too.
        var meters: [MeterNumber]
        var movers: [MeterNumber]
        /// What is settled of its day, and of the day before, whoever had the meters then.
        var today: [PartRow]
        var earlier: [PartRow]

        /// True where the day before is the day of another block, and of the same meters.
        func isDay(after other: Listed) -> Bool { earlier == other.today && meters == other.meters }
    }

    private func list(_ key: BlockKey, in transaction: StoreTransaction) throws -> Listed {
        let meters = network.meters(of: key)
        let movers = network.movers(among: meters)
        return Listed(
            key: key, meters: meters, movers: movers, today: try transaction.settledParts(of: key),
            earlier: try network.blocks(of: key, whenceMove: movers, daysLater: -1).sorted()
                .flatMap { try transaction.settledParts(of: $0) })
    }

    /// What is doubtful in a block.
    ///
    /// - Parameters:
    ///   - known: The values of the day before, where they are known.
    ///   - day: Takes the values of the block's day.
    private func check(
        _ listed: Listed, after known: DayRegisters?, _ day: inout DayRegisters?
    ) throws -> [ExceptionRow] {
        let today = DayRegisters(try store.registers(of: listed.today), of: listed.meters)
        day = today
        let isOver = CivilDay(number: listed.key.day) < asOf
        guard isOver || !today.rows.isEmpty else { return [] }
        let earlier =
            try known ?? DayRegisters(try store.registers(of: listed.earlier), of: listed.meters)
        let succession = RegisterSuccession(from: earlier, to: today)
        let found = isOver ? try missing(listed, succession.silent, of: earlier) : []
        let steps =
            try succession.doubtful + stepsOverGaps(listed, succession.begun, of: today)
        return found
            + steps.sorted { $0.place < $1.place }.compactMap { step in
                finding(today.rows[step.place], from: step.previous, to: today.reading(step.place))
            }
    }

    /// What two readings of a register in a row tell; nil where it rose, or was set, or where the meter
    /// served under other terms before.
    private func finding(
        _ row: RegisterRow, from previous: RegisterReading, to reading: RegisterReading
    ) -> ExceptionRow? {
        let meter = MeterNumber(rawValue: row.meter)
        let channel = Channel(packed: row.channel)
        let (from, to) = (Instant(seconds: previous.instant), Instant(seconds: reading.instant))
        guard from < to, let span = network.span(of: meter, at: to + -1),
            let finding = RegisterDial(span.terms).finding(from: previous, to: reading),
            network.setup(around: span, of: .register).contains(from),
            !network.isReset(channel, of: meter, after: from, through: to)
        else { return nil }
        return BlockChecks(network: network, asOf: asOf).row(
            finding, meter: meter, channel: channel, offset: network.storageOffset(of: meter))
    }

    /// Meters that sent a freeze on both days before and none on this one, though still in service.
    ///
    /// Two days in a row tell a meter that is read daily from one that is read once a month.
    ///
    /// - Parameters:
    ///   - silent: The places of registers that sent one on the day before, and none on this one.
    ///   - earlier: The day before.
    private func missing(
        _ listed: Listed, _ silent: [Int], of earlier: DayRegisters
    ) throws -> [ExceptionRow] {
        guard !silent.isEmpty else { return [] }
        let before = try values(listed, daysBefore: 2)
        guard !before.rows.isEmpty else { return [] }
        let day = CivilDay(number: listed.key.day)
        let checks = BlockChecks(network: network, asOf: asOf)
        var found: [ExceptionRow] = []
        var last: UInt32?
        for place in silent {
            let row = earlier.rows[place]
            guard row.meter != last, before.last(of: row) != nil else { continue }
            let meter = MeterNumber(rawValue: row.meter)
            last = row.meter
            let offset = network.storageOffset(of: meter)
            let end = Instant(day: day + 1, offset: offset)
            guard network.span(of: meter, at: end + -1) != nil else { continue }
            found.append(
                checks.row(
                    ValidationFinding(.missingFreeze, from: end, to: end, count: 1), meter: meter,
                    channel: Channel(packed: row.channel), offset: offset))
        }
        return found
    }

    /// The steps of registers that had no value the day before, from the latest that they had.
    private func stepsOverGaps(_ listed: Listed, _ begun: [Int], of today: DayRegisters) throws
        -> [RegisterSuccession.Step]
    {
        guard !begun.isEmpty else { return [] }
        let key = listed.key
        let days = try store.read {
            try $0.settledDays(
                like: key, within: (key.day - RegisterChecks.longestGap)...(key.day - 2))
        }
        var (sought, steps) = (begun, [RegisterSuccession.Step]())
        for day in days.reversed() where !sought.isEmpty {
            let values = try values(listed, daysBefore: key.day - day)
            sought.removeAll { place in
                guard let previous = values.last(of: today.rows[place]) else { return false }
                steps.append(RegisterSuccession.Step(place: place, previous: previous))
                return true
            }
        }
        return steps
    }

    /// The settled values of a block's meters some days before, whoever had them then.
    private func values(_ listed: Listed, daysBefore days: Int32) throws -> DayRegisters {
        let blocks = network.blocks(of: listed.key, whenceMove: listed.movers, daysLater: -days)
        let parts = try store.read { transaction in
            try blocks.sorted().flatMap { try transaction.settledParts(of: $0) }
        }
        return DayRegisters(try store.registers(of: parts), of: listed.meters)
    }
}

extension StoredRegisters {
    /// A row as a reading.
    func reading(_ row: Int) -> RegisterReading {
        RegisterReading(
            instant: rows[row].instant,
            value: ScaledValue(rows[row].value, step: rows[row].step),
            quality: Quality(packed: rows[row].quality),
            isPrimary: origins[row].flags.contains(.primary))
    }
}
