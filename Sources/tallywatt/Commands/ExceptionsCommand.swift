// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Store

/// `tallywatt exceptions`: accepted values that a check doubts.
struct ExceptionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exceptions", abstract: "Show accepted values that a check doubts.",
        subcommands: [List.self])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List exceptions by subject and time.")

        @OptionGroup var global: GlobalOptions
        @Option(name: .long, help: "Those of this rule only, such as missing-intervals.")
        var rule: String?
        @Option(name: .long, help: "Those of this meter only.") var meter: String?
        @Flag(name: .long, help: "List closed ones too.") var all = false

        func run() throws {
            let session = try Session.look(global, command: "exceptions list")
            var list = try ListWriter(
                global.json ? .json("exceptions") : .table,
                columns: [
                    "exception_id", "subject_kind", "subject_id", "channel", "starts_at",
                    "ends_at", "rule", "severity", "status", "detail",
                ])
            try session.store.read {
                try $0.forEachException(
                    FindingFilter(code: rule, subject: meter, includesClosed: all)
                ) { found in
                    let row = found.row
                    try list.add([
                        .number(found.number), .text(row.subjectKind), .text(row.subjectID),
                        .text(row.channel), .text(row.startsAt), .text(row.endsAt),
                        .text(row.rule), .text(row.severity), .text(found.status),
                        .text(row.detail),
                    ])
                }
            }
            try list.finish(none: "no exceptions")
        }
    }
}
