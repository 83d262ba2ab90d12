// SPDX-License-Identifier: Apache-2.0

import Quantities

// Each part of the network is written and read here by two functions that stand together; a change
// of either takes the next version in `NetworkImageFrame.head`.

extension Network {
    /// The network as bytes that `init(image:size:zones:)` reads back; equal networks give equal bytes.
    ///
    /// - Parameter length: The length of all pieces but the last, without what is added to each; the
    ///   first names the version, and so has at least 5 bytes.
    public func image(piecesOf length: Int) -> [[UInt8]] {
        var writer = ImageWriter()
        writer.number(zones.count)
        for zone in zones {
            writer.text(zone.name)
            writer.word(ImageSum.of(zone))
        }
        for ids in [feederIDs, nodeIDs, terminalIDs, servicePointIDs, meterIDs, contractIDs] {
            writer.identifiers(ids)
        }
        writer.column(storageOffsets) { Int64(Int32(bitPattern: $0)) }
        writeServicePoints(to: &writer)
        writeMeters(to: &writer)
        writeRegisterReads(to: &writer)
        contractBook.write(to: &writer)
        return writer.pieces(of: length)
    }

    /// The network of an image.
    ///
    /// - Parameters:
    ///   - next: Gives the pieces of what `image(piecesOf:)` gave, one after the other, then nil; only
    ///     one is held at a time.
    ///   - size: At least as many bytes as all pieces have.
    ///   - zones: Finds clocks, such as `TimeZoneTable.named`; the image names them only.
    /// - Throws: Where the bytes are not such an image, or clocks have changed since.
    public init(
        image next: @escaping () throws -> [UInt8]?, size: Int, zones lookup: ZoneLookup
    ) throws(NetworkImageError) {
        var reader = try ImageReader(size: size, next)
        for _ in 0..<(try reader.count()) {
            zones.append(try Network.zone(&reader, lookup))
        }
        feederIDs = try reader.identifiers()
        nodeIDs = try reader.identifiers()
        terminalIDs = try reader.identifiers()
        servicePointIDs = try reader.identifiers()
        meterIDs = try reader.identifiers()
        contractIDs = try reader.identifiers()
        storageOffsets = try reader.numbers(meterIDs.count, -86_400...86_400)
        try readServicePoints(&reader)
        try readMeters(&reader)
        try readRegisterReads(&reader)
        contractBook = try ContractBook(
            &reader, contracts: contractIDs.count, servicePoints: servicePointIDs.count,
            zones: zones.count)
        contractsByServicePoint = GroupedIndexes(
            keys: contractBook.heads.servicePoints, count: servicePointIDs.count)
        try reader.finish()
    }

    private static func zone(
        _ reader: inout ImageReader, _ lookup: ZoneLookup
    ) throws(NetworkImageError) -> TimeZoneTable {
        let name = try reader.text()
        let sum = try reader.word()
        let zone: TimeZoneTable
        do throws(TimeZoneError) { zone = try lookup(name) } catch { throw .zone(error) }
        guard ImageSum.of(zone) == sum else { throw .changedZone(name) }
        return zone
    }

    private func writeServicePoints(to writer: inout ImageWriter) {
        writer.number(servicePointTerms.count)
        for terms in servicePointTerms {
            writer.number(terms.zone)
            writer.choice(terms.role)
            writer.optional(terms.capacityKilowatts)
        }
        writer.number(servicePointSpans.count)
        writer.column(servicePointGroups.keys)
        writer.periods(servicePointSpans.periods)
        writer.column(servicePointSpans.nodes)
        writer.column(servicePointSpans.feeders)
        writer.column(servicePointSpans.terms)
    }

    private mutating func readServicePoints(
        _ reader: inout ImageReader
    ) throws(NetworkImageError) {
        for _ in 0..<(try reader.count()) {
            servicePointTerms.append(
                ServicePointTerms(
                    zone: Int(try reader.number(ImageReader.indexes(below: zones.count))),
                    role: try reader.choice(ServicePointRole.self),
                    capacityKilowatts: try reader.optional()))
        }
        let count = try reader.count()
        let owners = try reader.numbers(count, below: servicePointIDs.count)
        servicePointGroups = GroupedIndexes(keys: owners, count: servicePointIDs.count)
        servicePointSpans.periods = try reader.periods(count)
        servicePointSpans.nodes = try reader.numbers(count, below: nodeIDs.count)
        servicePointSpans.feeders = try reader.numbers(count, below: feederIDs.count)
        servicePointSpans.terms = try reader.numbers(count, below: servicePointTerms.count)
    }

    private func writeRegisterReads(to writer: inout ImageWriter) {
        writer.number(registerReads.count)
        writer.column(registerReadsByMeter.keys)
        writer.number(registerReads.heads.count)
        for head in registerReads.heads {
            writer.word(head.channel.packed)
            writer.number(head.at.seconds)
            writer.choice(head.kind)
        }
        writer.column(registerReads.headNumbers)
        writer.column(registerReads.numerators) { $0 }
        writer.number(registerReads.denominators.count)
        writer.column(registerReads.denominators) { $0 }
        writer.column(registerReads.denominatorNumbers)
        writer.number(registerReads.long.count)
        for (index, value) in registerReads.long.sorted(by: { $0.key < $1.key }) {
            writer.number(index)
            writer.exact(value)
        }
    }

    private mutating func readRegisterReads(
        _ reader: inout ImageReader
    ) throws(NetworkImageError) {
        let count = try reader.count()
        let owners = try reader.column(count, below: meterIDs.count)
        registerReadsByMeter = GroupedIndexes(keys: owners, count: meterIDs.count)
        var heads: [RegisterReads.Head] = []
        for _ in 0..<(try reader.count()) {
            heads.append(
                RegisterReads.Head(
                    channel: Channel(packed: try reader.word()),
                    at: Instant(seconds: try reader.number(.min ... .max)),
                    kind: try reader.choice(RegisterReadKind.self)))
        }
        let headNumbers = NumberColumn(try reader.column(count, below: heads.count))
        let numerators: [Int64] = try reader.column(count, .min ... .max)
        let denominators: [Int64] = try reader.column(try reader.count(), 1 ... .max)
        let denominatorNumbers = NumberColumn(try reader.column(count, below: denominators.count))
        var long: [Int: Exact] = [:]
        for _ in 0..<(try reader.count()) {
            let index = Int(try reader.number(ImageReader.indexes(below: count)))
            long[index] = try reader.exact()
        }
        registerReads = RegisterReads(
            heads: heads, headNumbers: headNumbers, numerators: numerators,
            denominators: denominators, denominatorNumbers: denominatorNumbers, long: long)
    }
}
