// SPDX-License-Identifier: Apache-2.0

import Testing

/// From when on contracts are billed, and what an import needs to be one.
@Suite struct LiveFromTests {
    /// The codes of the holds after January, whose contracts began with it.
    private func holds(_ branch: SmallBranch) throws -> [String] {
        try branch.write("inbox/january.csv", SmallBranch.january)
        try branch.write("inbox/freezes.csv", SmallBranch.freezes)
        _ = try branch.run(asOf: "2026-02-05")
        return try branch.tallywatt("holds", "list", "--json").list("holds")
            .compactMap { $0["code"] as? String }
    }

    @Test(arguments: [
        ("2026-02-01", ["no-opening", "no-opening"]), ("2026-01-01", []),
    ])
    func `a day given to an empty database holds for its first import`(
        day: String, codes: [String]
    ) throws {
        let branch = try SmallBranch()
        // The last of several counts as long as nothing rests on it.
        #expect(try branch.tallywatt("init", "--live-from", "2026-03-01").status == 0)
        #expect(try branch.tallywatt("init", "--live-from", day).status == 0)
        #expect(try branch.tallywatt("network", "import", "network").status == 0)
        #expect(try holds(branch) == codes)
    }

    @Test func `a day given with the first import counts before one given earlier`() throws {
        let branch = try SmallBranch()
        _ = try branch.tallywatt("init", "--live-from", "2026-02-01")
        _ = try branch.tallywatt("network", "import", "network", "--live-from", "2026-01-01")
        #expect(try holds(branch) == [])
    }

    @Test func `another day after the first import is refused`() throws {
        let branch = try SmallBranch()
        _ = try branch.tallywatt("init", "--network", "network", "--live-from", "2026-01-01")
        for arguments in [["init"], ["network", "import", "network"]] {
            #expect(try branch.call(arguments + ["--live-from", "2026-01-01"]).status == 0)
            let outcome = try branch.call(arguments + ["--live-from", "2026-02-01"])
            #expect(outcome.status == 1)
            #expect(outcome.err.contains("billed from 2026-01-01 on since the first import"))
        }
        #expect(try holds(branch) == [])
    }

    @Test func `a folder without any file of a network is refused`() throws {
        let branch = try SmallBranch()
        _ = try branch.tallywatt("init", "--network", "network")
        try branch.write("inbox/january.csv", SmallBranch.january)
        for folder in ["Tariffs", "inbox"] {
            let outcome = try branch.tallywatt("network", "import", folder)
            #expect(outcome.status == 1)
            #expect(outcome.err.contains("\(folder): cannot be read: it holds no nodes.csv"))
        }
    }
}
