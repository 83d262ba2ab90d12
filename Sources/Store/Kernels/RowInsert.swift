// SPDX-License-Identifier: Apache-2.0

import GRDB
import GRDBSQLite
import Quantities

/// Inserts many rows by one statement, at what SQLite itself costs.
///
/// A row is given cell by cell, in the order of the statement's `?`. Texts are gathered in one buffer,
/// which SQLite reads in place: nothing is copied or allocated per cell.
struct RowInsert {
    private enum Cell {
        case null
        case integer(Int64)
        case text(end: Int)
    }

    private let db: Database
    private let statement: Statement
    /// The row's cells, of which `given` are known. Shape: `[?]`.
    private var cells: [Cell]
    private var given = 0
    /// The texts of this row and of some before it, after one byte that is none of theirs: an empty text
    /// must not be a null pointer.
    private var texts: [UInt8] = [0]
    /// Where the row's texts begin.
    private var start = 1

    /// Texts of more bytes than this are not kept for the next row.
    private static let room = 16_384

    /// Rows of a statement that stays prepared.
    init(_ db: Database, sql: String) throws {
        self.db = db
        statement = try db.cachedStatement(sql: sql)
        // SAFETY: the statement is open as long as `statement` lives; so for all calls below.
        let count = unsafe sqlite3_bind_parameter_count(statement.sqliteStatement)
        cells = [Cell](repeating: .null, count: Int(count))
        // Whoever used it before may have left it where binds fail.
        unsafe check(sqlite3_reset(statement.sqliteStatement), SQLITE_OK)
        unsafe check(sqlite3_clear_bindings(statement.sqliteStatement), SQLITE_OK)
    }

    /// The next cell of the row.
    mutating func add(_ value: some BinaryInteger) { add(.integer(Int64(value))) }

    /// The next cell of the row; nil is NULL.
    mutating func add(_ text: String?) {
        guard let text else { return add(.null) }
        // SAFETY: the bytes are valid in the closure, and copied there.
        let isCopied: Void? = unsafe text.utf8.withContiguousStorageIfAvailable { bytes in
            unsafe texts.append(contentsOf: bytes)
        }
        if isCopied == nil { texts += text.utf8 }
        add(.text(end: texts.count))
    }

    /// The next two cells of the row: a text's bytes up to a place and from there on.
    mutating func add(_ bytes: [UInt8], cutAt place: Int) {
        add(.text(end: texts.count + place))
        texts += bytes
        add(.text(end: texts.count))
    }

    /// The next cell of the row: the text that is appended.
    mutating func add(_ append: (inout [UInt8]) -> Void) {
        append(&texts)
        add(.text(end: texts.count))
    }

    /// The next cell of the row.
    mutating func add(_ day: CivilDay) { add { day.append(to: &$0) } }

    /// The next cell of the row, as a document shows the number.
    mutating func add(_ number: Exact) { add { number.appendDocumentText(to: &$0) } }

    private mutating func add(_ cell: Cell) {
        cells[given] = cell
        given += 1
    }

    /// Inserts the row, and begins the next.
    mutating func insert() throws {
        precondition(given == cells.count, "a row has all its cells")
        // SAFETY: the pointers into `texts` are valid in the closure. What stays bound after it is not
        // looked at again: the next row binds every cell anew, and so does who prepares the statement.
        let code = unsafe texts.withUnsafeBytes { texts in
            let statement = unsafe statement.sqliteStatement
            var start = start
            for index in cells.indices {
                let place = CInt(truncatingIfNeeded: index &+ 1)
                let code: CInt
                switch cells[index] {
                case .null: code = unsafe sqlite3_bind_null(statement, place)
                case .integer(let value): code = unsafe sqlite3_bind_int64(statement, place, value)
                case .text(let end):
                    let text = unsafe texts.baseAddress?.advanced(by: start)
                    code = unsafe sqlite3_bind_text(
                        statement, place, text?.assumingMemoryBound(to: CChar.self),
                        CInt(end - start), nil)
                    start = end
                }
                if code != SQLITE_OK { return code }
            }
            let code = unsafe sqlite3_step(statement)
            unsafe sqlite3_reset(statement)
            return code
        }
        given = 0
        if texts.count > RowInsert.room { texts.removeSubrange(1...) }
        start = texts.count
        guard code == SQLITE_DONE else {
            // SAFETY: the connection is open as long as `db` lives.
            let message = unsafe db.sqliteConnection.map {
                unsafe String(cString: sqlite3_errmsg($0))
            }
            throw DatabaseError(resultCode: ResultCode(rawValue: code), message: message)
        }
    }

    private func check(_ code: CInt, _ expected: CInt) {
        precondition(code == expected, "a statement between rows can be made ready")
    }
}
