// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Store

/// `tallywatt corrections`: issued invoices that something changed under.
struct CorrectionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "corrections", abstract: "Show issued invoices that something changed under.",
        subcommands: [List.self])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List them by contract and period, with what changed.")

        @OptionGroup var global: GlobalOptions
        @Option(name: .long, help: "Those of this cause only, such as late-reading.")
        var cause: String?
        @Option(name: .long, help: "Those of this contract only.") var contract: String?
        @Flag(name: .long, help: "List credited invoices too.") var all = false

        func run() throws {
            let session = try Session.look(global, command: "corrections list")
            var list = try ListWriter(
                global.json ? .json("corrections") : .table,
                columns: [
                    "number", "contract_id", "period_start", "period_end", "cause", "detail", "seq",
                ])
            try session.store.read {
                try $0.forEachCorrection(
                    FindingFilter(code: cause, subject: contract, includesClosed: all)
                ) { correction in
                    try list.add([
                        .text(correction.number), .text(correction.contractID),
                        .text(correction.periodStart), .text(correction.periodEnd),
                        .text(correction.cause), .text(correction.detail), .number(correction.seq),
                    ])
                }
            }
            try list.finish(none: "no corrections")
        }
    }
}
