// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite struct ExitStatusTests {
    @Test(arguments: [
        ["--nonsense"], ["nonsense"], ["run"], ["run", "--inbox"], ["inspect"],
        ["invoice", "show"], ["run", "--inbox", "x", "--as-of", "2026-02-30"],
        ["run", "--inbox", "x", "--threads", "0"], ["usage", "show", "--contract", "K1"],
        ["usage", "show", "--from", "2026-01-01", "--to", "2026-02-01"],
        ["usage", "export", "--format", "pdf", "--out", "x"],
        ["invoice", "list", "--period", "2026-13"], ["explain", "INV-1", "--line", "0"],
        ["generate", "--out", "g", "--days", "1", "--meters", "0"],
        ["generate", "--out", "g", "--days", "0", "--meters", "1"],
        ["generate", "--out", "g", "--days", "1", "--meters", "1", "--overlap", "1.5"],
        ["generate", "--out", "g", "--days", "1", "--meters", "1", "--overlap", "half"],
        [
            "generate", "--out", "g", "--days", "1", "--meters", "1", "--days-per-file",
            "9000000000000000000",
        ],
    ])
    func `wrong usage is 64, and says so on stderr only`(arguments: [String]) throws {
        let branch = try SmallBranch()
        let outcome = try branch.call(arguments)
        #expect(outcome.status == 64)
        #expect(outcome.out == "")
        #expect(outcome.err.contains("Usage: tallywatt"))
    }

    @Test func `without a database the command stops and says how to make one`() throws {
        let branch = try SmallBranch()
        let outcome = try branch.tallywatt("invoice", "list", "--database", "none.sqlite")
        #expect(outcome.status == 1)
        #expect(outcome.out == "")
        #expect(outcome.err.contains("none.sqlite: no such database"))
        #expect(!FileManager.default.fileExists(atPath: branch.path + "/none.sqlite"))
    }

    @Test func `a night without findings is 0 and a second one changes nothing`() throws {
        let branch = try SmallBranch()
        try branch.write("inbox/january.csv", SmallBranch.january)
        try branch.write("inbox/freezes.csv", SmallBranch.freezes)
        #expect(try branch.tallywatt("init", "--network", "network").status == 0)
        let first = try branch.run(asOf: "2026-02-05")
        #expect(first.status == 0)
        #expect(first.json?["status"] as? String == "done")
        // 744 hours of M1, and five registers of M2 at two moments.
        #expect(first.json?["readings"] as? Int == 754)
        #expect(first.json?["invoices"] as? Int == 2)
        let digest = try branch.digest()
        let second = try branch.run(asOf: "2026-02-05")
        #expect(second.status == 0)
        #expect(second.json?["invoices"] as? Int == 0)
        #expect(try branch.digest() == digest)
    }

    @Test func `a bad file is 2 and does not stop the good ones`() throws {
        let branch = try SmallBranch()
        try branch.write("inbox/january.csv", SmallBranch.january)
        try branch.write("inbox/letter.csv", "Dear operator,\n")
        _ = try branch.tallywatt("init", "--network", "network")
        let outcome = try branch.run(asOf: "2026-01-20")
        #expect(outcome.status == 2)
        #expect(outcome.json?["files_quarantined"] as? Int == 1)
        #expect(outcome.json?["accepted"] as? Int ?? 0 > 0)
        let list = try branch.tallywatt("rejections", "list", "--json").list("rejections")
        #expect(list.contains { $0["code"] as? String == "unknown-format" })
    }

    @Test func `what no run reads in the inbox is told, and is 2`() throws {
        let branch = try SmallBranch()
        try branch.write("inbox/january.csv", SmallBranch.january)
        try branch.write("elsewhere.csv", SmallBranch.january)
        _ = try branch.tallywatt("init", "--network", "network")
        let shell = Process()
        shell.executableURL = URL(filePath: "/bin/sh")
        shell.currentDirectoryURL = URL(filePath: branch.path + "/inbox")
        // 冻结.csv in GB 18030, a link, a folder, and what a run leaves alone without a word.
        shell.arguments = [
            "-c",
            """
            echo x > "$(printf '\\266\\263\\275\\341.csv')"; ln -s ../elsewhere.csv link.csv
            mkdir folder done; touch .hidden a.tmp b.part; mkfifo pipe.csv
            """,
        ]
        try shell.run()
        shell.waitUntilExit()
        let outcome = try branch.tallywatt(
            "run", "--inbox", "inbox/", "--done", "inbox/done", "--as-of", "2026-02-05", "--json")
        #expect(outcome.status == 2)
        #expect(outcome.json?["passed_over"] as? Int == 4)
        #expect(outcome.json?["files"] as? Int == 1)
        let warned = outcome.err.split(separator: "\n").filter { $0.hasPrefix("warning: ") }
        #expect(
            warned.compactMap { $0.split(separator: " ").dropFirst().first } == [
                "folder", "link.csv", "pipe.csv", #"\xB6\xB3\xBD\xE1.csv"#,
            ])
    }

    @Test func `files that an earlier run read are moved by one that is told to`() throws {
        let branch = try SmallBranch()
        try branch.write("inbox/january.csv", SmallBranch.january)
        _ = try branch.tallywatt("init", "--network", "network")
        func run(_ more: String...) throws -> [String] {
            _ = try branch.call(["run", "--inbox", "inbox", "--as-of", "2026-02-05"] + more)
            return try FileManager.default.subpathsOfDirectory(atPath: branch.path + "/inbox")
                .sorted()
        }
        #expect(try run() == ["january.csv"])
        let digest = try branch.digest()
        #expect(try run("--done", "inbox/done") == ["done", "done/january.csv"])
        #expect(try branch.digest() == digest)
    }

    @Test func `an init that fails leaves nothing behind`() throws {
        let branch = try SmallBranch()
        try branch.write(
            "network/terminals.csv", "terminal_id,node_id\nC1,T1\nC2,T2\nC3,NOWHERE\n")
        for network in ["nowhere", "network"] {
            #expect(try branch.tallywatt("init", "--network", network).status == 1)
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: branch.path).sorted() == [
                    "Tariffs", "inbox", "network",
                ])
        }
    }

    @Test func `an init that fails leaves what was there before`() throws {
        let branch = try SmallBranch.billed()
        let digest = try branch.digest()
        #expect(try branch.tallywatt("init", "--network", "nowhere").status == 1)
        #expect(try branch.digest() == digest)
    }

    @Test func `nothing is put beside a file that is no database`() throws {
        let branch = try SmallBranch()
        try branch.write("inbox/letter.txt", "Dear operator,\n")
        for command in [["run", "--inbox", "inbox"], ["invoice", "list"], ["init"]] {
            let outcome = try branch.call(command + ["--database", "inbox/letter.txt"])
            #expect(outcome.status == 1)
            #expect(outcome.err.contains("inbox/letter.txt: not a Tallywatt database"))
            let names = try FileManager.default.contentsOfDirectory(atPath: branch.path + "/inbox")
            #expect(names == ["letter.txt"])
        }
    }

    @Test func `names that are not on record are errors, not empty results`() throws {
        let branch = try SmallBranch.billed()
        let digest = try branch.digest()
        for command in [
            ["bill", "--as-of", "2026-03-05"], ["invoice", "list"],
            ["invoice", "export", "--out", "x.csv"],
        ] {
            for (option, name) in [("contract", "K9"), ("feeder", "F9")] {
                let outcome = try branch.call(command + ["--\(option)", name])
                #expect(outcome.status == 1)
                #expect(outcome.err.contains("\(option) '\(name)' is not on record"))
            }
        }
        #expect(try branch.digest() == digest)
    }

    @Test func `verify answers programs in JSON`() throws {
        let branch = try SmallBranch.billed()
        let laws = try branch.tallywatt("verify", "--json")
        #expect(laws.status == 0)
        #expect(laws.json?["problems"] as? [String] == [])
        let digest = try branch.tallywatt("verify", "--digest", "--json")
        #expect((digest.json?["digest"] as? String).map { $0 + "\n" } == (try branch.digest()))
    }

    @Test(arguments: ["yes", "True", "1"])
    func `a setting that is neither true nor false stops the command`(word: String) throws {
        let branch = try SmallBranch()
        try branch.write("tallywatt.yaml", "wait_days: 3\nstrict_nem12: \(word)\n")
        let outcome = try branch.tallywatt("init", "--network", "network")
        #expect(outcome.status == 1)
        #expect(outcome.err.contains("tallywatt.yaml:2:15: bad-setting: strict_nem12"))
        #expect(!FileManager.default.fileExists(atPath: branch.path + "/tallywatt.sqlite"))
    }

    @Test(arguments: [
        ("timezone: Mars/X", "s.yaml:1:11: bad-setting: timezone: no time zone 'Mars/X': use"),
        ("wait_days: 1\nwait_days: 2", "s.yaml:1:1: bad-setting: 'wait_days' is given twice"),
        (
            "attention:\n  holds: 1\n  holds: 2",
            "s.yaml:2:3: bad-setting: 'holds' is given twice"
        ),
        ("wait_days: [1", "s.yaml:2:1: bad-setting: "),
        ("wait_days: 99999999999", "s.yaml:1:12: bad-setting: wait_days: write a whole number"),
    ])
    func `a setting that cannot be used is told at its place, in one line`(
        settings: String, message: String
    ) throws {
        let branch = try SmallBranch()
        try branch.write("s.yaml", settings + "\n")
        let outcome = try branch.tallywatt("init", "--network", "network", "--config", "s.yaml")
        #expect(outcome.status == 1)
        #expect(outcome.err.contains(message))
        #expect(outcome.err.split(separator: "\n").count == 1)
        #expect(!FileManager.default.fileExists(atPath: branch.path + "/tallywatt.sqlite"))
    }

    @Test(arguments: ["9999-12-31", "2062-10-04"])
    func `a slip in the date stops run, ingest and bill before anything is noted`(asOf: String)
        throws
    {
        let branch = try SmallBranch()
        // A bad clock makes the slip look right.
        try branch.write("inbox/bad.csv", SmallBranch.freezes + "M2,2062-09-30,200,,,,\n")
        try branch.write("inbox/worse.csv", SmallBranch.freezes + "M2,9999-12-30,200,,,,\n")
        _ = try branch.tallywatt("init", "--network", "network")
        let digest = try branch.digest()
        for command in [
            ["run", "--inbox", "inbox", "--tariffs", "Tariffs"], ["ingest", "inbox/bad.csv"],
            ["ingest", "inbox/worse.csv"], ["bill"],
        ] {
            let outcome = try branch.call(command + ["--as-of", asOf])
            #expect(outcome.status == 1, "\(command)")
            #expect(outcome.err.contains("correct --as-of"))
        }
        #expect(try branch.digest() == digest)
        let right = try branch.run(asOf: "2026-02-05")
        // Five cells of each of the two rows.
        #expect((right.json?["rejections"] as? [String: Int])?["future-time"] == 10)
        #expect(right.json?["invoices"] as? Int == 1)
    }

    @Test func `while another process holds the database a second run is 75`() throws {
        let branch = try SmallBranch.billed()
        // cat answers once flock has given it the lock, and holds it until its input ends.
        let owner = Process()
        owner.executableURL = URL(filePath: "/usr/bin/env")
        owner.arguments = ["flock", branch.path + "/tallywatt.sqlite.lock", "cat"]
        let (input, output) = (Pipe(), Pipe())
        owner.standardInput = input
        owner.standardOutput = output
        try owner.run()
        defer {
            try? input.fileHandleForWriting.close()
            owner.waitUntilExit()
        }
        try input.fileHandleForWriting.write(contentsOf: Data("held\n".utf8))
        _ = output.fileHandleForReading.availableData

        let second = try branch.run(asOf: "2026-02-05")
        #expect(second.status == 75)
        #expect(second.json?["status"] as? String == "stopped")
        #expect((second.json?["message"] as? String)?.contains("held by another run") == true)
        #expect(second.err.contains("held by another run"))
        let look = try branch.tallywatt("invoice", "list")
        #expect(look.status == 0, "looking needs no lock")
    }

    @Test func `a broken tariff stops before any work, at its place`() throws {
        let branch = try SmallBranch()
        try branch.write("inbox/january.csv", SmallBranch.january)
        _ = try branch.tallywatt("init", "--network", "network")
        let digest = try branch.digest()
        let broken = SmallBranch.tariff.replacing("price: 0.25", with: "price: 0,25")
        try branch.write("Tariffs/flat.yaml", broken)
        let outcome = try branch.run(asOf: "2026-02-05")
        #expect(outcome.status == 1)
        // The price of `usage` stands in line 23 of the file.
        #expect(outcome.err.contains("Tariffs/flat.yaml:23:12"))
        #expect(outcome.json?["status"] as? String == "stopped")
        #expect(try branch.digest() == digest)
    }

    @Test func `a broken network is not imported, not even in part`() throws {
        let branch = try SmallBranch()
        _ = try branch.tallywatt("init", "--network", "network")
        let digest = try branch.digest()
        try branch.write("network/customers.csv", "customer_id,name,class\nA3,Cy,home\n")
        try branch.write(
            "network/terminals.csv", "terminal_id,node_id\nC1,T1\nC2,T2\nC3,NOWHERE\n")
        let outcome = try branch.tallywatt("network", "import", "network")
        #expect(outcome.status == 1)
        #expect(outcome.err.contains("terminals.csv:4:"))
        #expect(outcome.out == "")
        #expect(try branch.digest() == digest)
    }

    @Test func `a dry run of an import shows the change and makes none`() throws {
        let branch = try SmallBranch()
        _ = try branch.tallywatt("init", "--network", "network")
        let digest = try branch.digest()
        try branch.write("network/terminals.csv", "terminal_id,node_id\nC3,T2\n")
        let dry = try branch.tallywatt("network", "import", "network", "--dry-run", "--json")
        #expect(dry.status == 0)
        #expect((dry.json?["terminals"] as? [String: Int])?["changed"] == 1)
        #expect(try branch.digest() == digest)
        let wet = try branch.tallywatt("network", "import", "network", "--json")
        #expect((wet.json?["terminals"] as? [String: Int])?["changed"] == 1)
        #expect(try branch.digest() != digest)
    }
}
