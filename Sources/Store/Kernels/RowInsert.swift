// SPDX-License-Identifier: Apache-2.0

import GRDB
import GRDBSQLite

/// Inserts the rows of a `RowBuffer` into one table, at what SQLite itself costs.
struct RowInsert {
    /// The first cell of a row, which is known only when it is inserted.
    enum FirstCell {
        case integer(Int64)
        case text([UInt8])
    }

    private let db: Database
    private let statement: Statement

    /// Rows of a statement that stays prepared.
    init(_ db: Database, sql: String) throws {
        self.db = db
        statement = try db.cachedStatement(sql: sql)
        // Whoever used it before may have left it where binds fail.
        // SAFETY: the statement is open as long as `statement` lives; so for all calls below.
        unsafe check(sqlite3_reset(statement.sqliteStatement), SQLITE_OK)
        unsafe check(sqlite3_clear_bindings(statement.sqliteStatement), SQLITE_OK)
    }

    /// Inserts a row.
    ///
    /// - Parameter place: Where its cells begin, after the number of the table; then where the next row
    ///   begins.
    func insert(_ rows: RowBuffer, at place: inout Int, after first: FirstCell) throws {
        let code: CInt
        switch first {
        case .integer(let value):
            code = unsafe insert(rows, at: &place) { statement in
                unsafe sqlite3_bind_int64(statement, 1, value)
            }
        case .text(let bytes):
            // SAFETY: the bytes are valid in the closure, in which the binding is used and cleared.
            code = unsafe bytes.withUnsafeBytes { bytes in
                unsafe insert(rows, at: &place) { statement in
                    unsafe sqlite3_bind_text(
                        statement, 1, bytes.baseAddress?.assumingMemoryBound(to: CChar.self),
                        CInt(bytes.count), nil)
                }
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

    private func insert(
        _ rows: RowBuffer, at place: inout Int, bindFirst: (OpaquePointer?) -> CInt
    ) -> CInt {
        // SAFETY: the pointers into the rows are valid in the closure; the bindings are cleared there.
        unsafe rows.bytes.withUnsafeBytes { bytes in
            let statement = unsafe statement.sqliteStatement
            defer {
                unsafe sqlite3_reset(statement)
                unsafe sqlite3_clear_bindings(statement)
            }
            var code = unsafe bindFirst(statement)
            var column: CInt = 1
            while let mark = unsafe RowBuffer.Mark(rawValue: bytes[place]), mark != .end {
                place += 1
                column += 1
                let bound: CInt
                switch mark {
                case .byte:
                    bound = unsafe sqlite3_bind_int64(statement, column, Int64(bytes[place]))
                    place += 1
                case .integer:
                    let value = unsafe bytes.loadUnaligned(fromByteOffset: place, as: Int64.self)
                    bound = unsafe sqlite3_bind_int64(statement, column, .init(littleEndian: value))
                    place += 8
                case .text, .longText:
                    let count: CInt
                    if mark == .text {
                        count = unsafe CInt(bytes[place])
                        place += 1
                    } else {
                        count = unsafe CInt(
                            littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: CInt.self))
                        place += 4
                    }
                    let text = unsafe bytes.baseAddress?.advanced(by: place)
                    bound = unsafe sqlite3_bind_text(
                        statement, column, text?.assumingMemoryBound(to: CChar.self), count, nil)
                    place += Int(count)
                case .null, .end: bound = unsafe sqlite3_bind_null(statement, column)
                }
                if code == SQLITE_OK { code = bound }
            }
            place += 1
            return code == SQLITE_OK ? unsafe sqlite3_step(statement) : code
        }
    }

    private func check(_ code: CInt, _ expected: CInt) {
        precondition(code == expected, "a statement between rows can be made ready")
    }
}
