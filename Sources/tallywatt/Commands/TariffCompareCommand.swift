// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import BatchRun
import Foundation
import Quantities

extension TariffCommand {
    struct Compare: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "compare",
            abstract: "Bill contracts under other tariffs in thought, and show who would pay what.",
            discussion: """
                Invoices that stand are priced again from the energy and demand that are stored with \
                them, whatever days the other tariffs are valid on. A contract that this cannot be told \
                of is counted apart with the reason, and is in no sum; --readings measures its readings \
                again. Nothing is written to the database.
                """)

        @OptionGroup var global: GlobalOptions
        @Option(
            name: .customLong("with"), parsing: .upToNextOption,
            help: ArgumentHelp(
                "Files of other tariffs; series are in the folder series beside them, or on record.",
                valueName: "tariff"))
        var tariffs: [String]
        @Option(
            name: .long,
            help:
                "Invoices whose last day is in this month, such as 2026-09, or FROM..TO without TO."
        )
        var period: String
        @Option(name: .customLong("class"), help: "Customers of this class only.")
        var customerClass: String?
        @Option(name: .long, help: "Those of this feeder only.") var feeder: String?
        @Option(
            name: .customLong("set"),
            help: ArgumentHelp("What contracts lack that a tariff needs.", valueName: "key=value"))
        var parameters: [String] = []
        @Flag(
            name: .customLong("readings"),
            help: "Measure readings again where stored energy and demand do not tell enough.")
        var readsAgain = false
        @Option(name: .customLong("svg"), help: "Draw the differences by class into this file.")
        var plot: String?

        func validate() throws {
            _ = try ParameterValues.read(parameters)
            guard days != nil else {
                throw ValidationError(
                    "--period must be a month such as 2026-09, or days such as "
                        + "2026-07-01..2026-10-01.")
            }
        }

        private var days: Range<CivilDay>? {
            if let first = CivilDay(iso: period + "-01") { return first..<first.addingMonths(1) }
            let ends = period.components(separatedBy: "..").map { CivilDay(iso: $0) }
            guard ends.count == 2, let first = ends[0], let end = ends[1], first < end else {
                return nil
            }
            return first..<end
        }

        func run() throws {
            guard let days else { return }
            let session = try Session.look(global, command: "tariff compare")
            let comparison = try TariffComparison(
                store: session.store,
                request: TariffComparison.Request(
                    tariffs: tariffs, days: days, customerClass: customerClass, feeder: feeder,
                    parameters: try ParameterValues.read(parameters), readsAgain: readsAgain))
            let report = try comparison.report(
                threads: global.threadCount, progress: global.progress())
            if let plot { try Data(report.svg.utf8).write(to: URL(filePath: plot)) }
            Output.result(global.json ? report.json : report.table)
            let unpriced = report.tariffs.flatMap(\.unpriced)
            if !readsAgain, unpriced.contains(where: \.isCuredByReadings) {
                Output.message("--readings measures the readings of contracts not priced again")
            }
        }
    }
}

/// What `--set` gives.
enum ParameterValues {
    /// The values by key.
    static func read(_ parameters: [String]) throws -> [String: String] {
        var values: [String: String] = [:]
        for parameter in parameters {
            let parts = parameter.split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty else {
                throw ValidationError("--set takes key=value, not '\(parameter)'.")
            }
            guard values.updateValue(String(parts[1]), forKey: String(parts[0])) == nil else {
                throw ValidationError("--set gives '\(parts[0])' twice.")
            }
        }
        return values
    }
}
