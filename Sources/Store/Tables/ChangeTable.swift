// SPDX-License-Identifier: Apache-2.0

import GRDB

/// Who changes the database and with which command; recorded with every change.
public struct ChangeAuthor: Hashable, Sendable {
    /// The person or account.
    public var user: String
    /// The command as typed, such as `network import`.
    public var command: String
    /// Why, in the person's own words; may be empty.
    public var reason: String

    /// An author from its parts.
    public init(user: String, command: String, reason: String = "") {
        self.user = user
        self.command = command
        self.reason = reason
    }
}

extension StoreTransaction {
    /// The number of the latest change of input; 0 in a new database.
    public func latestSeq() throws -> Int {
        try Int.fetchOne(db, sql: "SELECT max(seq) FROM change") ?? 0
    }

    /// Records a change of input and gives it the next number.
    public func recordChange(
        by author: ChangeAuthor, subject: String, before: String? = nil, after: String? = nil
    ) throws -> Int {
        let seq = try latestSeq() + 1
        try db.execute(
            sql: """
                INSERT INTO change (seq, user, command, reason, subject, before, after)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [seq, author.user, author.command, author.reason, subject, before, after])
        return seq
    }

    /// A setting's value, or nil where it was never set.
    public func setting(_ name: String) throws -> String? {
        try String.fetchOne(db, sql: "SELECT value FROM setting WHERE name = ?", arguments: [name])
    }

    /// Sets a setting.
    public func set(_ name: String, to value: String) throws {
        try db.execute(
            sql: "INSERT OR REPLACE INTO setting (name, value) VALUES (?, ?)",
            arguments: [name, value])
    }
}
