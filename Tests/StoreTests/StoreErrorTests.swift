// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import TestSupport
import Testing

@testable import Store

/// Databases that cannot be used, and those that are full.
@Suite struct StoreErrorTests {
    private func refusal(_ path: String) throws -> StoreError? {
        do { _ = try TallyStore(path: path, create: true) } catch let error as StoreError {
            return error
        }
        return nil
    }

    @Test(arguments: [
        "CREATE TABLE orders (id INTEGER)",
        // Another program that keeps its versions as ours does.
        "CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);"
            + "INSERT INTO grdb_migrations VALUES ('v1'); CREATE TABLE orders (id INTEGER)",
    ])
    func `the database of another program is refused as it is`(tables: String) throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/crm.sqlite"
        try DatabaseQueue(path: path).write { try $0.execute(sql: tables) }
        let before = FileManager.default.contents(atPath: path)
        #expect(
            try refusal(path) == .foreign(path: path, detail: "it holds the table 'orders'"))
        #expect(FileManager.default.contents(atPath: path) == before)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["crm.sqlite"])
    }

    @Test func `an empty file and a database that a crash left without tables are begun`() throws {
        let folder = try TemporaryFolder()
        let empty = folder.path + "/empty.sqlite"
        try Data().write(to: URL(filePath: empty))
        let begun = folder.path + "/begun.sqlite"
        try DatabaseQueue(path: begun).write {
            try $0.execute(
                sql: "CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY)")
        }
        for path in [empty, begun] {
            #expect(try refusal(path) == nil)
            #expect(try refusal(path) == nil)
        }
    }

    @Test func `a full disk is told without the statement that found it`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/full.sqlite"
        let store = try TallyStore(path: path, create: true)
        func fill() throws -> StoreError? {
            do {
                try store.write { transaction in
                    // The least that it can be set to is what the file has.
                    try transaction.db.execute(sql: "PRAGMA max_page_count = 1")
                    try transaction.set("a", to: String(repeating: "a", count: 1 << 20))
                }
            } catch let error as StoreError { return error }
            return nil
        }
        let error = try fill()
        #expect(error == .full(path: path))
        #expect(
            error?.description
                == "\(path): the disk is full: make room and run again; what was committed stays")
        #expect(try store.read { try $0.setting("a") } == nil)
    }
}
