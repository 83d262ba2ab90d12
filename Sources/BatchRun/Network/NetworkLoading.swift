// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Quantities
import Store

extension TallyStore {
    /// The network on record.
    ///
    /// An import leaves it as an image, which is many times faster to load than its rows. The rows
    /// are what counts: they are used where the image is of another version or damaged, or where the
    /// system's clocks have changed since.
    public func loadNetwork() throws -> Network {
        try read { try networkOfImage($0) ?? Network(recorded: $0.networkRows(), $0) }
    }

    /// The network on record, by an image that is made anew where it could not be used.
    func loadNetworkRenewingImage() throws -> Network {
        if let network = try read(networkOfImage) { return network }
        return try write { transaction in
            let network = try Network(recorded: transaction.networkRows(), transaction)
            try transaction.keepImage(of: network, seq: transaction.latestSeq())
            return network
        }
    }

    private func networkOfImage(_ transaction: StoreTransaction) throws -> Network? {
        let next = try transaction.networkImagePieces()
        return try? Network(
            image: next, size: try transaction.networkImageBytes(), zones: TimeZoneTable.named)
    }

    /// The network as it was known at a change of input, as far as the meters of the service points of a
    /// contract go.
    ///
    /// Where later imports changed nothing there it is today's; else it is made from the rows, which
    /// takes seconds for a large network.
    public func loadNetwork(
        knownSeq: Int, contract: String, servicePoints: Set<String>
    ) throws -> Network {
        let today = try loadNetwork()
        return try read { transaction in
            let replaced = try transaction.replacedRows(since: knownSeq)
            guard replaced.contains(where: { today.mayServe(servicePoints, contract, $0) }) else {
                return today
            }
            return try Network(
                recorded: transaction.networkRows().restoring(replaced), transaction)
        }
    }
}

extension StoreTransaction {
    /// Puts the image of a network in place of the one before; a piece is what a run holds of it beside
    /// the network.
    func keepImage(of network: Network, seq: Int) throws {
        try replaceNetworkImage(network.image(piecesOf: 1 << 20), seq: seq)
    }
}

extension Network {
    /// The network of rows that are or were on record.
    fileprivate init(recorded rows: NetworkRows, _ transaction: StoreTransaction) throws {
        try self.init(
            rows, numbers: transaction.networkNumbers(), importedOn: CivilDay(number: 0),
            zones: TimeZoneTable.named)
    }

    /// True where rows that were replaced may have said how service points of a contract are served.
    fileprivate func mayServe(
        _ servicePoints: Set<String>, _ contract: String, _ replaced: ReplacedRows
    ) -> Bool {
        func serves(_ id: String) -> Bool {
            meter(id).map { meter in
                spans(of: meter).contains {
                    servicePoints.contains(servicePointIDs[$0.servicePoint])
                }
            } ?? false
        }
        var namesPoint: Bool {
            replaced.rows.contains { row in
                row["service_point_id"].map { servicePoints.contains($0) } ?? false
            }
        }
        switch replaced.table {
        case .nodes: return true
        case .servicePoints: return servicePoints.contains(replaced.id)
        case .meters: return serves(replaced.id) || namesPoint
        // A meter that no longer serves it is among the meters replaced.
        case .registerReads: return serves(RegisterReadRow.meterID(ofRead: replaced.id))
        // Its clock is the service point's.
        case .contracts: return namesPoint
        case .contractPoints: return replaced.id == contract
        case .terminals, .customers, .opening: return false
        }
    }
}
