// SPDX-License-Identifier: Apache-2.0

import GRDB
import Testing

@testable import Store

@Suite struct RowScanTests {
    @Test func `cells are read as they stand, whatever text is known`() throws {
        // Shorter and longer than a text that is kept in place, and equal but for the last letter.
        let texts = ["", "a", "ab", "aB", "电费 · 峰", String(repeating: "x", count: 40)]
        try DatabaseQueue().write { db in
            try db.execute(sql: "CREATE TABLE t (n INTEGER, a TEXT)")
            for (number, text) in texts.enumerated() {
                try db.execute(sql: "INSERT INTO t VALUES (?, ?)", arguments: [number - 3, text])
            }
            try db.execute(sql: "INSERT INTO t VALUES (?, NULL)", arguments: [Int64.max])
            for known in texts {
                let rows = try RowScan(
                    db, sql: "SELECT n, a FROM t WHERE n >= ? ORDER BY rowid", [-3])
                for (number, text) in texts.enumerated() {
                    #expect(try rows.next())
                    #expect(rows.integer(0) == Int64(number - 3))
                    #expect(rows.text(1, like: known) == text)
                    #expect(rows.withText(1) { $0.count } == text.utf8.count)
                    #expect(!rows.isNull(1))
                }
                #expect(try rows.next())
                #expect(rows.isNull(1))
                #expect(rows.integer(0) == .max)
                #expect(rows.text(1, like: known) == "")
                #expect(try !rows.next())
            }
        }
    }
}
