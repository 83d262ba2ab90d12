// SPDX-License-Identifier: Apache-2.0

import Quantities
import ArgumentParser
import BatchRun

/// `tallywatt verify`: re-check the laws on a database.
struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Check that the database keeps its laws.",
        discussion: """
            Counts and energies balance, stored blocks are whole, invoices add up and their numbers \
            have no gaps. Two databases with equal digests hold equal content.
            """)

    @OptionGroup var global: GlobalOptions

    @Flag(name: .long, help: "Print the SHA-256 of the content and nothing else.")
    var digest = false

    func run() throws {
        let session = try Session.look(global, command: "verify")
        if digest {
            let digest = try ContentDigest.digest(of: session.store)
            var object = JSONObject()
            object.add("digest", digest)
            Output.result(global.json ? object.text : digest)
            return
        }
        let problems = try Verification(store: session.store).problems()
        if global.json {
            var object = JSONObject()
            object.add("problems", list: problems.map(\.jsonText))
            Output.result(object.text)
        } else {
            Output.result(problems.isEmpty ? "all laws hold" : problems.joined(separator: "\n"))
        }
        if !problems.isEmpty { throw ExitCode(ExitStatus.attention) }
    }
}
