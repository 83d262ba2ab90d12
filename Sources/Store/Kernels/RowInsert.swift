// SPDX-License-Identifier: Apache-2.0

import GRDB
import GRDBSQLite

/// Inserts the rows of a `RowBuffer` by one statement, at what SQLite itself costs.
///
/// An object: it is called for each row, and to copy what it holds costs more than a call.
final class RowInsert {
    /// The first cell of a row, which is known only when it is inserted.
    enum FirstCell {
        case integer(Int64)
        case text([UInt8])
    }

    private let db: Database
    private let statement: Statement
    /// How many cells a row has.
    private let columns: CInt

    /// Rows of a statement that stays prepared.
    init(_ db: Database, sql: String) throws {
        self.db = db
        statement = try db.cachedStatement(sql: sql)
        // SAFETY: the statement is open as long as `statement` lives; so for all calls below.
        columns = unsafe sqlite3_bind_parameter_count(statement.sqliteStatement)
        // Whoever used it before may have left it where binds fail.
        unsafe check(sqlite3_reset(statement.sqliteStatement), SQLITE_OK)
        unsafe check(sqlite3_clear_bindings(statement.sqliteStatement), SQLITE_OK)
    }

    /// Inserts the rows of one table, which are complete.
    func insert(_ rows: RowBuffer) throws {
        var place = 0
        while place < rows.count {
            place += 1
            try insert(rows, at: &place)
        }
    }

    /// Inserts a row.
    ///
    /// - Parameters:
    ///   - place: Where its cells begin, after the number of the table; then where the next row begins.
    ///   - first: The cell before those; nil for a row that is complete.
    func insert(_ rows: RowBuffer, at place: inout Int, after first: FirstCell? = nil) throws {
        let code: CInt
        switch first {
        case nil: code = insert(rows, at: &place, bound: 0)
        case .integer(let value):
            unsafe check(sqlite3_bind_int64(statement.sqliteStatement, 1, value), SQLITE_OK)
            code = insert(rows, at: &place, bound: 1)
        case .text(let bytes):
            // SAFETY: the bytes are valid in the closure, in which the binding is used.
            code = unsafe bytes.withUnsafeBytes { bytes in
                unsafe check(
                    sqlite3_bind_text(
                        statement.sqliteStatement, 1,
                        bytes.baseAddress?.assumingMemoryBound(to: CChar.self), CInt(bytes.count),
                        nil), SQLITE_OK)
                return insert(rows, at: &place, bound: 1)
            }
        }
        guard code == SQLITE_DONE else {
            // SAFETY: the connection is open as long as `db` lives.
            let message = unsafe db.sqliteConnection.map {
                unsafe String(cString: sqlite3_errmsg($0))
            }
            throw DatabaseError(resultCode: ResultCode(rawValue: code), message: message)
        }
    }

    private func insert(_ rows: RowBuffer, at place: inout Int, bound: CInt) -> CInt {
        // SAFETY: the pointers into the rows are valid in the closure. What stays bound after it is not
        // looked at again: the next row binds every cell anew, and so does who prepares the statement.
        unsafe rows.withBytes { bytes in
            let statement = unsafe statement.sqliteStatement
            var (code, column, next) = (SQLITE_OK, bound, place)
            while let mark = unsafe RowBuffer.Mark(rawValue: bytes[next]), mark != .end {
                next += 1
                column += 1
                let bound: CInt
                switch mark {
                case .byte:
                    bound = unsafe sqlite3_bind_int64(statement, column, Int64(bytes[next]))
                    next += 1
                case .integer:
                    let value = unsafe bytes.loadUnaligned(fromByteOffset: next, as: Int64.self)
                    bound = unsafe sqlite3_bind_int64(statement, column, .init(littleEndian: value))
                    next += 8
                case .text, .longText:
                    let count: CInt
                    if mark == .text {
                        count = unsafe CInt(bytes[next])
                        next += 1
                    } else {
                        count = unsafe CInt(
                            littleEndian: bytes.loadUnaligned(fromByteOffset: next, as: CInt.self))
                        next += 4
                    }
                    let text = unsafe bytes.baseAddress?.advanced(by: next)
                    bound = unsafe sqlite3_bind_text(
                        statement, column, text?.assumingMemoryBound(to: CChar.self), count, nil)
                    next += Int(count)
                case .null, .end: bound = unsafe sqlite3_bind_null(statement, column)
                }
                if code == SQLITE_OK { code = bound }
            }
            precondition(column == columns, "a row has all its cells")
            place = next + 1
            if code == SQLITE_OK {
                code = unsafe sqlite3_step(statement)
                unsafe sqlite3_reset(statement)
            }
            return code
        }
    }

    private func check(_ code: CInt, _ expected: CInt) {
        precondition(code == expected, "a statement between rows can be made ready")
    }
}
