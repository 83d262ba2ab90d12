// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import GRDB

/// The network as the latest import left it, in pieces that SQLite takes.
extension StoreTransaction {
    /// The longest piece, in bytes; chosen small, as reading one holds it twice.
    private static let imagePartBytes = 1 << 20

    /// The bytes of the latest image; nil where no import left one.
    public func networkImage() throws -> [UInt8]? {
        let sizes = try Int.fetchAll(db, sql: "SELECT length(body) FROM network_image")
        if sizes.isEmpty { return nil }
        var image: [UInt8] = []
        image.reserveCapacity(sizes.reduce(0, +))
        let parts = try Data.fetchCursor(
            db, sql: "SELECT body FROM network_image ORDER BY seq, part")
        while let part = try parts.next() { image.append(contentsOf: part) }
        return image
    }

    /// Puts the image of a network in place of the one before.
    ///
    /// - Parameter seq: The change of input that made the network.
    public func replaceNetworkImage(_ image: [UInt8], seq: Int) throws {
        try db.execute(sql: "DELETE FROM network_image")
        let insert = try db.cachedStatement(sql: "INSERT INTO network_image VALUES (?, ?, ?)")
        let starts = stride(from: 0, to: image.count, by: StoreTransaction.imagePartBytes)
        for (part, start) in starts.enumerated() {
            let end = min(start + StoreTransaction.imagePartBytes, image.count)
            try insert.execute(arguments: [seq, part, Data(image[start..<end])])
        }
    }
}
