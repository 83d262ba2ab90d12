// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import BatchRun

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
                it takes its place, and the invoices it may touch are listed for correction.
                """)

        @OptionGroup var global: GlobalOptions

        @Flag(name: .long, help: "Let changed rows take the place of loaded ones.")
        var revise = false

        @Argument(help: "Series files; each is named by its series, such as ID.csv.")
        var files: [String]

        func run() throws {
            let session = try Session.change(global, command: "series import")
            let loaded = try SeriesImport(store: session.store, author: session.author)
                .load(files, revise: revise)
            var list = try ListWriter(
                global.json ? .json("series") : .table, columns: ["file", "rows_loaded"])
            for (file, rows) in zip(files, loaded) { try list.add([.text(file), .number(rows)]) }
            try list.finish(none: "no files")
        }
    }
}
