// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import BatchRun
import BillInvoice
import MeterModel
import Quantities
import Store

/// `tallywatt explain`: from an invoice line to its tariff and its readings.
struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Explain an invoice, from its lines to the tariff and the readings.",
        discussion: """
            Each line's formula and exact amount, the tariff version by the hash of its file, the \
            quantities it was computed from, and the readings behind them with their files. With --meter \
            and --at instead of an invoice: the lines that this reading touched.
            """)

    @OptionGroup var global: GlobalOptions
    @Option(name: .long, help: "This line only, counted from 1.") var line: Int?
    @Option(name: .long, help: "The meter of a reading whose lines are wanted.") var meter: String?
    @Option(
        name: .long,
        help: ArgumentHelp(
            "When its interval begins or its register was read, with offset.",
            valueName: "instant"))
    var at: String?
    @Option(name: .long, help: "The reading's channel or register, as OBIS code.")
    var channel = "1.8.0"
    @Argument(help: "The invoice's number.") var invoice: String?

    func validate() throws {
        guard (invoice == nil) == (meter != nil), (meter == nil) == (at == nil) else {
            throw ValidationError("Give an invoice's number, or --meter and --at.")
        }
        if let at, Instant(iso: at) == nil {
            throw ValidationError("--at takes a time such as 2026-01-31T08:15+08:00.")
        }
        if ObisCode(channel) == nil {
            throw ValidationError("--channel takes a code such as 1.8.0.")
        }
        if let line, line < 1 { throw ValidationError("--line must be 1 or more.") }
    }

    func run() throws {
        let session = try Session.look(global, command: "explain")
        if let meter, let instant = at.flatMap({ Instant(iso: $0) }), let obis = ObisCode(channel) {
            try write(
                TouchedLines.of(meter: meter, channel: obis, at: instant, in: session.store))
            return
        }
        guard let invoice else { return }
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

    /// Writes what a reading touched.
    private func write(_ touched: TouchedLines) throws {
        if global.json {
            var object = JSONObject()
            object.add("lines", list: touched.lines.map(\.json))
            object.add("later_bills", list: touched.later.map(\.json))
            Output.result(object.text)
            return
        }
        var list = try ListWriter(
            .table,
            columns: ["invoice", "status", "line", "charge", "description", "amount", "through"])
        for line in touched.lines {
            try list.add([
                .text(line.number), .text(line.status), .number(line.position),
                .text(line.line.chargeID), .text(line.line.description), .text(line.amount),
                .text(line.through.joined(separator: " > ")),
            ])
        }
        try list.finish(none: "no invoice line rests on this reading")
        if touched.later.isEmpty { return }
        Output.result("later invoices that rest on these:")
        var later = try ListWriter(.table, columns: ["invoice", "why"])
        for bill in touched.later { try later.add([.text(bill.number), .text(bill.detail)]) }
        try later.finish(none: "")
    }
}

extension TouchedLines.Line {
    fileprivate var amount: String { line.amount.text(in: currency) }

    fileprivate var json: String {
        var object = JSONObject()
        object.add("invoice", number)
        object.add("status", status)
        object.add("line", position)
        object.add("charge", line.chargeID)
        object.add("description", line.description)
        object.add("amount", amount)
        object.add("through", through.joined(separator: " > "))
        return object.text
    }
}

extension TouchedLines.Later {
    fileprivate var json: String {
        var object = JSONObject()
        object.add("invoice", number)
        object.add("why", detail)
        return object.text
    }
}
