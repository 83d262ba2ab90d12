// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Files that were read leave the inbox where the operator names a folder for them.
@Suite struct DoneFolderTests {
    private func branch() throws -> SmallBranch {
        let branch = try SmallBranch()
        try branch.write("inbox/january.csv", SmallBranch.january)
        try branch.write("inbox/freezes.csv", SmallBranch.freezes)
        #expect(try branch.tallywatt("init", "--network", "network").status == 0)
        return branch
    }

    private func run(_ branch: SmallBranch, done: String) throws -> Outcome {
        try branch.tallywatt(
            "run", "--inbox", "inbox", "--tariffs", "Tariffs", "--done", done, "--as-of",
            "2026-02-05", "--json")
    }

    private func names(_ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    }

    private static func device(_ path: String) -> Int? {
        try? FileManager.default.attributesOfItem(atPath: path)[.systemNumber] as? Int
    }

    private static let otherDevice = "/dev/shm"

    @Test(.enabled(if: device(otherDevice) ?? 0 != device(NSTemporaryDirectory()) ?? 0))
    func `files are moved to another file system`() throws {
        let branch = try branch()
        let done = "\(Self.otherDevice)/tallywatt-test-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: done) }
        let outcome = try run(branch, done: done)
        #expect(outcome.status == 0)
        #expect(outcome.json?["invoices"] as? Int == 2)
        #expect(try names(branch.path + "/inbox") == [])
        #expect(try names(done) == ["freezes.csv", "january.csv"])
        #expect(
            try String(contentsOfFile: done + "/january.csv", encoding: .utf8)
                == SmallBranch.january)
    }

    @Test func `a folder that cannot be used is refused before any work`() throws {
        let branch = try branch()
        try branch.write("taken", "")
        for done in ["taken", "taken/below"] {
            let outcome = try run(branch, done: done)
            #expect(outcome.status == 1)
            #expect(outcome.err.contains("\(done): files cannot be moved here: give --done"))
            #expect(outcome.json?["files"] as? Int == 0)
            #expect(outcome.json?["invoices"] as? Int == 0)
        }
        #expect(try run(branch, done: "done").json?["invoices"] as? Int == 2)
    }

    @Test func `a file that cannot be moved is told, and stops nothing`() throws {
        let branch = try branch()
        // Another of its name is there, and a longer name is no name.
        let name = String(repeating: "x", count: 251) + ".csv"
        try FileManager.default.moveItem(
            atPath: branch.path + "/inbox/january.csv", toPath: branch.path + "/inbox/" + name)
        try FileManager.default.createDirectory(
            atPath: branch.path + "/done", withIntermediateDirectories: true)
        try branch.write("done/" + name, "")
        let outcome = try run(branch, done: "done")
        #expect(outcome.status == 2)
        #expect(outcome.json?["status"] as? String == "done")
        #expect(outcome.json?["invoices"] as? Int == 2)
        #expect(outcome.json?["not_moved"] as? Int == 1)
        #expect(outcome.err.contains("warning: files that were read and stay in the inbox: 1: "))
        #expect(try names(branch.path + "/inbox") == [name])
        // Once there is room for it the next run moves it.
        try FileManager.default.removeItem(atPath: branch.path + "/done/" + name)
        #expect(try run(branch, done: "done").status == 0)
        #expect(try names(branch.path + "/inbox") == [])
    }

    @Test func `no name of the folder is taken from what has it, were it a link to nothing`() throws
    {
        let branch = try branch()
        let done = branch.path + "/done"
        try FileManager.default.createDirectory(
            atPath: done, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: done + "/january.csv", withDestinationPath: "/nowhere")
        #expect(try run(branch, done: "done").status == 0)
        #expect(try names(done) == ["freezes.csv", "january.csv", "january.csv.2"])
        #expect(
            try FileManager.default.destinationOfSymbolicLink(atPath: done + "/january.csv")
                == "/nowhere")
    }

    @Test func `the database's own folder is no place for read files`() throws {
        let branch = try branch()
        try FileManager.default.createSymbolicLink(
            atPath: branch.path + "/elsewhere",
            withDestinationPath: branch.path + "/tallywatt.sqlite.d")
        for done in [
            "tallywatt.sqlite.d", "tallywatt.sqlite.d/archive", "./tallywatt.sqlite.d/new/folder",
            branch.path + "/tallywatt.sqlite.d/archive/", "inbox/../tallywatt.sqlite.d",
            "elsewhere/archive", "elsewhere/new",
        ] {
            let outcome = try run(branch, done: done)
            #expect(outcome.status == 1, "\(done)")
            #expect(outcome.err.contains("give --done"))
            #expect(outcome.json?["files"] as? Int == 0)
        }
        let inside = try names(branch.path + "/tallywatt.sqlite.d")
        #expect(!inside.contains("new"))
        #expect(try run(branch, done: "tallywatt.sqlite.done").status == 0)
    }

    @Test func `the inbox itself is no place for read files, a folder in it is`() throws {
        let branch = try branch()
        for done in ["inbox", "./inbox/", "network/../inbox", branch.path + "/inbox"] {
            let outcome = try run(branch, done: done)
            #expect(outcome.status == 1, "\(done)")
            #expect(outcome.err.contains("\(done): this is the inbox itself: give --done another"))
            #expect(outcome.json?["files"] as? Int == 0)
        }
        #expect(try names(branch.path + "/inbox") == ["freezes.csv", "january.csv"])
        #expect(try run(branch, done: "inbox/done").status == 0)
        #expect(try names(branch.path + "/inbox") == ["done"])
        #expect(try run(branch, done: "inbox/done").status == 0)
    }

    @Test func `a retry leaves the archive whole`() throws {
        let branch = try branch()
        try branch.write(
            "inbox/unknown.csv",
            "meter_id,timestamp,kwh,quality\nM9,2026-01-01T00:00:00+10:00,1.0,A\n")
        _ = try run(branch, done: "done")
        func archived() throws -> [String] {
            try FileManager.default.subpathsOfDirectory(
                atPath: branch.path + "/tallywatt.sqlite.d/archive"
            ).sorted()
        }
        let files = try archived()
        try branch.write(
            "network/service_points.csv",
            (SmallBranch.network["service_points.csv"] ?? "") + "S4,T2,Australia/Brisbane\n")
        try branch.write(
            "network/meters.csv",
            (SmallBranch.network["meters.csv"] ?? "") + "M9,S4,C2,2025-01-01,,1,6,60\n")
        #expect(try branch.tallywatt("network", "import", "network").status == 0)
        let outcome = try run(branch, done: "done")
        #expect(outcome.json?["accepted"] as? Int == 1)
        #expect(try archived() == files)
        #expect(
            try names(branch.path + "/done") == ["freezes.csv", "january.csv", "unknown.csv"])
    }
}
