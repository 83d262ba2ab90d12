// SPDX-License-Identifier: Apache-2.0

import GRDB

extension StoreTransaction {
    /// The hash of a file and the name it first came under, by its number; nil where it is unknown.
    public func sourceFile(number: Int) throws -> (sha256: String, name: String)? {
        let select = try db.cachedStatement(
            sql: "SELECT sha256, name FROM source_file WHERE file_no = ?")
        return try Row.fetchOne(select, arguments: [number]).map { ($0["sha256"], $0["name"]) }
    }

    /// The estimates of a meter that were billed by what was known at `seq`, by channel and time.
    ///
    /// - Parameter span: When the slots begin, or the registers stood so, in seconds since
    ///   1970-01-01T00:00:00Z.
    public func estimates(ofMeter meter: UInt32, within span: ClosedRange<Int64>, knownSeq seq: Int)
        throws -> [EstimateRow]
    {
        let select = try db.cachedStatement(
            sql: """
                SELECT * FROM estimate WHERE meter_no = ? AND starts_at BETWEEN ? AND ?
                AND known_seq <= ? ORDER BY channel, starts_at
                """)
        return try Row.fetchAll(
            select, arguments: [meter, span.lowerBound, span.upperBound, seq]
        ).map(EstimateRow.init)
    }
}
