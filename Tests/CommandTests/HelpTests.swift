// SPDX-License-Identifier: Apache-2.0

import Testing

@Suite struct HelpTests {
    static let commands = [
        "run", "init", "network import", "network show", "ingest", "bill", "inspect",
        "tariff check", "tariff price", "tariff compare", "tariff optimise-demand", "series import",
        "usage show",
        "usage export",
        "invoice list",
        "invoice show", "invoice export", "explain", "exceptions list", "holds list",
        "rejections list", "corrections list", "verify", "generate",
    ]

    @Test(arguments: commands)
    func `a command has help that names the global options`(command: String) throws {
        let words = command.split(separator: " ").map(String.init)
        let outcome = try SmallBranch().call(words + ["--help"])
        #expect(outcome.status == 0)
        #expect(outcome.err == "")
        #expect(outcome.out.contains("USAGE: tallywatt \(command) "))
        for option in ["--database", "--config", "--json", "--quiet", "--no-color", "--threads"] {
            #expect(outcome.out.contains(option), "\(option)")
        }
    }

    @Test func `the first page names every command and the exit statuses`() throws {
        let outcome = try SmallBranch().tallywatt("--help")
        #expect(outcome.status == 0)
        for command in HelpTests.commands {
            let name = command.split(separator: " ")[0]
            #expect(outcome.out.contains("\n  \(name) "), "\(name)")
        }
        #expect(outcome.out.contains("75 another run holds the database"))
    }

    @Test(arguments: ["bash", "zsh", "fish"])
    func `there are completions for a shell`(shell: String) throws {
        let outcome = try SmallBranch().tallywatt("--generate-completion-script", shell)
        #expect(outcome.status == 0)
        #expect(outcome.out.contains("rejections"))
    }

    @Test func `a configuration that cannot be used stops at its place`() throws {
        let branch = try SmallBranch()
        try branch.write("tallywatt.yaml", "timezone: Asia/Shanghai\nwait_day: 3\n")
        let outcome = try branch.tallywatt("init")
        #expect(outcome.status == 1)
        #expect(outcome.err.contains("tallywatt.yaml:2:1: bad-setting"))
    }
}
