// SPDX-License-Identifier: Apache-2.0

import Quantities

// Each part of the network is written and read here by two functions that stand together; a change
// of either takes the next version in `NetworkImageFrame.head`.

extension Network {
    /// The network as bytes that `init(image:zones:)` reads back; equal networks give equal bytes.
    public func image() -> [UInt8] {
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
        return writer.finish()
    }

    /// The network of an image.
    ///
    /// - Parameters:
    ///   - image: What `image()` gave.
    ///   - zones: Finds clocks, such as `TimeZoneTable.named`; the image names them only.
    /// - Throws: Where the bytes are not such an image, or clocks have changed since.
    public init(image: [UInt8], zones lookup: ZoneLookup) throws(NetworkImageError) {
        var reader = try ImageReader(image)
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
        writer.column(registerReads) { Int64(bitPattern: $0.channel.packed) }
        writer.column(registerReads, \.at.seconds)
        for read in registerReads {
            writer.choice(read.kind)
            writer.exact(read.value)
        }
    }

    private mutating func readRegisterReads(
        _ reader: inout ImageReader
    ) throws(NetworkImageError) {
        let count = try reader.count()
        let owners = try reader.column(count, below: meterIDs.count)
        registerReadsByMeter = GroupedIndexes(keys: owners, count: meterIDs.count)
        let channels: [Int64] = try reader.column(count, .min ... .max)
        let moments: [Int64] = try reader.column(count, .min ... .max)
        for index in 0..<count {
            registerReads.append(
                RegisterRead(
                    channel: Channel(packed: UInt64(bitPattern: channels[index])),
                    at: Instant(seconds: moments[index]),
                    kind: try reader.choice(RegisterReadKind.self), value: try reader.exact()))
        }
    }
}
