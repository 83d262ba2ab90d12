// SPDX-License-Identifier: Apache-2.0

import GRDB
import MeterModel

/// The unit of settling: the readings of one kind, of one group of meters, of a feeder's storage day.
public struct BlockKey: Hashable, Sendable, Comparable {
    /// The feeder's number.
    public var feeder: Int
    /// The storage day, as `CivilDay.number`.
    public var day: Int32
    /// The group of meters: meter number / 1024.
    public var group: Int
    /// Interval or register.
    public var kind: ReadingKind

    /// A key from its parts.
    public init(feeder: Int, day: Int32, group: Int, kind: ReadingKind) {
        self.feeder = feeder
        self.day = day
        self.group = group
        self.kind = kind
    }

    /// A key from its four columns, from a place in a row on; nil for a kind that is none.
    init?(_ row: Row, from place: Int = 0) {
        guard let kind = ReadingKind(rawValue: row[place + 3]) else { return nil }
        self.init(
            feeder: row[place], day: row[place + 1], group: row[place + 2], kind: kind)
    }

    /// By feeder, day, group and kind: the order in which everything is settled and written.
    public static func < (left: BlockKey, right: BlockKey) -> Bool {
        (left.feeder, left.day, left.group, left.kind.rawValue)
            < (right.feeder, right.day, right.group, right.kind.rawValue)
    }
}

/// The listing of one stored block of readings.
public struct PartRow: Hashable, Sendable {
    /// Its number, unique in the database.
    public var partID: Int64
    /// The month file it is in.
    public var month: Int
    /// What it holds.
    public var key: BlockKey
    /// The delivery that brought it.
    public var delivery: Int
    /// The file it came from; nil for a block that settling wrote.
    public var file: Int?
    /// How many cells it holds, absent ones included.
    public var readings: Int
    /// The lowest meter number in it.
    public var firstMeter: UInt32
    /// The highest meter number in it.
    public var lastMeter: UInt32
    /// How many different meters it holds.
    public var meters: Int
    /// Which streams it holds, as a number that adds up over parts; equal for equal streams.
    public var streams: Int64
    /// True where no check of the part alone found anything and no slot of it came twice.
    public var isClean: Bool
    /// Its size.
    public var bytes: Int

    /// A listing from its parts.
    public init(
        partID: Int64, month: Int, key: BlockKey, delivery: Int, file: Int?, readings: Int,
        firstMeter: UInt32, lastMeter: UInt32, meters: Int, streams: Int64, isClean: Bool,
        bytes: Int
    ) {
        self.partID = partID
        self.month = month
        self.key = key
        self.delivery = delivery
        self.file = file
        self.readings = readings
        self.firstMeter = firstMeter
        self.lastMeter = lastMeter
        self.meters = meters
        self.streams = streams
        self.isClean = isClean
        self.bytes = bytes
    }

    /// The columns of `part` in the order in which a listing is read from them.
    static let columns = """
        p.part_id, p.month, p.feeder_no, p.day, p.group_no, p.kind, p.delivery, p.file_no,
        p.readings, p.first_meter, p.last_meter, p.meters, p.streams, p.clean, p.bytes
        """

    /// A listing from a row of `columns`; by position, as a look for each name costs more than the row.
    init?(_ row: Row) {
        guard let key = BlockKey(row, from: 2) else { return nil }
        self.init(
            partID: row[0], month: row[1], key: key,
            delivery: row[6], file: row[7], readings: row[8], firstMeter: row[9],
            lastMeter: row[10], meters: row[11], streams: row[12], isClean: row[13],
            bytes: row[14])
    }
}

extension StoreTransaction {
    /// The highest part number listed; 0 where there is none.
    public func lastPartID() throws -> Int64 {
        try Int64.fetchOne(db, sql: "SELECT max(part_id) FROM part") ?? 0
    }

    /// Lists parts, which from the commit on count.
    public func list(_ parts: [PartRow], settled: Bool) throws {
        let insert = try db.cachedStatement(
            sql: "INSERT INTO part VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        for part in parts {
            try insert.execute(arguments: [
                part.partID, part.month, part.key.feeder, part.key.day, part.key.group,
                part.key.kind.rawValue, part.delivery, part.file, part.readings, part.firstMeter,
                part.lastMeter, part.meters, part.isClean, part.bytes, settled, part.streams,
            ])
        }
    }

    /// The keys that have parts not settled yet, in settling order.
    public func unsettledKeys() throws -> [BlockKey] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT DISTINCT feeder_no, day, group_no, kind FROM part WHERE settled = 0
                ORDER BY 1, 2, 3, 4
                """
        ).compactMap { BlockKey($0) }
    }

    /// The parts of a key that are not settled yet.
    public func unsettledParts(of key: BlockKey) throws -> [PartRow] {
        let select = try db.cachedStatement(
            sql: """
                SELECT \(PartRow.columns) FROM part p WHERE settled = 0 AND feeder_no = ?
                AND day = ? AND group_no = ? AND kind = ? ORDER BY first_meter, part_id
                """)
        return try Row.fetchAll(
            select, arguments: [key.feeder, key.day, key.group, key.kind.rawValue]
        ).compactMap(PartRow.init)
    }

    /// The parts that are a key's settled state as known at `seq`; empty where nothing is settled.
    public func settledParts(of key: BlockKey, knownSeq seq: Int = .max) throws -> [PartRow] {
        let select = try db.cachedStatement(
            sql: """
                SELECT \(PartRow.columns) FROM block b JOIN part p USING (part_id)
                WHERE b.feeder_no = ?1 AND b.day = ?2 AND b.group_no = ?3 AND b.kind = ?4
                AND b.seq = (SELECT max(seq) FROM block WHERE feeder_no = ?1 AND day = ?2
                    AND group_no = ?3 AND kind = ?4 AND seq <= ?5)
                ORDER BY p.first_meter, p.part_id
                """)
        return try Row.fetchAll(
            select, arguments: [key.feeder, key.day, key.group, key.kind.rawValue, seq]
        ).compactMap(PartRow.init)
    }

    /// The settled parts of a block and of its like on other days, as known at `seq`, day by day.
    public func settledParts(
        like key: BlockKey, within days: ClosedRange<Int32>, knownSeq seq: Int
    ) throws -> [PartRow] {
        let select = try db.cachedStatement(
            sql: """
                SELECT \(PartRow.columns) FROM block b JOIN part p USING (part_id)
                WHERE b.feeder_no = ?1 AND b.day BETWEEN ?2 AND ?3 AND b.group_no = ?4 AND b.kind = ?5
                AND b.seq = (SELECT max(seq) FROM block o WHERE o.feeder_no = ?1 AND o.day = b.day
                    AND o.group_no = ?4 AND o.kind = ?5 AND o.seq <= ?6)
                ORDER BY b.day, p.first_meter, p.part_id
                """)
        let rows = try Row.fetchCursor(
            select,
            arguments: [
                key.feeder, days.lowerBound, days.upperBound, key.group, key.kind.rawValue, seq,
            ])
        var parts: [PartRow] = []
        while let row = try rows.next() {
            if let part = PartRow(row) { parts.append(part) }
        }
        return parts
    }

    /// Which streams the settled parts of a block and of its like on other days hold, as the sum of
    /// `PartRow.streams` by day; 0 where that of a part is not known. Days without parts are left out.
    public func settledStreams(
        like key: BlockKey, within days: ClosedRange<Int32>, knownSeq seq: Int
    ) throws -> [Int32: Int64] {
        let select = try db.cachedStatement(
            sql: """
                SELECT b.day, p.streams FROM block b JOIN part p USING (part_id)
                WHERE b.feeder_no = ?1 AND b.day BETWEEN ?2 AND ?3 AND b.group_no = ?4 AND b.kind = ?5
                AND b.seq = (SELECT max(seq) FROM block o WHERE o.feeder_no = ?1 AND o.day = b.day
                    AND o.group_no = ?4 AND o.kind = ?5 AND o.seq <= ?6)
                """)
        let rows = try Row.fetchCursor(
            select,
            arguments: [
                key.feeder, days.lowerBound, days.upperBound, key.group, key.kind.rawValue, seq,
            ])
        var sums: [Int32: Int64] = [:]
        while let row = try rows.next() {
            let (day, streams): (Int32, Int64) = (row[0], row[1])
            sums[day] = streams == 0 || sums[day] == 0 ? 0 : sums[day, default: 0] + streams
        }
        return sums
    }

    /// Makes `parts` the settled state of a key from `seq` on.
    public func settle(_ key: BlockKey, seq: Int, as parts: [Int64]) throws {
        let mark = try db.cachedStatement(
            sql: """
                UPDATE part SET settled = 1 WHERE settled = 0 AND feeder_no = ? AND day = ?
                AND group_no = ? AND kind = ?
                """)
        try mark.execute(arguments: [key.feeder, key.day, key.group, key.kind.rawValue])
        let insert = try db.cachedStatement(
            sql: "INSERT OR REPLACE INTO block VALUES (?, ?, ?, ?, ?, ?)")
        for part in parts {
            try insert.execute(arguments: [
                key.feeder, key.day, key.group, key.kind.rawValue, seq, part,
            ])
        }
    }

    /// The days on which a block's feeder, group and kind have settled readings, in order.
    public func settledDays(like key: BlockKey, within days: ClosedRange<Int32>) throws -> [Int32] {
        try Int32.fetchAll(
            try db.cachedStatement(
                sql: """
                    SELECT DISTINCT day FROM block WHERE feeder_no = ? AND day BETWEEN ? AND ?
                    AND group_no = ? AND kind = ? ORDER BY day
                    """),
            arguments: [
                key.feeder, days.lowerBound, days.upperBound, key.group, key.kind.rawValue,
            ])
    }

    /// The settled keys of a feeder (or all) in a range of storage days, in order.
    public func settledKeys(feeder: Int? = nil, days: ClosedRange<Int32>? = nil) throws
        -> [BlockKey]
    {
        var keys: [BlockKey] = []
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT DISTINCT feeder_no, day, group_no, kind FROM block
                WHERE (?1 IS NULL OR feeder_no = ?1) AND day BETWEEN ?2 AND ?3 ORDER BY 1, 2, 3, 4
                """,
            arguments: [feeder, days?.lowerBound ?? .min, days?.upperBound ?? .max])
        while let row = try rows.next() {
            if let key = BlockKey(row) { keys.append(key) }
        }
        return keys
    }
}

extension StoreTransaction {
    /// True where the same meters have settled readings of an earlier day.
    public func hasEarlierBlock(_ key: BlockKey) throws -> Bool {
        let select = try db.cachedStatement(
            sql: """
                SELECT EXISTS (SELECT 1 FROM block WHERE feeder_no = ? AND day < ? AND group_no = ?
                AND kind = ?)
                """)
        return try Bool.fetchOne(
            select, arguments: [key.feeder, key.day, key.group, key.kind.rawValue]) ?? false
    }

    /// The storage days from the first to the last that a change of input settled; nil for none.
    public func daysSettled(bySeq seq: Int) throws -> ClosedRange<Int32>? {
        try Row.fetchOne(
            db, sql: "SELECT min(day) AS first, max(day) AS last FROM block WHERE seq = ?",
            arguments: [seq]
        ).flatMap { row in
            guard let first: Int32 = row["first"], let last: Int32 = row["last"] else { return nil }
            return first...last
        }
    }

    /// The keys of a kind that a change of input settled, in order.
    public func keysSettled(bySeq seq: Int, kind: ReadingKind) throws -> [BlockKey] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT DISTINCT feeder_no, day, group_no FROM block WHERE seq = ? AND kind = ?
                ORDER BY 1, 2, 3
                """, arguments: [seq, kind.rawValue]
        ).map {
            BlockKey(feeder: $0["feeder_no"], day: $0["day"], group: $0["group_no"], kind: kind)
        }
    }
}

extension BlockKey: CustomStringConvertible {
    /// Feeder, day, group and kind as numbers, such as `3/20345/0/1`.
    public var description: String { "\(feeder)/\(day)/\(group)/\(kind.rawValue)" }
}
