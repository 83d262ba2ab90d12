// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import GRDB
import Quantities

/// The interval data of one month of reading days: one SQLite file of large pages in `PATH.d/`.
public enum MonthFile {
    /// The month of a storage day, counted from January of year 0.
    public static func month(of day: Int32) -> Int {
        let (year, month, _) = CivilDay(number: day).components
        return year * 12 + month - 1
    }

    static func name(_ month: Int) -> String {
        let digits = String(month % 12 + 1)
        return "readings-\(month / 12)-\(digits.utf8.count < 2 ? "0" : "")\(digits).sqlite"
    }

    static func month(name: String) -> Int? {
        guard name.hasPrefix("readings-"), name.hasSuffix(".sqlite") else { return nil }
        let parts = name.dropFirst(9).dropLast(7).split(separator: "-").compactMap { Int($0) }
        return parts.count == 2 ? parts[0] * 12 + parts[1] - 1 : nil
    }
}

/// A block of stored readings on its way to a month file.
public struct StoredBody: Sendable {
    /// The number it will be listed under.
    public var partID: Int64
    /// The month file it goes to.
    public var month: Int
    /// The encoded block.
    public var body: PartBody

    /// A body from its parts.
    public init(partID: Int64, month: Int, body: PartBody) {
        self.partID = partID
        self.month = month
        self.body = body
    }
}

/// The bytes of a block that is not in a month file yet.
public enum PartBody: Sendable {
    /// In memory.
    case held([UInt8])
    /// In a scratch file.
    case aside(ScratchFile, Range<Int64>)

    /// How many bytes there are.
    public var count: Int {
        switch self {
        case .held(let bytes): bytes.count
        case .aside(_, let place): Int(place.upperBound - place.lowerBound)
        }
    }

    /// Moves the bytes out of memory.
    public mutating func putAside(in scratch: ScratchFile) throws(FileError) {
        if case .held(let bytes) = self { self = .aside(scratch, try scratch.append(bytes)) }
    }

    fileprivate func bytes() throws(FileError) -> [UInt8] {
        switch self {
        case .held(let bytes): bytes
        case .aside(let scratch, let place): try scratch.bytes(at: place)
        }
    }
}

extension TallyStore {
    /// Commits bodies to their month files; the caller lists them in the main file afterwards.
    public func append(_ bodies: [StoredBody]) throws {
        for month in Set(bodies.map(\.month)).sorted() {
            try monthQueue(month).writeOrRefuse { db in
                let insert = try db.cachedStatement(
                    sql: "INSERT OR REPLACE INTO part (part_id, body) VALUES (?, ?)")
                for body in bodies where body.month == month {
                    try insert.execute(arguments: [body.partID, Data(body.body.bytes())])
                }
            }
        }
    }

    /// The last day of the newest month that has readings; nil where there are none.
    public func lastDayOfReadings() throws -> CivilDay? {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        guard let last = names.compactMap(MonthFile.month(name:)).max() else { return nil }
        return CivilDay(year: last / 12, month: last % 12 + 1, day: 1).map {
            $0.addingMonths(1) - 1
        }
    }

    /// The bytes of a part; nil where the month file has none of this number.
    public func body(ofPart partID: Int64, month: Int) throws -> [UInt8]? {
        try monthQueue(month).readTransaction { db in
            let select = try db.cachedStatement(sql: "SELECT body FROM part WHERE part_id = ?")
            return try Data.fetchOne(select, arguments: [partID]).map { [UInt8]($0) }
        }
    }

    /// Removes what a crash left unlisted, and gives the first free part number.
    public func sweepUnlistedParts() throws -> Int64 {
        let last = try read { try $0.lastPartID() }
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        for month in names.compactMap(MonthFile.month(name:)) {
            try monthQueue(month).writeOrRefuse { db in
                try db.execute(sql: "DELETE FROM part WHERE part_id > ?", arguments: [last])
            }
        }
        return last + 1
    }
}
