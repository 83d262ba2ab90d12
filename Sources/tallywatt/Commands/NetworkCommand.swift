// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import BatchRun
import Foundation
import MeterModel
import Quantities
import Store

/// `tallywatt init`: a new database.
struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Create a database, with a network where one is given.")

    @OptionGroup var global: GlobalOptions

    @Option(name: .long, help: "The folder with nodes.csv, meters.csv and the others.")
    var network: String?

    @Option(name: .long, help: "Hold contracts older than this that bring no row of opening.csv.")
    var liveFrom: CivilDate?

    func run() throws {
        let files = FileManager.default
        let made = ["", "-journal", ".d", ".lock"].map { global.database + $0 }
            .filter { !files.fileExists(atPath: $0) }
        let session = try Session.change(global, command: "init", create: true)
        guard let network else {
            Output.message("created \(global.database)")
            return
        }
        do {
            let report = try session.store.importNetwork(
                network, full: false, on: try session.day(nil), liveFrom: liveFrom?.day,
                dryRun: false, by: session.author)
            Output.result(NetworkReport(report).text(json: global.json))
        } catch {
            // A database without a network would look to the next run like one with it.
            for path in made { try? files.removeItem(atPath: path) }
            throw error
        }
    }
}

/// `tallywatt network`: load and look at the network.
struct NetworkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "network", abstract: "Load, update and show the network.",
        subcommands: [Import.self, Show.self])

    struct Import: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "import", abstract: "Load or update the network from a folder.",
            discussion: """
                An id that the folder names gets the folder's rows as its history; other ids stay. \
                Where anything is wrong nothing is imported, and every error names file and line.
                """)

        @OptionGroup var global: GlobalOptions
        @Flag(name: .long, help: "The folder is the whole network: ids it leaves out end today.")
        var full = false
        @Flag(name: .long, help: "Show what would change, and change nothing.")
        var dryRun = false
        @Option(name: .long, help: "The date that stands for today.")
        var asOf: CivilDate?
        @Option(
            name: .long, help: "Hold contracts older than this without an opening (first import).")
        var liveFrom: CivilDate?
        @Argument(help: "The folder with nodes.csv, meters.csv and the others.")
        var folder: String

        func run() throws {
            let session = try Session.change(global, command: "network import")
            let report = try session.store.importNetwork(
                folder, full: full, on: try session.day(asOf), liveFrom: liveFrom?.day,
                dryRun: dryRun, by: session.author)
            Output.result(NetworkReport(report).text(json: global.json))
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "Count what the network holds.")

        @OptionGroup var global: GlobalOptions

        func run() throws {
            let session = try Session.look(global, command: "network show")
            var report = NetworkImportReport()
            let rows = try session.store.read { try $0.networkRows() }
            for table in NetworkTable.allCases { report.rows[table] = rows.count(of: table) }
            Output.result(NetworkReport(report).text(json: global.json))
        }
    }
}

/// What an import changed, as text.
struct NetworkReport {
    let report: NetworkImportReport

    init(_ report: NetworkImportReport) {
        self.report = report
    }

    func text(json: Bool) -> String {
        let changed = report.changed
        if json {
            var object = JSONObject()
            for table in NetworkTable.allCases {
                var counts = JSONObject()
                counts.add("rows", report.rows[table] ?? 0)
                counts.add("changed", changed[table] ?? 0)
                object.add(table.rawValue, raw: counts.text)
            }
            return object.text
        }
        return NetworkTable.allCases.map { table in
            let rows = report.rows[table] ?? 0
            let name = table.rawValue + String(repeating: " ", count: 16 - table.rawValue.count)
            return "\(name) \(rows) rows, \(changed[table] ?? 0) changed"
        }.joined(separator: "\n")
    }
}
