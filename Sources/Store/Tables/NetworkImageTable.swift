// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import GRDB

/// The network as the latest import left it, in pieces that SQLite takes.
extension StoreTransaction {
    /// How many bytes the latest image has in all; 0 where no import left one.
    public func networkImageBytes() throws -> Int {
        try Int.fetchOne(db, sql: "SELECT sum(length(body)) FROM network_image") ?? 0
    }

    /// Gives the pieces of the latest image one after the other, then nil; within the transaction.
    public func networkImagePieces() throws -> () throws -> [UInt8]? {
        let pieces = try Data.fetchCursor(
            db, sql: "SELECT body FROM network_image ORDER BY seq, part")
        return { try pieces.next().map(Array.init) }
    }

    /// Puts the image of a network in place of the one before.
    ///
    /// - Parameter seq: The change of input that made the network.
    public func replaceNetworkImage(_ pieces: [[UInt8]], seq: Int) throws {
        try db.execute(sql: "DELETE FROM network_image")
        let insert = try db.cachedStatement(sql: "INSERT INTO network_image VALUES (?, ?, ?)")
        for (part, piece) in pieces.enumerated() {
            try insert.execute(arguments: [seq, part, Data(piece)])
        }
    }
}
