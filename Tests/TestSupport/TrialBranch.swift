// SPDX-License-Identifier: Apache-2.0

import BatchRun
import Foundation
import GRDB
import MeterScan
import Quantities
import Store

/// A branch in a folder of its own: a database, an inbox and tariffs, that a test drives night by night.
public final class TrialBranch {
    private let temporary: TemporaryFolder
    /// The settings of its runs.
    public var configuration = RunConfiguration()

    /// The folder that holds everything.
    public var folder: String { temporary.path }
    /// Where terminals deliver.
    public var inbox: String { folder + "/inbox" }
    /// Where the tariffs of the test are.
    public var tariffs: String { folder + "/tariffs" }
    /// The main file of the database.
    public var database: String { folder + "/branch.sqlite" }

    /// A branch with an empty inbox and a network of files by name.
    public init(network: [String: String] = [:]) throws {
        temporary = try TemporaryFolder()
        for name in ["inbox", "tariffs"] {
            try FileManager.default.createDirectory(
                atPath: folder + "/" + name, withIntermediateDirectories: true)
        }
        _ = try TallyStore(path: database, create: true)
        if !network.isEmpty { try importNetwork(network) }
    }

    /// A branch with the network and inbox of some folder, which stays as it is.
    public convenience init(network: String, inbox: String) throws {
        try self.init()
        try importNetwork(folder: network)
        for name in try FileManager.default.contentsOfDirectory(atPath: inbox).sorted() {
            try FileManager.default.copyItem(
                atPath: inbox + "/" + name, toPath: self.inbox + "/" + name)
        }
    }

    /// Opens the database as a new process would.
    public func store() throws -> TallyStore { try TallyStore(path: database, create: false) }

    /// Imports a network of files by name.
    public func importNetwork(
        _ files: [String: String], full: Bool = false, dryRun: Bool = false, on: String? = nil
    ) throws {
        let path = folder + "/network-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        for (name, text) in files {
            try text.write(toFile: path + "/" + name, atomically: true, encoding: .utf8)
        }
        try importNetwork(folder: path, full: full, dryRun: dryRun, on: on)
    }

    /// Imports a network folder; `on` of nil is the first day of 2026.
    public func importNetwork(
        folder: String, full: Bool = false, dryRun: Bool = false, on: String? = nil
    ) throws {
        guard let day = CivilDay(iso: on ?? "2026-01-01") else { preconditionFailure("a date") }
        _ = try store().importNetwork(
            folder, full: full, on: day, dryRun: dryRun,
            by: ChangeAuthor(user: "test", command: "network import"))
    }

    /// Puts a file into the inbox; one whose name ends in `.gz` is compressed.
    public func deliver(_ name: String, _ text: String) throws {
        var bytes = Array(text.utf8)
        if name.hasSuffix(".gz") {
            var writer = GzipWriter(.standard)
            bytes = writer.compress(bytes.span)
        }
        try deliver(name, bytes: bytes)
    }

    /// Puts a file of these bytes into the inbox.
    public func deliver(_ name: String, bytes: [UInt8]) throws {
        try Data(bytes).write(to: URL(filePath: inbox + "/" + name))
    }

    /// Gives the branch a tariff, or a series as `series/ID.csv`.
    public func addTariff(_ name: String, _ text: String) throws {
        try write(text, to: tariffs + "/" + name)
    }

    /// Gives the branch's settings a profile of reading files.
    public func addProfile(_ name: String, _ text: String) throws {
        let profiles = folder + "/profiles"
        try write(text, to: profiles + "/" + name)
        configuration.profiles = profiles
    }

    /// Writes a file, and makes its folder where that is missing.
    private func write(_ text: String, to path: String) throws {
        let url = URL(filePath: path)
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try text.write(to: url, atomically: true, encoding: .utf8)
    }

    /// Runs the nightly job as a new process would; `tariffs` of nil bills nothing, and `today` of nil
    /// is the day itself.
    @discardableResult
    public func run(
        asOf: String, threads: Int = 2, tariffs: String? = nil, today: String? = nil
    ) throws -> RunSummary {
        guard let day = CivilDay(iso: asOf), let today = CivilDay(iso: today ?? asOf) else {
            preconditionFailure("a date")
        }
        var request = NightlyRun.Request(asOf: day)
        request.today = today
        request.inbox = inbox
        request.tariffs = tariffs
        var summary = RunSummary(asOf: day)
        let job = NightlyRun(
            store: try store(), configuration: configuration,
            author: ChangeAuthor(user: "test", command: "run"), threads: threads,
            progress: SilentProgress())
        try job.run(request, summary: &summary)
        return summary
    }

    /// Runs the nightly job and bills by the branch's own tariffs.
    @discardableResult
    public func bill(asOf: String, threads: Int = 2, today: String? = nil) throws -> RunSummary {
        try run(asOf: asOf, threads: threads, tariffs: tariffs, today: today)
    }

    /// Bills, with a trap before the statements of a moment, such as `INSERT ON invoice`.
    ///
    /// - Returns: True where the run stopped there; the trap is gone afterwards.
    public func stopsBilling(before moment: String, asOf: String) throws -> Bool {
        let database = try DatabaseQueue(path: database)
        try database.write {
            try $0.execute(
                sql: """
                    CREATE TRIGGER trap BEFORE \(moment)
                    BEGIN SELECT RAISE(ABORT, 'stopped here'); END
                    """)
        }
        var stops = false
        do { try bill(asOf: asOf) } catch { stops = "\(error)".contains("stopped here") }
        try database.write { try $0.execute(sql: "DROP TRIGGER trap") }
        return stops
    }

    /// The digest of the content.
    public func digest() throws -> String { try ContentDigest.digest(of: store()) }

    /// What `verify` finds wrong.
    public func problems() throws -> [String] { try Verification(store: store()).problems() }

    /// The rows of a query on the main file, every field as text, `-` for NULL.
    public func rows(_ sql: String) throws -> [[String]] {
        try DatabaseQueue(path: database).read { db in
            try Row.fetchAll(db, sql: sql).map { row in
                row.databaseValues.map { $0.isNull ? "-" : String.fromDatabaseValue($0) ?? "\($0)" }
            }
        }
    }

    /// The first column of a query on the main file.
    public func column(_ sql: String) throws -> [String] { try rows(sql).compactMap(\.first) }

    /// Executes a statement on the main file, past our own code; gives the error's text or nil.
    public func attempt(_ sql: String) throws -> String? {
        try DatabaseQueue(path: database).write { db in
            do {
                try db.execute(sql: sql)
                return nil
            } catch let error as DatabaseError {
                return error.message
            }
        }
    }
}
