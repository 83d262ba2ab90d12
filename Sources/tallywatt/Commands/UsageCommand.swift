// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import BatchRun
import BillInvoice
import Quantities

/// `tallywatt usage`: look at usage and take it elsewhere.
struct UsageCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "usage", abstract: "Show billing determinants and export interval values.",
        subcommands: [Show.self, Export.self])

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "Show what contracts would be billed for.",
            discussion: """
                Energy per quantity and time-of-use period, demand peaks and the number of estimates, \
                computed as billing computes them; where billing would hold, the reason instead. \
                Nothing is stored.
                """)

        @OptionGroup var global: GlobalOptions
        @Option(name: .long, help: "This contract only.") var contract: String?
        @Option(name: .long, help: "The contracts of this feeder.") var feeder: String?
        @Option(name: .long, help: "The first day.") var from: CivilDate
        @Option(name: .long, help: "The day after the last.") var to: CivilDate
        @Option(name: .long, help: "The folder of tariffs and series.") var tariffs = "Tariffs"
        @Option(
            name: .long,
            help: "The date that stands for today (default: today in the settings' zone).")
        var asOf: CivilDate?

        func validate() throws {
            if (contract == nil) == (feeder == nil) {
                throw ValidationError("Give either --contract or --feeder.")
            }
            if to.day <= from.day { throw ValidationError("--to must be after --from.") }
        }

        func run() throws {
            let session = try Session.look(global, command: "usage show")
            let query = UsageQuery(store: session.store, configuration: session.configuration)
            let usage = try query.usage(
                UsageQuery.Request(
                    contract: contract, feeder: feeder, from: from.day, to: to.day,
                    asOf: try session.day(asOf), tariffs: tariffs))
            try UsageReport(usage).write(json: global.json)
        }
    }

    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "export", abstract: "Write the current settled interval values to a file.",
            discussion: """
                One row for each slot delivered, by feeder, day and meter, every value with all its \
                digits; a missing one is empty with quality N. Reactive energy goes to FILE with \
                -kvarh before the extension. The file appears when it is whole.
                """)

        enum Format: String, ExpressibleByArgument, CaseIterable {
            case intervalLong = "interval-long"
        }

        @OptionGroup var global: GlobalOptions
        @Option(name: .long, help: "The format of the file.") var format: Format
        @Option(name: .long, help: "The file; .gz at its end compresses it.") var out: String
        @Option(name: .long, help: "The readings of this feeder only.") var feeder: String?
        @Option(name: .long, help: "The first day, by the standard time of the meter.")
        var from: CivilDate?
        @Option(name: .long, help: "The day after the last.") var to: CivilDate?

        func validate() throws {
            if let from, let to, to.day <= from.day {
                throw ValidationError("--to must be after --from.")
            }
        }

        func run() throws {
            let session = try Session.look(global, command: "usage export")
            let report = try IntervalExport(store: session.store).write(
                to: out, feeder: feeder, from: from?.day, to: to?.day)
            if global.json {
                var object = JSONObject()
                let files = report.files.map { file in
                    var entry = JSONObject()
                    entry.add("path", file.path)
                    entry.add("rows", file.rows)
                    return entry.text
                }
                object.add("files", list: files)
                object.add("missing", report.missing)
                object.add("suspect", report.suspect)
                object.add("left_out", report.unwritable)
                Output.result(object.text)
            } else {
                for file in report.files { Output.result("\(file.path): \(file.rows) rows") }
                Output.result("missing \(report.missing), suspect \(report.suspect)")
            }
            if report.unwritable > 0 {
                Output.message(
                    "\(report.unwritable) values left out: delivered after the multiplier, or as "
                        + "mean power, they are no decimal of the file's unit")
                throw ExitCode(ExitStatus.attention)
            }
        }
    }
}

/// Usage as a table or JSON.
private struct UsageReport {
    private let usage: [UsageQuery.Usage]

    init(_ usage: [UsageQuery.Usage]) {
        self.usage = usage
    }

    func write(json: Bool) throws {
        if json {
            var list = try ListWriter(.json("usage"), columns: [])
            for entry in usage { try list.add(json: UsageReport.json(entry)) }
            return try list.finish(none: "")
        }
        var list = try ListWriter(
            .table,
            columns: [
                "contract", "from", "to", "quantity", "period", "value", "unit", "at", "estimated",
            ])
        for entry in usage {
            let head: [ListValue] = [
                .text(entry.contractID), .text(entry.from.description),
                .text(entry.to.description),
            ]
            if let hold = entry.hold {
                try list.add(head + [.text("\(hold.code): \(hold.detail)")])
            }
            for item in entry.determinants {
                try list.add(
                    head + [
                        .text(item.quantity), .text(item.period), .text(item.documentValue),
                        .text(item.unit), .text(item.at), .number(entry.estimatedValues),
                    ])
            }
        }
        try list.finish(none: "no contract holds on these days")
    }

    private static func json(_ entry: UsageQuery.Usage) -> String {
        var object = JSONObject()
        object.add("contract_id", entry.contractID)
        object.add("tariff_id", entry.tariffID)
        object.add("from", entry.from.description)
        object.add("to", entry.to.description)
        object.add("estimated_values", entry.estimatedValues)
        object.add("determinants", list: entry.determinants.map(InvoiceJSON.text))
        var hold: String?
        if let found = entry.hold {
            var reason = JSONObject()
            reason.add("code", found.code)
            reason.add("detail", found.detail)
            hold = reason.text
        }
        object.add("hold", raw: hold ?? "null")
        return object.text
    }
}
