// SPDX-License-Identifier: Apache-2.0

import GRDB
import Quantities
import Testing

@testable import Store

@Suite struct RowInsertTests {
    /// Inserts all rows of table 0, the first cells of which are given.
    private func insert(_ rows: RowBuffer, into db: Database, sql: String, _ first: [String]) throws
        -> [ResultCode?]
    {
        let insert = try RowInsert(db, sql: sql)
        var place = 0
        let codes = first.map { text -> ResultCode? in
            #expect(rows.table(at: place) == 0)
            place += 1
            do {
                try insert.insert(rows, at: &place, after: .text(Array(text.utf8)))
                return nil
            } catch { return (error as? DatabaseError)?.extendedResultCode }
        }
        #expect(place == rows.count)
        return codes
    }

    @Test func `cells arrive as they were given, empty texts and none told apart`() throws {
        let long = String(repeating: "度", count: 90)
        let given: [(String?, Int, String?)] = [
            ("", 0, nil), ("电费 · 峰", -7, ""), (nil, .max, "a\0b"), ("x", .min, "yz"),
            (String(repeating: "a", count: 255), 255, String(repeating: "b", count: 256)),
            (long, 256, ""),
        ]
        var rows = RowBuffer()
        for (first, number, last) in given {
            rows.begin(table: 0)
            rows.add(first)
            rows.add(number)
            rows.add(last)
            rows.end()
        }
        let found = try DatabaseQueue().write { db in
            try db.execute(sql: "CREATE TABLE t (n TEXT, a TEXT, b INTEGER, c TEXT)")
            let numbers = given.indices.map { "\($0)" }
            #expect(
                try insert(rows, into: db, sql: "INSERT INTO t VALUES (?, ?, ?, ?)", numbers)
                    == given.map { _ in nil })
            return try String.fetchAll(
                db,
                sql: """
                    SELECT n || quote(a) || ' ' || b || ' ' || quote(hex(c)) || typeof(c) FROM t
                    """)
        }
        #expect(
            found == [
                "0'' 0 ''null", "1'电费 · 峰' -7 ''text", "2NULL 9223372036854775807 '610062'text",
                "3'x' -9223372036854775808 '797A'text",
                "4'" + String(repeating: "a", count: 255) + "' 255 '"
                    + String(repeating: "62", count: 256) + "'text",
                "5'\(long)' 256 ''text",
            ])
    }

    @Test func `a text may be made of pieces, of any length together`() throws {
        let long = [UInt8](repeating: UInt8(ascii: "x"), count: 300)
        let half = Exact(1, over: 2), third = Exact(1, over: 3)
        var rows = RowBuffer()
        var shared = RowBuffer()
        shared.add("shared")
        shared.add(7)
        for pieces in [[], Array("a".utf8), long] {
            rows.begin()
            rows.addText { text in
                text.append(pieces)
                text.append(half, half.shortText)
                text.append(third, third.shortText)
            }
            rows.add(cellsOf: shared)
            rows.add(half, half.shortText)
            rows.addExact(third)
            rows.end()
        }
        let found = try DatabaseQueue().write { db in
            try db.execute(sql: "CREATE TABLE t (a TEXT, b TEXT, c INTEGER, d TEXT, e TEXT)")
            try RowInsert(db, sql: "INSERT INTO t VALUES (?, ?, ?, ?, ?)").insert(rows)
            return try String.fetchAll(
                db, sql: "SELECT a || ' ' || b || ' ' || c || ' ' || d || ' ' || e FROM t")
        }
        let text = String(decoding: long, as: UTF8.self)
        #expect(found == ["", "a", text].map { "\($0)0.51/3 shared 7 0.5 1/3" })
    }

    @Test func `rows that are complete go in one after the other`() throws {
        let words = ["", "a", "电费", String(repeating: "x", count: 9000)]
        var rows = RowBuffer()
        for first in words {
            for second in words {
                rows.begin()
                rows.add(first)
                rows.add(Int?.none)
                rows.add(second)
                rows.end()
            }
        }
        let found = try DatabaseQueue().write { db in
            try db.execute(sql: "CREATE TABLE t (a TEXT, b INTEGER, c TEXT)")
            try RowInsert(db, sql: "INSERT INTO t VALUES (?, ?, ?)").insert(rows)
            return try String.fetchAll(
                db, sql: "SELECT a || '/' || coalesce(b, '') || '/' || c FROM t")
        }
        #expect(found == words.flatMap { first in words.map { "\(first)//\($0)" } })
    }

    @Test func `a row that is refused is an error, and the next row goes in`() throws {
        var rows = RowBuffer()
        for number in 1...3 {
            rows.begin(table: 0)
            rows.add(number)
            rows.end()
        }
        let (codes, kept) = try DatabaseQueue().write { db in
            try db.execute(sql: "CREATE TABLE t (a TEXT PRIMARY KEY, b INTEGER)")
            let codes = try insert(
                rows, into: db, sql: "INSERT INTO t VALUES (?, ?)", ["one", "one", "two"])
            return (codes, try String.fetchAll(db, sql: "SELECT a || b FROM t ORDER BY b"))
        }
        #expect(codes == [nil, .SQLITE_CONSTRAINT_PRIMARYKEY, nil])
        #expect(kept == ["one1", "two3"])
    }
}
