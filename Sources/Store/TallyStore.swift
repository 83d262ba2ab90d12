// SPDX-License-Identifier: Apache-2.0

import Dispatch
import FoundationEssentials
import GRDB
import Synchronization

/// Why a database cannot be used.
public enum StoreError: Error, Hashable, Sendable, CustomStringConvertible {
    /// There is no database of this name.
    case missing(path: String)
    /// The file is not a database of ours.
    case foreign(path: String, detail: String)
    /// The file has no tables yet.
    case empty(path: String)
    /// The database was changed by a version that this one does not know.
    case newer(path: String)
    /// The system does not let the database be changed.
    case unwritable(path: String, reason: String)
    /// There is no room to write what a step came to; nothing of the step is kept.
    case full(path: String)

    /// What is wrong and how to mend it.
    public var description: String {
        switch self {
        case .missing(let path):
            "\(path): no such database: create it with 'tallywatt init --network DIR'"
        case .foreign(let path, let detail):
            "\(path): not a Tallywatt database (\(detail)): give another --database"
        case .empty(let path):
            "\(path): there is no database in it yet: run 'tallywatt init --network DIR'"
        case .newer(let path):
            "\(path): made by a newer Tallywatt: use that one"
        case .unwritable(let path, let reason):
            "\(path): cannot be changed (\(reason)): give a --database in a folder that is there "
                + "and that this account may write to"
        case .full(let path):
            "\(path): the disk is full: make room and run again; what was committed stays"
        }
    }
}

/// One database: the main file `PATH`, and in `PATH.d/` the month files and the archive.
///
/// Commit order is month files first, main file last: a part counts only if the main file lists it,
/// so what a crash leaves in a month file is unlisted, and opening the store for a change sweeps it.
public final class TallyStore: Sendable {
    /// The main file.
    public let path: String
    /// The folder of month files and archive.
    public let folder: String
    private let main: DatabaseQueue
    /// Reads the main file while a transaction of `main` is open.
    private let reader: DatabaseQueue
    /// Held while `reader` reads and while `main` commits, so that neither finds the file locked.
    private let commit = DispatchSemaphore(value: 1)
    private let months = Mutex<[Int: DatabaseQueue]>([:])

    /// Opens a database; with `create`, makes it and its folder where they are missing.
    public init(path: String, create: Bool) throws {
        self.path = path
        folder = path + ".d"
        if !create && !DurableFile.exists(path) { throw StoreError.missing(path: path) }
        try TallyStore.refuseForeign(path, create: create)
        do {
            main = try DatabaseQueue(
                path: path, configuration: TallyStore.configuration(pageBytes: 4096))
            try Schema.migrator.migrate(main)
            reader = try DatabaseQueue(path: path, configuration: TallyStore.readerConfiguration)
        } catch let error as DatabaseError {
            throw StoreError(error, path: path)
                ?? .foreign(path: path, detail: error.message ?? "\(error.resultCode)")
        }
        do {
            try FileManager.default.createDirectory(
                atPath: folder + "/archive", withIntermediateDirectories: true)
        } catch {
            throw StoreError.unwritable(path: path, reason: "\(folder)/archive cannot be made")
        }
    }

    /// Refuses a file that is no database, somebody else's, or of a later version, before anything is
    /// changed in it or put beside it.
    ///
    /// - Parameter create: True where a file without tables is to become a database.
    public static func refuseForeign(_ path: String, create: Bool) throws {
        // Source: SQLite, database file format §1.3; an empty file is an empty database.
        let head = DurableFile.beginning(of: path, bytes: 16)
        guard head.isEmpty || head.elementsEqual("SQLite format 3\0".utf8) else {
            throw StoreError.foreign(path: path, detail: "file is not a database")
        }
        if head.isEmpty, create { return }
        var configuration = Configuration()
        configuration.busyMode = .timeout(30)
        do {
            // Not read-only: what a crash left half-written must be rolled back to be read.
            let owner = try DatabaseQueue(path: path, configuration: configuration)
                .read(Schema.owner)
            switch owner {
            case .us: break
            case .nobody: if !create { throw StoreError.empty(path: path) }
            case .later: throw StoreError.newer(path: path)
            case .others(let table):
                throw StoreError.foreign(path: path, detail: "it holds the table '\(table)'")
            }
        } catch let error as DatabaseError {
            throw StoreError.foreign(path: path, detail: error.message ?? "\(error.resultCode)")
        }
    }

    /// Rollback journal, full durability: WAL writes every page twice (measured 0.28 against 3 GB/s).
    private static func configuration(pageBytes: Int) -> Configuration {
        var configuration = Configuration()
        configuration.journalMode = .default
        configuration.busyMode = .timeout(30)
        configuration.foreignKeysEnabled = false
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA page_size = \(pageBytes)")
            try db.execute(sql: "PRAGMA journal_mode = TRUNCATE")
            try db.execute(sql: "PRAGMA synchronous = FULL")
            try db.execute(sql: "PRAGMA cache_size = -8192")
        }
        return configuration
    }

    /// Not read-only: what another process leaves half-written must be rolled back to be read.
    private static var readerConfiguration: Configuration {
        var configuration = Configuration()
        configuration.busyMode = .immediateError
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA cache_size = -2048") }
        return configuration
    }

    /// Room for what is too much to hold.
    public func scratch() -> ScratchFile { ScratchFile(in: folder) }

    /// Reads from the main file what is committed, beside a transaction that changes it.
    ///
    /// - Parameter body: May be begun again where its first query finds the file locked.
    public func read<Result>(_ body: (StoreTransaction) throws -> Result) throws -> Result {
        do {
            commit.wait()
            defer { commit.signal() }
            return try reader.readTransaction { try body(StoreTransaction(db: $0)) }
        } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
            // A transaction that outgrew its cache, or another process: `main` waits for its end.
            return try main.readTransaction { try body(StoreTransaction(db: $0)) }
        }
    }

    /// Changes the main file in one transaction.
    public func write<Result>(_ body: (StoreTransaction) throws -> Result) throws -> Result {
        try main.orRefuse { queue in
            try queue.inDatabase { db in
                try db.beginTransaction(.immediate)
                do {
                    let result = try body(StoreTransaction(db: db))
                    commit.wait()
                    defer { commit.signal() }
                    try db.commit()
                    return result
                } catch {
                    // Some errors of SQLite have ended it already.
                    if db.isInsideTransaction { try db.rollback() }
                    throw error
                }
            }
        }
    }

    /// The file of the month that a storage day is in; months count from January of year 0.
    func monthQueue(_ month: Int) throws -> DatabaseQueue {
        try months.withLock { open in
            if let queue = open[month] { return queue }
            let name = MonthFile.name(month)
            let queue = try DatabaseQueue(
                path: folder + "/" + name,
                configuration: TallyStore.configuration(pageBytes: 16_384))
            try queue.writeOrRefuse { db in
                try db.execute(
                    sql: """
                        CREATE TABLE IF NOT EXISTS part (part_id INTEGER PRIMARY KEY, body BLOB NOT NULL)
                        STRICT
                        """)
            }
            open[month] = queue
            return queue
        }
    }
}

extension StoreError {
    /// What keeps a database from being written, as a person needs it; nil for an error of another kind.
    fileprivate init?(_ error: DatabaseError, path: String) {
        switch error.resultCode {
        case .SQLITE_FULL: self = .full(path: path)
        case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM:
            self = .unwritable(path: path, reason: error.message ?? "\(error.resultCode)")
        default: return nil
        }
    }
}

extension DatabaseQueue {
    /// Writes in one transaction; where there is no room or no right to, says so as a person needs it.
    func writeOrRefuse<Result>(_ body: (Database) throws -> Result) throws -> Result {
        try orRefuse { try $0.write(body) }
    }

    /// Does something; where there is no room or no right to, says so as a person needs it.
    fileprivate func orRefuse<Result>(_ body: (DatabaseQueue) throws -> Result) throws -> Result {
        do { return try body(self) } catch let error as DatabaseError {
            throw StoreError(error, path: path) ?? error
        }
    }

    /// Reads in one transaction.
    ///
    /// Unlike `read`, which asks SQLite for `query_only` and so has it compile every cached statement
    /// anew: half of what settling asks.
    func readTransaction<Result>(_ body: (Database) throws -> Result) throws -> Result {
        try inDatabase { db in
            var result: Result?
            try db.inTransaction(.deferred) {
                result = try body(db)
                return .commit
            }
            guard let result else { preconditionFailure("what was committed has run") }
            return result
        }
    }
}

/// A transaction on the main file; the tables' own files extend it with what they read and write.
public struct StoreTransaction {
    let db: Database
}
