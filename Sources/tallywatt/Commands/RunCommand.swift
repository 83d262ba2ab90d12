// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import BatchRun
import Foundation

/// `tallywatt run`: the nightly job.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "The nightly job: new files in, due contracts billed, report out.",
        discussion: """
            Running it again changes nothing; what a crash interrupted is finished first. A bad \
            reading, file or contract never stops the others: it is listed, and the exit status is 2.
            """)

    @OptionGroup var global: GlobalOptions

    @Option(name: .long, help: "The folder that terminals deliver into; it is never changed.")
    var inbox: String

    @Option(name: .long, help: "The folder of tariffs and series; without it nothing is billed.")
    var tariffs: String?

    @Option(
        name: .long, help: "The date that stands for today (default: today in the settings' zone).")
    var asOf: CivilDate?

    @Option(name: .long, help: "Move files here when they are read and committed.")
    var done: String?

    func run() throws {
        try Session.perform(global, command: "run", asOf: asOf) { request in
            request.inbox = inbox
            request.tariffs = tariffs
            request.done = done
        }
    }
}

/// `tallywatt ingest`: files named one by one.
struct IngestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ingest",
        abstract: "Read files into the database, without billing.",
        discussion: """
            A row that cannot be accepted is kept as a rejection with its line and reason; the \
            other rows are accepted. Reading the same files again changes nothing.
            """)

    @OptionGroup var global: GlobalOptions

    @Option(
        name: .long, help: "The date that stands for today (default: today in the settings' zone).")
    var asOf: CivilDate?

    @Argument(help: "Reading files, plain or compressed.")
    var files: [String]

    func run() throws {
        try Session.perform(global, command: "ingest", asOf: asOf) { $0.files = files }
    }
}

/// `tallywatt bill`: bill what is due.
struct BillCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bill",
        abstract: "Bill every contract period that ended on or before a date.",
        discussion:
            "A contract that cannot be billed yet is held with its reason and stops nobody else.")

    @OptionGroup var global: GlobalOptions

    @Option(name: .long, help: "The date that stands for today.")
    var asOf: CivilDate

    @Option(name: .long, help: "The folder of tariffs and series.")
    var tariffs = "Tariffs"

    @Option(name: .long, help: "Bill the contracts of this feeder only.")
    var feeder: String?

    @Option(name: .long, help: "Bill this contract only.")
    var contract: String?

    func run() throws {
        try Session.perform(global, command: "bill", asOf: asOf) { request in
            request.tariffs = tariffs
            request.feeder = feeder
            request.contract = contract
        }
    }
}
