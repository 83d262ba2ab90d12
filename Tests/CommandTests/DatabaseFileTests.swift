// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import Testing

/// What is no database of this version is told from one, and left as it is.
@Suite struct DatabaseFileTests {
    @Test func `a database of a later version is left alone`() throws {
        let branch = try SmallBranch.billed()
        let path = branch.path + "/tallywatt.sqlite"
        try DatabaseQueue(path: path).write {
            try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('999 of a later version')")
        }
        let bytes = try Data(contentsOf: URL(filePath: path))
        for command in [
            ["run", "--inbox", "inbox"], ["bill", "--as-of", "2026-03-05"], ["invoice", "list"],
            ["init"], ["network", "import", "network"],
        ] {
            let outcome = try branch.call(command)
            #expect(outcome.status == 1, "\(command)")
            #expect(outcome.err.contains("tallywatt.sqlite: made by a newer Tallywatt"))
        }
        #expect(try Data(contentsOf: URL(filePath: path)) == bytes)
    }

    @Test(arguments: [false, true])
    func `a file without our tables is no database until init made it one`(isSQLite: Bool) throws {
        let branch = try SmallBranch()
        let path = branch.path + "/tallywatt.sqlite"
        try branch.write("tallywatt.sqlite", "")
        if isSQLite {
            // A table that is dropped leaves a file of SQLite without any.
            try DatabaseQueue(path: path).write {
                try $0.execute(sql: "CREATE TABLE t (a); DROP TABLE t")
            }
        }
        let bytes = try Data(contentsOf: URL(filePath: path))
        #expect(bytes.isEmpty != isSQLite)
        for command in [
            ["run", "--inbox", "inbox"], ["invoice", "list"], ["network", "import", "network"],
        ] {
            let outcome = try branch.call(command)
            #expect(outcome.status == 1, "\(command)")
            #expect(outcome.err.contains("run 'tallywatt init"))
        }
        #expect(try Data(contentsOf: URL(filePath: path)) == bytes)
        #expect(try branch.tallywatt("init", "--network", "network").status == 0)
        #expect(try branch.tallywatt("invoice", "list").status == 0)
    }

    @Test func `where no database can be made the message says what to do`() throws {
        let branch = try SmallBranch()
        let outcome = try branch.tallywatt("init", "--database", "no/x.sqlite")
        #expect(outcome.status == 1)
        #expect(
            outcome.err.contains(
                "no/x.sqlite: cannot be changed (No such file or directory): give a --database in a "
                    + "folder that is there and that this account may write to"))
    }
}
