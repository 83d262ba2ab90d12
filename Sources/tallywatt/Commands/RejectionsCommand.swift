// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Store

/// `tallywatt rejections`: inputs that could not be accepted.
struct RejectionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rejections", abstract: "Show inputs that could not be accepted.",
        subcommands: [List.self])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List rejections by delivery, file and line.")

        @OptionGroup var global: GlobalOptions
        @Option(name: .long, help: "Those of this code only, such as unknown-meter.")
        var code: String?
        @Option(name: .long, help: "Those of this file only: its name, or how its SHA-256 begins.")
        var file: String?
        @Flag(name: .long, help: "List those cured since too.") var all = false

        func run() throws {
            let session = try Session.look(global, command: "rejections list")
            var list = try ListWriter(
                global.json ? .json("rejections") : .table,
                columns: [
                    "delivery", "file", "line", "byte", "code", "readings", "closed_by", "sha256",
                    "found", "member",
                ])
            try session.store.read {
                try $0.forEachRejection(
                    FindingFilter(code: code, subject: file, includesClosed: all)
                ) { row in
                    try list.add([
                        .number(row.delivery), .text(row.file), .number(row.line),
                        .number(row.byte), .text(row.code), .number(row.readings),
                        .number(row.closedBy), .text(row.sha256), .text(row.found),
                        .text(row.member),
                    ])
                }
            }
            try list.finish(none: "no rejections")
        }
    }
}
