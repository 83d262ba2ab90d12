// SPDX-License-Identifier: Apache-2.0

import MeterBlocks
import MeterModel
import MeterValidate
import Quantities
import Store

/// A block that settling wrote, before it has a number.
struct MergedPart: Sendable {
    var bytes: [UInt8]
    var readings: Int
    var firstMeter: UInt32
    var lastMeter: UInt32
    var meters: Int
    var streams: Int64
    var isClean: Bool
}

/// What settling one key came to.
struct SettledKey: Sendable {
    var key: BlockKey
    /// Listed parts that are current as they are.
    var promoted: [Int64] = []
    /// New blocks, current from now on.
    var merged: [MergedPart] = []
    var book = VerdictBook()
    var exceptions: [ExceptionRow] = []
    /// The intervals that are current now and were not before.
    var changes = BlockChanges()
}

/// Settles one key: a feeder's storage day, group of meters and kind.
///
/// Parts whose meters do not overlap are current as they are; a clean one is not even decoded, and of
/// another only the meters that are not clean. Parts that overlap are merged into one new block, and
/// the parts stay in the month file as they came.
struct BlockSettling: Sendable {
    let store: TallyStore
    let network: Network
    let delivery: DeliveryRow
    let asOf: CivilDay
    /// The last storage day that an issued invoice reaches; later days need no list of meters.
    let billedThrough: Int32

    /// Settles some keys, whose listings are read together: a transaction costs as much as a key.
    func settle(_ keys: ArraySlice<BlockKey>) throws -> [SettledKey] {
        let parts = try store.read { transaction in
            try keys.map {
                (try transaction.unsettledParts(of: $0), try transaction.settledParts(of: $0))
            }
        }
        return try zip(keys, parts).map { key, parts in
            try settle(key, new: parts.0, standing: parts.1)
        }
    }

    private func settle(_ key: BlockKey, new: [PartRow], standing: [PartRow]) throws -> SettledKey {
        var settled = SettledKey(key: key)
        let clusters = clusters(of: standing + new)
        for cluster in clusters {
            let isNew = cluster.contains { part in
                part.delivery == delivery.delivery && part.file != nil
            }
            if cluster.count == 1, cluster[0].isClean, !(isNew && key.day <= billedThrough) {
                settled.promoted.append(cluster[0].partID)
                continue
            }
            switch key.kind {
            case .interval: try settleIntervals(cluster, isNew: isNew, &settled)
            case .register: try settleRegisters(cluster, isNew: isNew, &settled)
            }
        }
        // No bill rests on a later day.
        if key.day > billedThrough { settled.changes = BlockChanges() }
        try addSilentMeters(clusters, &settled)
        return settled
    }

    /// Adds meters of the group that sent nothing for the day, once the day is over.
    private func addSilentMeters(_ clusters: [[PartRow]], _ settled: inout SettledKey) throws {
        let silence = SilentMeters(network: network, asOf: asOf)
        let expected = silence.expected(settled.key)
        guard !expected.isEmpty else { return }
        let parts = clusters.joined()
        // Most days all are there: then the counts agree and nothing is decoded.
        let promoted = Set(settled.promoted)
        let count = parts.reduce(0) { $0 + (promoted.contains($1.partID) ? $1.meters : 0) }
        if settled.merged.reduce(count, { $0 + $1.meters }) == expected.count { return }
        var present: Set<UInt32> = []
        for part in parts { present.formUnion(try store.meters(ofIntervals: part)) }
        settled.exceptions += silence.exceptions(
            settled.key, expected.filter { !present.contains($0) })
    }

    /// Parts whose ranges of meters overlap, directly or through others; the standing ones first.
    private func clusters(of parts: [PartRow]) -> [[PartRow]] {
        let sorted = parts.enumerated().sorted {
            ($0.element.firstMeter, $0.offset) < ($1.element.firstMeter, $1.offset)
        }
        var clusters: [[(offset: Int, element: PartRow)]] = []
        var last: UInt32 = 0
        for part in sorted {
            if clusters.isEmpty || part.element.firstMeter > last {
                clusters.append([part])
                last = part.element.lastMeter
            } else {
                clusters[clusters.count - 1].append(part)
                last = max(last, part.element.lastMeter)
            }
        }
        return clusters.map { cluster in
            cluster.sorted { $0.offset < $1.offset }.map(\.element)
        }
    }

    private func settleIntervals(_ parts: [PartRow], isNew: Bool, _ settled: inout SettledKey)
        throws
    {
        let checks = BlockChecks(network: network, asOf: asOf)
        if parts.count == 1 {
            // Bills may rest on any meter; strips of one channel are never clean.
            let mayBeBilled = isNew && settled.key.day <= billedThrough
            let readings = try store.intervals(of: parts[0], mayBeBilled ? .all : .doubtful)
            if !readings.hasRepeatedChannels || !isNew {
                settled.promoted.append(parts[0].partID)
                settled.exceptions += checks.exceptions(of: readings)
                if mayBeBilled { settled.changes.add(readings) }
                return
            }
        }
        let readings = try store.intervals(of: parts)
        var merge = IntervalMerge(
            delivery: delivery.delivery, fileRank: try fileRank(of: readings.origins))
        merge.merge(readings)
        settled.book.add(merge.book)
        settled.changes.add(merge.changes)
        let result = merge.result
        let exceptions = checks.exceptions(of: result)
        settled.exceptions += exceptions
        let order = Array(0..<result.strips.count)
        let bytes = encodeIntervals(result.strips, order: order) { result.origins[$0] }
        let isWhole = checks.isWhole(result)
        settled.merged.append(
            MergedPart(
                meters: result.strips.meters, bytes: bytes,
                readings: result.strips.qualities.count { $0 != 0 },
                streams: result.strips.streamDigest(of: order),
                isClean: exceptions.isEmpty && isWhole))
    }

    private func settleRegisters(_ parts: [PartRow], isNew: Bool, _ settled: inout SettledKey)
        throws
    {
        let readings = try store.registers(of: parts)
        let checks = BlockChecks(network: network, asOf: asOf)
        if parts.count == 1, parts[0].isClean || !isNew {
            settled.promoted.append(parts[0].partID)
            settled.exceptions += checks.exceptions(of: readings)
            return
        }
        var merge = RegisterMerge(
            delivery: delivery.delivery, fileRank: try fileRank(of: readings.origins))
        merge.merge(readings)
        settled.book.add(merge.book)
        let result = merge.result
        let exceptions = checks.exceptions(of: result)
        settled.exceptions += exceptions
        settled.merged.append(MergedPart(result, isClean: exceptions.isEmpty))
    }

    /// The files of some origins in the order of their SHA-256.
    private func fileRank(of origins: [Origin]) throws -> [UInt32: Int] {
        let files = Set(
            origins.filter { Int($0.delivery) == delivery.delivery }.map { Int($0.file) })
        let hashes = try store.read { try $0.contentOrder(of: files) }
        let sorted = hashes.sorted { $0.value < $1.value }
        return Dictionary(
            uniqueKeysWithValues: sorted.enumerated().map { (UInt32($1.key), $0) })
    }
}

extension StoredIntervals {
    /// True where two strips are of one meter, channel and slot length.
    var hasRepeatedChannels: Bool {
        for strip in origins.indices.dropFirst()
        where strips.meters[strip] == strips.meters[strip - 1]
            && strips.channels[strip] == strips.channels[strip - 1]
            && strips.slotMinutes[strip] == strips.slotMinutes[strip - 1]
        {
            return true
        }
        return false
    }
}

extension MergedPart {
    /// A block from its parts, for meters in ascending order.
    init(meters: [UInt32], bytes: [UInt8], readings: Int, streams: Int64, isClean: Bool) {
        self.init(
            bytes: bytes, readings: readings, firstMeter: meters.first ?? 0,
            lastMeter: meters.last ?? 0, meters: Set(meters).count, streams: streams,
            isClean: isClean)
    }

    /// A block of register rows.
    init(_ readings: StoredRegisters, isClean: Bool) {
        self.init(
            meters: readings.rows.map(\.meter),
            bytes: encodeRegisters(readings.rows.span) { readings.origins[$0] },
            readings: readings.rows.count, streams: readings.rows.span.streamDigest,
            isClean: isClean)
    }
}
