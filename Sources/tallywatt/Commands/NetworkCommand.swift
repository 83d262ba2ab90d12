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
            if let liveFrom { try session.store.keepLiveFrom(liveFrom.day) }
            Output.message(
                made.first == global.database
                    ? "created \(global.database)"
                    : "\(global.database) is there already: nothing is changed")
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
                A register read that was wrong is withdrawn by a full import without it. \
                Where anything is wrong nothing is imported, and every error names file and line.
                """)

        @OptionGroup var global: GlobalOptions
        @Flag(
            name: .long,
            help:
                "The folder is the whole network: ids it leaves out end today, after a dry run today."
        )
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
            Output.result(NetworkReport(report, isDryRun: dryRun).text(json: global.json))
            // A bill that rests on what was wrong needs a person.
            if !report.corrections.isEmpty { throw ExitCode(2) }
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
            Output.result(NetworkReport(report, isImport: false).text(json: global.json))
        }
    }
}

/// What an import changed, as text.
struct NetworkReport {
    private let report: NetworkImportReport
    private let isImport: Bool
    /// True where each change is shown, to be looked at before it is made.
    private let isDryRun: Bool

    init(_ report: NetworkImportReport, isImport: Bool = true, isDryRun: Bool = false) {
        self.report = report
        self.isImport = isImport
        self.isDryRun = isDryRun
    }

    func text(json: Bool) -> String { json ? jsonText : plainText }

    private var plainText: String {
        var lines = NetworkTable.allCases.map { table in
            let rows = report.rows[table] ?? 0
            let name = table.rawValue + String(repeating: " ", count: 16 - table.rawValue.count)
            let changed = isImport ? ", \(report.changed[table] ?? 0) changed" : ""
            return "\(name) \(rows) rows\(changed)"
        }
        if isDryRun {
            for change in report.changes {
                lines.append("\(change.table.rawValue) \(change.kind.rawValue): \(change.id)")
                lines += change.before.split(separator: "\n").map { "  - \($0)" }
                lines += change.after.split(separator: "\n").map { "  + \($0)" }
            }
        }
        lines += report.corrections.map(\.text)
        return lines.joined(separator: "\n")
    }

    private var jsonText: String {
        var object = JSONObject()
        for table in NetworkTable.allCases {
            var counts = JSONObject()
            counts.add("rows", report.rows[table] ?? 0)
            if isImport { counts.add("changed", report.changed[table] ?? 0) }
            object.add(table.rawValue, raw: counts.text)
        }
        guard isImport else { return object.text }
        if isDryRun {
            let changes = report.changes.map { change in
                var entry = JSONObject()
                entry.add("table", change.table.rawValue)
                entry.add("kind", change.kind.rawValue)
                entry.add("id", change.id)
                entry.add("before", change.before)
                entry.add("after", change.after)
                return entry.text
            }
            object.add("changes", list: changes)
        }
        let numbers = report.corrections.map { $0.invoice.number.jsonText }
        object.add("corrections", list: numbers)
        return object.text
    }
}
