// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import BatchRun
import Quantities
import Store

/// `tallywatt series`: prices and calendars that arrive over time.
struct SeriesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "series", abstract: "Load prices and calendars that arrive over time.",
        subcommands: [Import.self])

    struct Import: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "import", abstract: "Load the rows of series files that are new.",
            discussion: """
                What was loaded stays, so that every invoice can be computed again. A row that says \
                otherwise than the one loaded stops the import, and nothing is loaded; with --revise \
                it takes its place. Invoices that rest on a changed row, or on a day that is given \
                a kind only now, are named and listed for correction; the exit status is then 2.
                """)

        @OptionGroup var global: GlobalOptions

        @Flag(name: .long, help: "Let changed rows take the place of loaded ones.")
        var revise = false

        @Argument(help: "Series files; each is named by its series, such as ID.csv.")
        var files: [String]

        func run() throws {
            let session = try Session.change(global, command: "series import")
            let report = try SeriesImport(store: session.store, author: session.author)
                .load(files, revise: revise)
            if global.json {
                let series = zip(files, report.rows).map { file, rows in
                    var entry = JSONObject()
                    entry.add("file", file)
                    entry.add("rows_loaded", rows)
                    return entry.text
                }
                var object = JSONObject()
                object.add("series", list: series)
                object.add("corrections", list: report.corrections.map(\.invoice.number.jsonText))
                Output.result(object.text)
            } else {
                var list = try ListWriter(.table, columns: ["file", "rows_loaded"])
                for (file, rows) in zip(files, report.rows) {
                    try list.add([.text(file), .number(rows)])
                }
                try list.finish(none: "no files")
                for correction in report.corrections { Output.result(correction.text) }
            }
            // A bill that rests on what was wrong needs a person.
            if !report.corrections.isEmpty { throw ExitCode(2) }
        }
    }
}
