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
        try read { transaction in
            if let image = try transaction.networkImage(),
                let network = try? Network(image: image, zones: TimeZoneTable.named)
            {
                return network
            }
            return try Network(
                transaction.networkRows(), numbers: transaction.networkNumbers(),
                importedOn: CivilDay(number: 0), zones: TimeZoneTable.named)
        }
    }

    /// The network as it was known at a change of input.
    ///
    /// Where imports came later it is made from the rows, which takes seconds for a large network.
    public func loadNetwork(knownSeq: Int) throws -> Network {
        guard try read({ try $0.hasImports(after: knownSeq) }) else { return try loadNetwork() }
        return try read { transaction in
            let rows = try transaction.networkRows()
                .restoring(transaction.replacedRows(since: knownSeq))
            return try Network(
                rows, numbers: transaction.networkNumbers(), importedOn: CivilDay(number: 0),
                zones: TimeZoneTable.named)
        }
    }
}
