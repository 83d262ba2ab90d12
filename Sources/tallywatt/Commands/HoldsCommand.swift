// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Store

/// `tallywatt holds`: contracts that cannot be billed yet.
struct HoldsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "holds", abstract: "Show contracts that cannot be billed yet.",
        subcommands: [List.self])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List holds by contract and period.")

        @OptionGroup var global: GlobalOptions
        @Option(name: .long, help: "Those of this code only, such as missing-price.")
        var code: String?
        @Option(name: .long, help: "Those of this contract only.") var contract: String?
        @Flag(name: .long, help: "List released ones too.") var all = false

        func run() throws {
            let session = try Session.look(global, command: "holds list")
            var list = try ListWriter(
                global.json ? .json("holds") : .table,
                columns: [
                    "contract_id", "period_start", "period_end", "code", "detail", "since_seq",
                    "released_seq",
                ])
            try session.store.read {
                try $0.forEachHold(
                    FindingFilter(code: code, subject: contract, includesClosed: all)
                ) { hold in
                    try list.add([
                        .text(hold.contractID), .text(hold.periodStart), .text(hold.periodEnd),
                        .text(hold.code), .text(hold.detail), .number(hold.sinceSeq),
                        .number(hold.releasedSeq),
                    ])
                }
            }
            try list.finish(none: "no holds")
        }
    }
}
