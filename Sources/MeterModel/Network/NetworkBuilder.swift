// SPDX-License-Identifier: Apache-2.0

import Quantities

/// The numbers that meters and feeders keep for life.
public struct NetworkNumbers: Hashable, Sendable {
    /// A meter that has its number.
    public struct Meter: Hashable, Sendable {
        /// The id.
        public var id: String
        /// Seconds ahead of UTC of its storage day.
        public var storageOffset: Int32

        /// A meter from its parts.
        public init(id: String, storageOffset: Int32) {
            self.id = id
            self.storageOffset = storageOffset
        }
    }

    /// The meters; the position is the `MeterNumber`.
    public var meters: [Meter]
    /// The ids of the feeders; the position is the `FeederNumber`.
    public var feeders: [String]

    /// Numbers given so far; none in a new database.
    public init(meters: [Meter] = [], feeders: [String] = []) {
        self.meters = meters
        self.feeders = feeders
    }
}

extension Network {
    /// Finds the clock of a zone's name.
    public typealias ZoneLookup = (String) throws(TimeZoneError) -> TimeZoneTable

    /// The network that follows from some rows.
    ///
    /// - Parameters:
    ///   - rows: The whole network's rows.
    ///   - numbers: The numbers given so far; new ids get the next ones, meters in the order feeder,
    ///     terminal, meter id.
    ///   - importedOn: The day of the import; it fixes the standard time of new meters' storage days.
    ///   - zones: Finds clocks, such as `TimeZoneTable.named`.
    /// - Throws: Everything that is wrong with the rows together, up to `NetworkErrors.limit`.
    public init(
        _ rows: NetworkRows, numbers: NetworkNumbers, importedOn: CivilDay, zones: ZoneLookup
    ) throws(NetworkErrors) {
        var errors = NetworkErrors()
        rows.checkReferences(&errors)
        guard errors.isEmpty else { throw errors }
        var builder = try NetworkBuilder(rows, zones: zones)
        builder.checkHistories()
        builder.placeServicePoints(numbers.feeders)
        builder.placeMeters()
        builder.checkContracts()
        guard builder.errors.isEmpty else { throw builder.errors }
        builder.numberMeters(numbers.meters, importedOn: importedOn)
        builder.enterRegisterReads()
        builder.enterContracts()
        self = builder.network
    }

    /// The numbers given so far, to be kept.
    public var numbers: NetworkNumbers {
        NetworkNumbers(
            meters: storageOffsets.indices.map {
                NetworkNumbers.Meter(
                    id: meterIDs[$0], storageOffset: Int32(bitPattern: storageOffsets[$0]))
            },
            feeders: (0..<feederIDs.count).map { feederIDs[$0] })
    }
}

/// Turns rows into a network, step by step, collecting what is wrong.
struct NetworkBuilder {
    let rows: NetworkRows
    var network = Network()
    var errors = NetworkErrors()
    var topology: GridTopology
    let servicePoints: RowGroups
    let meters: RowGroups
    let contracts: RowGroups
    /// The zone of each service point's first row, as an index. Shape: `[service point]`.
    private var zoneOfServicePoint: [Int] = []
    private var zoneIndexes: [String: Int] = [:]
    /// The spans of meters with the index of their id in `meters` in place of the number.
    var meterSpans: [Network.StoredMeterSpan] = []

    /// Groups the rows and finds the clocks; a zone that is not found ends it.
    init(_ rows: NetworkRows, zones: Network.ZoneLookup) throws(NetworkErrors) {
        self.rows = rows
        topology = GridTopology(rows.nodes)
        servicePoints = RowGroups(rows.servicePoints.map(\.id))
        meters = RowGroups(rows.meters.map(\.id))
        contracts = RowGroups(rows.contracts.map(\.id))
        for name in Set(rows.servicePoints.map(\.zoneName)).sorted() {
            do throws(TimeZoneError) {
                network.zones.append(try zones(name))
                zoneIndexes[name] = network.zones.count - 1
            } catch {
                guard let row = rows.servicePoints.first(where: { $0.zoneName == name }) else {
                    continue
                }
                errors.append(
                    .unknownTimeZone, row, found: "timezone '\(name)' is not known",
                    mend: "use an IANA name such as Asia/Shanghai, and install tzdata")
            }
        }
        guard errors.isEmpty else { throw errors }
        zoneOfServicePoint = servicePoints.ids.indices.map { index in
            let first = servicePoints[index].first.map { rows.servicePoints[Int($0)].zoneName }
            return zoneIndexes[first ?? ""] ?? 0
        }
        network.servicePointIDs = IdentifierTable(servicePoints.ids)
        network.contractIDs = IdentifierTable(contracts.ids)
        network.nodeIDs = IdentifierTable(topology.nodes.ids)
        network.terminalIDs = IdentifierTable(Set(rows.terminals.map(\.id)).sorted())
    }

    /// The index of a zone's name.
    func zoneIndex(_ name: String) -> Int { zoneIndexes[name] ?? 0 }

    /// The zone by whose clock a service point's dates are read: that of its first row.
    func zoneIndex(ofServicePoint id: String) -> Int {
        servicePoints.index[id].map { zoneOfServicePoint[$0] } ?? 0
    }

    /// The clock by which a service point's dates are read.
    func zone(ofServicePoint id: String) -> TimeZoneTable {
        network.zones[zoneIndex(ofServicePoint: id)]
    }

    /// A moment as people at the place write it; for messages.
    func written(_ instant: Instant, _ zone: TimeZoneTable) -> String {
        if instant == .distantPast { return "the beginning" }
        let (day, second) = zone.clock(at: instant)
        return second == 0 ? "\(day)" : instant.iso(offset: zone.offset(at: instant))
    }

    /// Where a row stands, for messages of another row.
    func place(_ row: some NetworkRow) -> String {
        row.context.line == 0 ? "its row on record" : "its row in line \(row.context.line)"
    }
}
