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
                    "found",
                ])
            try session.store.read {
                try $0.forEachRejection(
                    FindingFilter(code: code, subject: file, includesClosed: all)
                ) { row in
                    try list.add([
                        .number(row.delivery), .text(row.file), .number(row.line),
                        .number(row.byte), .text(row.code), .number(row.readings),
                        .number(row.closedBy), .text(row.sha256), .text(row.found),
                    ])
                }
            }
            try list.finish(none: "no rejections")
        }
    }
}
