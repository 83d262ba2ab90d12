// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import BatchRun
import BillInvoice
import Quantities
import Store

/// `tallywatt invoice`: look at invoices and take them elsewhere.
struct InvoiceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "invoice", abstract: "List, show and export invoices.",
        subcommands: [List.self, Show.self, Export.self])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List invoices in the order of their issue.")

        @OptionGroup var global: GlobalOptions
        @OptionGroup var selection: InvoiceSelection
        @Flag(name: .long, help: "Write CSV.") var csv = false

        func run() throws {
            let session = try Session.look(global, command: "invoice list")
            try selection.refuseUnknownNames(in: session.store)
            let isShort = !global.json && !csv
            let columns = isShort ? InvoiceColumns.short : InvoiceColumns.names
            var list = try ListWriter(
                global.json ? .json("invoices") : csv ? .csv : .table, columns: columns)
            try session.store.read {
                try $0.forEachInvoice(selection.filter) { invoice in
                    try list.add(
                        InvoiceColumns.row(invoice).filter { columns.contains($0.name) }
                            .map(\.value))
                }
            }
            try list.finish(none: "no invoices")
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "Show an invoice as its customer reads it.")

        @OptionGroup var global: GlobalOptions
        @Argument(help: "The invoice's number.") var number: String

        func run() throws {
            let session = try Session.look(global, command: "invoice show")
            let document = try session.store.read { try $0.document(number) }
            Output.result(global.json ? InvoiceJSON.text(document) : document.bill)
        }
    }

    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "export", abstract: "Write invoices with their lines to a file.",
            discussion: """
                CSV has one row for each line, which repeats what is known of its invoice; JSON has \
                one object for each invoice with lines, taxes and determinants. The file appears \
                when it is whole.
                """)

        enum Format: String, ExpressibleByArgument, CaseIterable {
            case csv
            case json
        }

        @OptionGroup var global: GlobalOptions
        @OptionGroup var selection: InvoiceSelection
        @Option(name: .long, help: "The file; .gz at its end compresses it.") var out: String
        @Option(name: .long, help: "csv or json.") var format: Format = .csv

        private static let lineColumns = [
            "position", "charge", "description", "quantity", "unit", "price", "amount",
            "amount_exact",
        ]

        func run() throws {
            let session = try Session.look(global, command: "invoice export")
            try selection.refuseUnknownNames(in: session.store)
            let file = try ExportFile(out)
            var list = try ListWriter(
                format == .csv ? .csv : .json("invoices"),
                columns: InvoiceColumns.names + Export.lineColumns
            ) { line in
                try file.append((line + "\n").utf8)
            }
            var count = 0
            try session.store.read { transaction in
                try transaction.forEachInvoice(selection.filter) { invoice in
                    let document = try InvoiceDocument(invoice, from: transaction)
                    count += 1
                    switch format {
                    case .json: try list.add(json: InvoiceJSON.text(document))
                    case .csv: for row in Export.rows(document) { try list.add(row) }
                    }
                }
            }
            try list.finish(none: "")
            try file.finish()
            var object = JSONObject()
            object.add("path", out)
            object.add("invoices", count)
            Output.result(global.json ? object.text : "\(out): \(count) invoices")
        }

        /// The rows of a document: one for each line.
        private static func rows(_ document: InvoiceDocument) -> [[ListValue]] {
            let head = InvoiceColumns.row(document.invoice).map(\.value)
            return document.lines.enumerated().map { index, line in
                head + [
                    .number(index + 1), .text(line.chargeID), .text(line.description),
                    .text(line.quantity), .text(line.unit), .text(line.price),
                    .text(line.amount.text(in: document.invoice.currency)),
                    .text(line.amountExact),
                ]
            }
        }
    }
}

/// Which invoices.
struct InvoiceSelection: ParsableArguments {
    @Option(name: .long, help: "Those of this contract only.") var contract: String?
    @Option(name: .long, help: "Those of this feeder only.") var feeder: String?
    @Option(name: .long, help: "Those whose last day is in this month, such as 2026-09.")
    var period: String?

    func validate() throws {
        if let period, CivilDate(argument: period + "-01") == nil {
            throw ValidationError("--period must be a month such as 2026-09.")
        }
    }

    /// An empty list must not be taken for a contract without invoices where its name is wrong.
    func refuseUnknownNames(in store: TallyStore) throws {
        guard contract != nil || feeder != nil else { return }
        // A name that the network has lost stays on its invoices.
        let (isContractKnown, isFeederKnown) = try store.read { transaction in
            (
                try contract.map { try transaction.hasInvoices(contract: $0) },
                try feeder.map { try transaction.hasInvoices(feeder: $0) }
            )
        }
        try UnknownName.refuse(
            contract: isContractKnown == true ? nil : contract,
            feeder: isFeederKnown == true ? nil : feeder, in: try store.loadNetwork())
    }

    var filter: InvoiceFilter {
        InvoiceFilter(contract: contract, feeder: feeder, month: period)
    }
}

extension StoreTransaction {
    /// A document by its number.
    func document(_ number: String) throws -> InvoiceDocument {
        guard let invoice = try invoice(number: number) else {
            throw UnknownName(
                kind: "invoice", name: number, mend: "see 'tallywatt invoice list'")
        }
        return try InvoiceDocument(invoice, from: self)
    }
}
