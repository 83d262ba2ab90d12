// SPDX-License-Identifier: Apache-2.0

import GRDB
import Testing

@testable import Store

@Suite struct RowInsertTests {
    @Test func `cells arrive as they were given, empty texts and none told apart`() throws {
        let rows = try DatabaseQueue().write { db in
            try db.execute(sql: "CREATE TABLE t (a TEXT, b INTEGER, c TEXT)")
            var insert = try RowInsert(db, sql: "INSERT INTO t VALUES (?, ?, ?)")
            let given: [(String?, Int, String?)] = [
                ("", 0, nil), ("电费 · 峰", -7, ""), (nil, .max, "a\0b"), ("x", .min, "yz"),
            ]
            for (first, number, last) in given {
                insert.add(first)
                insert.add(number)
                insert.add(last)
                try insert.insert()
            }
            return try String.fetchAll(
                db,
                sql: "SELECT quote(a) || ' ' || b || ' ' || quote(hex(c)) || typeof(c) FROM t")
        }
        #expect(
            rows == [
                "'' 0 ''null", "'电费 · 峰' -7 ''text", "NULL 9223372036854775807 '610062'text",
                "'x' -9223372036854775808 '797A'text",
            ])
    }

    @Test func `rows keep their texts however long those are, and two may come as one`() throws {
        let words = ["", "a", "电费", String(repeating: "x", count: 9000)]
        let rows = try DatabaseQueue().write { db in
            try db.execute(sql: "CREATE TABLE t (a TEXT, b TEXT, c TEXT)")
            var insert = try RowInsert(db, sql: "INSERT INTO t VALUES (?, ?, ?)")
            for first in words {
                for second in words {
                    insert.add(Array((first + second).utf8), cutAt: first.utf8.count)
                    insert.add(second)
                    try insert.insert()
                }
            }
            return try String.fetchAll(db, sql: "SELECT a || '/' || b || '/' || c FROM t")
        }
        #expect(
            rows == words.flatMap { first in words.map { "\(first)/\($0)/\($0)" } })
    }

    @Test func `a row that is refused is an error, and the next row goes in`() throws {
        let (code, kept) = try DatabaseQueue().write { db in
            try db.execute(sql: "CREATE TABLE t (a TEXT PRIMARY KEY)")
            var insert = try RowInsert(db, sql: "INSERT INTO t VALUES (?)")
            var code: ResultCode?
            for text in ["one", "one", "two"] {
                insert.add(text)
                do { try insert.insert() } catch let error as DatabaseError {
                    code = error.extendedResultCode
                }
            }
            return (code, try String.fetchAll(db, sql: "SELECT a FROM t ORDER BY a"))
        }
        #expect(code == .SQLITE_CONSTRAINT_PRIMARYKEY)
        #expect(kept == ["one", "two"])
    }
}
