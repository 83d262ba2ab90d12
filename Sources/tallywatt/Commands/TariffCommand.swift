// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import BatchRun
import BillRating
import BillTariff
import Foundation
import MeterScan

/// `tallywatt tariff`: check tariffs before they bill, and price loads by them.
struct TariffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tariff", abstract: "Check tariffs before they bill, and price loads by them.",
        subcommands: [
            Check.self, Price.self, Compare.self, OptimiseDemand.self, ImportUrdbCommand.self,
            ExportUrdbCommand.self,
        ])

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check",
            abstract: "Check tariff files and the examples they bring.",
            discussion: """
                Every finding names file, line and column, and what to mend. A tariff without \
                findings can bill; where there are any, the exit status is 1.
                """)

        @OptionGroup var global: GlobalOptions

        @Argument(help: "Tariff files, or folders of them with their series.")
        var paths: [String]

        func run() throws {
            let report = TariffReport(paths: paths)
            Output.result(global.json ? report.json : report.text)
            if !report.problems.isEmpty { throw ExitCode(ExitStatus.stopped) }
        }
    }

    struct Price: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "price", abstract: "Price one load by a tariff, without a database.",
            discussion: """
                A bill for each calendar month of the load, computed as an invoice is. The load has \
                the header start,kwh[,kvarh][,export_kwh]; a time without an offset is by the clock \
                of the tariff's zone.
                """)

        @OptionGroup var global: GlobalOptions
        @Flag(help: "Show how each line comes about, and its clause in the tariff file.")
        var explain = false
        @Option(
            name: .customLong("set"),
            help: ArgumentHelp("What the tariff needs to know.", valueName: "key=value"))
        var parameters: [String] = []
        @Argument(help: "The tariff's file; its series are in the folder series beside it.")
        var tariff: String
        @Argument(help: "The load as CSV.") var load: String

        func validate() throws { _ = try ParameterValues.read(parameters) }

        func run() throws {
            let folder = try TariffFolder.load(files: [tariff], sha256: MeterScan.sha256)
            guard let data = FileManager.default.contents(atPath: load),
                let text = String(validating: data, as: UTF8.self),
                let entry = folder.entries.first
            else { throw UnreadableInput(path: load, mend: "give the name of a CSV file in UTF-8") }
            let needs = entry.tariff.needs.map(\.name)
            for other in try ParameterValues.read(parameters).keys.sorted()
            where !needs.contains(other) {
                let known = needs.isEmpty ? "nothing" : needs.joined(separator: ", ")
                Output.message("--set \(other) changes nothing: the tariff needs \(known)")
            }
            let priced = try entry.tariff.price(
                load: text, file: load, parameters: try ParameterValues.read(parameters),
                series: folder.series)
            if let day = priced.notValid {
                let until = entry.tariff.validTo.map { " to \($0)" } ?? " on"
                Output.message(
                    "\(entry.tariff.id) \(entry.tariff.version) is valid from "
                        + "\(entry.tariff.validFrom)\(until), not on \(day): the load is priced as if it "
                        + "were")
            }
            let trace =
                explain
                ? PricedLoadTrace(
                    rounding: entry.tariff.rounding, file: tariff,
                    clauses: entry.tariff.clauses(in: entry.text)) : nil
            Output.result(global.json ? priced.json(trace) : priced.table(trace))
        }
    }
}
