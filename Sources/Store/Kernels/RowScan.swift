// SPDX-License-Identifier: Apache-2.0

import GRDB
import GRDBSQLite
import Glibc

/// Reads the rows of a statement one after the other, at what SQLite itself costs: a cell is looked at where
/// it lies, and a text that the row before had is not made again.
///
/// An object: it is called for each cell, and to copy what it holds costs more than a call.
final class RowScan {
    private let db: Database
    private let statement: Statement

    /// Before the first row of a statement that stays prepared.
    init(_ db: Database, sql: String, _ arguments: StatementArguments) throws {
        self.db = db
        statement = try db.cachedStatement(sql: sql)
        // SAFETY: the statement is open as long as `statement` lives; so for all calls below. Whoever used
        // it before may have left it where binds fail.
        unsafe sqlite3_reset(statement.sqliteStatement)
        try statement.setArguments(arguments)
    }

    deinit {
        // A statement that is not at its end holds its transaction open.
        unsafe sqlite3_reset(statement.sqliteStatement)
    }

    /// Goes to the next row; false where there is none.
    func next() throws -> Bool {
        let code = unsafe sqlite3_step(statement.sqliteStatement)
        if code == SQLITE_ROW { return true }
        guard code == SQLITE_DONE else {
            // SAFETY: the connection is open as long as `db` lives.
            let message = unsafe db.sqliteConnection.map {
                unsafe String(cString: sqlite3_errmsg($0))
            }
            throw DatabaseError(resultCode: ResultCode(rawValue: code), message: message)
        }
        return false
    }

    /// A cell as a number.
    func integer(_ column: CInt) -> Int64 {
        unsafe sqlite3_column_int64(statement.sqliteStatement, column)
    }

    /// Lends the bytes of a text for the length of one call; none for NULL.
    func withText<Result>(_ column: CInt, _ body: (Span<UInt8>) -> Result) -> Result {
        let start = unsafe sqlite3_column_text(statement.sqliteStatement, column)
        let count = unsafe Int(sqlite3_column_bytes(statement.sqliteStatement, column))
        // SAFETY: SQLite keeps the bytes where they are until the next step; NULL has none.
        let bytes = unsafe UnsafeBufferPointer(start: start, count: start == nil ? 0 : count)
        return unsafe body(bytes.span)
    }

    /// A text; empty for NULL.
    ///
    /// - Parameter known: A text that it may be equal to, which is given back then.
    func text(_ column: CInt, like known: String = "") -> String {
        withText(column) { bytes in
            // SAFETY: both are valid in the closures.
            let isEqual = unsafe known.utf8.withContiguousStorageIfAvailable { known in
                guard let text = known.baseAddress, known.count == bytes.count else { return false }
                return unsafe bytes.withUnsafeBufferPointer { bytes in
                    guard let start = bytes.baseAddress else { return false }
                    return unsafe memcmp(start, text, bytes.count) == 0
                }
            }
            if isEqual == true { return known }
            return unsafe bytes.withUnsafeBufferPointer {
                unsafe String(decoding: $0, as: UTF8.self)
            }
        }
    }

    /// True for a cell without a value.
    func isNull(_ column: CInt) -> Bool {
        unsafe sqlite3_column_type(statement.sqliteStatement, column) == SQLITE_NULL
    }
}
