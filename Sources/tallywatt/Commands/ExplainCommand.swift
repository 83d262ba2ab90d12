// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import BatchRun
import BillInvoice
import Quantities
import Store

/// `tallywatt explain`: from an invoice line to its tariff and its readings.
struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Explain an invoice, from its lines to the tariff and the readings.",
        discussion: """
            Each line's formula and exact amount, the tariff version by the hash of its file, the \
            quantities it was computed from, and the readings behind them with their files.
            """)

    @OptionGroup var global: GlobalOptions
    @Option(name: .long, help: "This line only, counted from 1.") var line: Int?
    @Argument(help: "The invoice's number.") var invoice: String

    func validate() throws {
        if let line, line < 1 { throw ValidationError("--line must be 1 or more.") }
    }

    func run() throws {
        let session = try Session.look(global, command: "explain")
        let document = try session.store.read { try $0.document(invoice) }
        if let line, !document.lines.indices.contains(line - 1) {
            throw UnknownName(
                kind: "line", name: "\(line)",
                mend: "\(invoice) has lines 1 to \(document.lines.count)")
        }
        let evidence = try InvoiceEvidence.of(
            document.invoice, determinants: document.determinants, in: session.store)
        let clauses = try KeptClauses(document.parts.map(\.tariffSHA256), in: session.store)
        let report = ExplanationReport(
            document: document, evidence: evidence, clauses: clauses, line: line)
        Output.result(global.json ? report.json : report.text)
    }
}
