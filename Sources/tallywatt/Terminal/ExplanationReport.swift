// SPDX-License-Identifier: Apache-2.0

import BatchRun
import BillInvoice
import BillRating
import BillTariff
import Quantities
import Store

/// An explanation as text and as JSON.
struct ExplanationReport {
    let document: InvoiceDocument
    let evidence: InvoiceEvidence
    let clauses: KeptClauses
    let line: Int?

    /// The lines explained, with their positions.
    private var lines: [(position: Int, line: InvoiceLine)] {
        document.lines.enumerated().map { ($0.offset + 1, $0.element) }
            .filter { line == nil || $0.position == line }
    }

    var text: String {
        let invoice = document.invoice
        var text = [
            "\(invoice.number)  \(invoice.contractID)  \(invoice.periodStart) – \(invoice.periodEnd)",
            "computed by engine \(invoice.engineVersion) from what was known at change \(invoice.knownSeq)",
            "", "lines",
        ]
        text.insert(contentsOf: document.parts.map(tariff(of:)), at: 1)
        for (position, line) in lines {
            text.append("\(position)  \(line.chargeID)  \(line.description)")
            text.append("   \(line.formula)")
            if document.parts.count > 1 {
                text.append("   \(tariff(of: document.parts[line.part]))")
            }
            text.append("   " + rounding(of: line))
            let part = document.parts[line.part]
            if let clause = clauses.clause(of: line.chargeID, tariff: part.tariffSHA256) {
                text.append("   tariff file, line \(clause.line):")
                text += clause.text.map { "     " + $0 }
            }
        }
        text += ["", "determinants"]
        text += TextTable.lines(
            document.determinants.map { entry in
                [
                    entry.partStart.description, entry.quantity, entry.period, entry.documentValue,
                    entry.unit, entry.at ?? "",
                ]
            }, right: [3])
        text += ["", "readings"]
        text += TextTable.lines(
            evidence.intervals.map { entry in
                [
                    entry.meterID, entry.channel, "\(entry.firstDay) to \(entry.lastDay)",
                    ExplanationReport.qualities(entry), ExplanationReport.source(entry.file),
                ]
            })
        text += TextTable.lines(
            evidence.registers.map { entry in
                [
                    entry.meterID, entry.channel, entry.at, entry.value, entry.quality,
                    ExplanationReport.source(entry.file),
                ]
            }, right: [3])
        if !evidence.exceptions.isEmpty {
            text += ["", "exceptions"]
            text += TextTable.lines(
                evidence.exceptions.map { found in
                    [
                        found.row.subjectID, found.row.channel, found.row.startsAt,
                        found.row.endsAt, found.row.rule, found.status, found.row.detail,
                    ]
                })
        }
        return text.joined(separator: "\n")
    }

    var json: String {
        let invoice = document.invoice
        var object = JSONObject()
        object.add("number", invoice.number)
        object.add("contract_id", invoice.contractID)
        object.add("period_start", invoice.periodStart)
        object.add("period_end", invoice.periodEnd)
        object.add("currency", invoice.currency.code)
        object.add("tariff_id", invoice.tariffID)
        object.add("tariff_version", invoice.tariffVersion)
        object.add("tariff_sha256", invoice.tariffSHA256)
        object.add("inputs_sha256", invoice.inputsSHA256)
        object.add("known_seq", invoice.knownSeq)
        object.add("engine_version", invoice.engineVersion)
        object.add(
            "lines",
            list:
                lines.map { entry in
                    let part = document.parts[entry.line.part]
                    let clause = clauses.clause(
                        of: entry.line.chargeID, tariff: part.tariffSHA256)
                    return InvoiceJSON.text(
                        entry.line, position: entry.position, document,
                        rounding: rounding(of: entry.line), clause: clause)
                })
        object.add(
            "determinants", list: document.determinants.map(InvoiceJSON.text))
        object.add("intervals", list: evidence.intervals.map(json))
        object.add("registers", list: evidence.registers.map(json))
        object.add("exceptions", list: evidence.exceptions.map(json))
        return object.text
    }

    /// How a line's exact amount became the one billed.
    private func rounding(of line: InvoiceLine) -> String {
        let currency = document.invoice.currency
        let part = document.parts[line.part]
        guard let exact = Exact(line.amountExact),
            let rounding = clauses.rounding(tariff: part.tariffSHA256)
        else {
            return "exact \(line.amountExact), billed \(line.amount.text(in: currency)) "
                + currency.code
        }
        return rounding.trace(of: exact, to: line.amount, in: currency)
    }

    /// A part's tariff, with its days where there are several.
    private func tariff(of part: InvoicePart) -> String {
        let days =
            document.parts.count > 1 ? "\(part.days.lowerBound) – \(part.days.upperBound): " : ""
        return days
            + "tariff \(part.tariffID) \(part.tariffVersion), file SHA-256 \(part.tariffSHA256)"
    }

    private func json(_ found: ExceptionRecord) -> String {
        var object = JSONObject()
        object.add("meter", found.row.subjectID)
        object.add("channel", found.row.channel)
        object.add("starts_at", found.row.startsAt)
        object.add("ends_at", found.row.endsAt)
        object.add("rule", found.row.rule)
        object.add("status", found.status)
        object.add("detail", found.row.detail)
        return object.text
    }

    private func json(_ entry: InvoiceEvidence.Intervals) -> String {
        var object = JSONObject()
        object.add("meter", entry.meterID)
        object.add("channel", entry.channel)
        object.add("first_day", entry.firstDay.description)
        object.add("last_day", entry.lastDay.description)
        var qualities = JSONObject()
        for (quality, count) in entry.qualities.sorted(by: { $0.key < $1.key }) {
            qualities.add(quality, count)
        }
        object.add("quality", raw: qualities.text)
        object.add("file", entry.file?.name)
        object.add("sha256", entry.file?.sha256)
        return object.text
    }

    private func json(_ entry: InvoiceEvidence.Register) -> String {
        var object = JSONObject()
        object.add("meter", entry.meterID)
        object.add("channel", entry.channel)
        object.add("at", entry.at)
        object.add("value", entry.value)
        object.add("quality", entry.quality)
        object.add("file", entry.file?.name)
        object.add("sha256", entry.file?.sha256)
        return object.text
    }

    private static func qualities(_ entry: InvoiceEvidence.Intervals) -> String {
        entry.qualities.sorted { $0.key < $1.key }.map { "\($0.value) × \($0.key)" }
            .joined(separator: ", ")
    }

    private static func source(_ file: InvoiceEvidence.SourceFile?) -> String {
        file.map { "\($0.name)  \($0.sha256.prefix(16))" } ?? ""
    }
}
