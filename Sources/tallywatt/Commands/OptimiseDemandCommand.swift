// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import BatchRun
import Quantities

extension TariffCommand {
    struct OptimiseDemand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "optimise-demand",
            abstract: "Show what customers of two-part tariffs would have paid by each basis.",
            discussion: """
                The last twelve billed months of each contract whose tariff lets it choose between \
                capacity, contract demand and actual demand are priced by each, with the contract \
                demand in whole kilowatts that costs least. Nothing is written to the database.
                """)

        @OptionGroup var global: GlobalOptions
        @Option(name: .customLong("class"), help: "Customers of this class only.")
        var customerClass: String?

        func run() throws {
            let session = try Session.look(global, command: "tariff optimise-demand")
            var optimisation = try DemandOptimisation(store: session.store)
            let advice = try optimisation.advice(customerClass: customerClass)
            Output.result(
                global.json ? OptimiseDemand.json(advice) : OptimiseDemand.table(advice))
        }

        private static func table(_ advice: [DemandOptimisation.Advice]) -> String {
            if advice.isEmpty { return "no contract has a choice" }
            var rows = [
                ["contract", "class", "months", "billed", "best", "kW", "then", "saving", ""]
            ]
            for one in advice {
                let best = one.best
                let then = best.flatMap { try? $0.total.get() }
                rows.append([
                    one.contractID, one.customerClass, "\(one.months)",
                    one.billed.text(in: one.currency), best?.basis ?? "-",
                    best?.contractKilowatts.map { "\($0)" } ?? "",
                    then?.text(in: one.currency) ?? "", one.saving?.text(in: one.currency) ?? "",
                    one.months < 12 ? "fewer than 12 months" : "",
                ])
            }
            return TextTable.lines(rows, right: [2, 3, 5, 6, 7]).joined(separator: "\n")
        }

        private static func json(_ advice: [DemandOptimisation.Advice]) -> String {
            var object = JSONObject()
            object.add(
                "contracts",
                list: advice.map { one in
                    var object = JSONObject()
                    object.add("contract_id", one.contractID)
                    object.add("class", one.customerClass)
                    object.add("tariff_id", one.tariffID)
                    object.add("currency", one.currency.code)
                    object.add("months", one.months)
                    object.add("billed", one.billed.text(in: one.currency))
                    object.add("best", one.best?.basis)
                    object.add("saving", one.saving?.text(in: one.currency))
                    object.add(
                        "options", list: one.options.map { json($0, in: one.currency) })
                    return object.text
                })
            return object.text
        }

        private static func json(
            _ option: DemandOptimisation.Option, in currency: Currency
        ) -> String {
            var object = JSONObject()
            object.add("basis", option.basis)
            object.add("contract_kw", option.contractKilowatts.map { "\($0)" })
            switch option.total {
            case .success(let total):
                object.add("total", total.text(in: currency))
                object.add("reason", nil as String?)
            case .failure(let hold):
                object.add("total", nil as String?)
                object.add("reason", "\(hold)")
            }
            return object.text
        }
    }
}
