// SPDX-License-Identifier: Apache-2.0

import BatchRun
import Foundation
import MeterModel
import Quantities
import Store
import TestSupport

/// What a scenario came to, as the texts that are kept beside it.
struct GoldenText {
    /// File names and texts.
    let files: [(name: String, text: String)]

    init(_ branch: TrialBranch, _ nights: [RunSummary]) throws {
        files = [
            ("invoice.golden.txt", try GoldenText.invoices(branch)),
            ("rejections.golden.csv", try GoldenText.rejections(branch)),
            (
                "summary.golden.txt",
                nights.map(GoldenText.summary).joined(separator: "\n")
                    + (try GoldenText.exceptions(branch))
            ),
        ]
    }

    private static func invoices(_ branch: TrialBranch) throws -> String {
        var text = ""
        let invoices = try branch.rows(
            """
            SELECT number, contract_id, feeder_id, period_start, period_end, tariff_id,
                tariff_version, currency, net_minor, tax_minor, total_minor, estimated_values,
                issued_on, invoice_id FROM invoice ORDER BY number
            """)
        for invoice in invoices {
            text += "\(invoice[0])  \(invoice[1])  \(invoice[2])  issued \(invoice[12])\n"
            text += "\(invoice[3]) to \(invoice[4])  \(invoice[5]) \(invoice[6])\n"
            for line in try branch.rows(
                """
                SELECT charge_id, quantity, unit, price, amount_minor, amount_exact
                FROM invoice_line WHERE invoice_id = \(invoice[13]) ORDER BY position
                """)
            {
                text += "  \(line[0])  \(line[1]) \(line[2])  \(line[3])  \(money(line[4]))"
                text += "  (\(line[5]))\n"
            }
            for tax in try branch.rows(
                """
                SELECT category, rate, base_minor, tax_minor FROM invoice_tax
                WHERE invoice_id = \(invoice[13])
                """)
            {
                text += "  \(tax[0]) \(tax[1]) of \(money(tax[2]))  \(money(tax[3]))\n"
            }
            text += "  net \(money(invoice[8]))  tax \(money(invoice[9]))"
            text += "  total \(money(invoice[10])) \(invoice[7])"
            text += "  estimated \(invoice[11])\n"
            for item in try branch.rows(
                """
                SELECT quantity, period, value, unit FROM invoice_determinant
                WHERE invoice_id = \(invoice[13]) ORDER BY part_start, quantity, period
                """)
            {
                text += "  of \(item.joined(separator: " "))\n"
            }
            text += "\n"
        }
        for hold in try branch.rows(
            """
            SELECT contract_id, period_start, period_end, code, detail FROM hold
            WHERE released_seq IS NULL ORDER BY contract_id, period_start
            """)
        {
            text += "held \(hold[0]) \(hold[1]) to \(hold[2]): \(hold[3]): \(hold[4])\n"
        }
        return text
    }

    /// Minor units of a currency of two decimals as a decimal.
    private static func money(_ minor: String) -> String {
        Currency(code: "CNY").flatMap { yuan in
            Int64(minor).map { Money(minorUnits: $0).text(in: yuan) }
        } ?? minor
    }

    private static func rejections(_ branch: TrialBranch) throws -> String {
        let rows = try branch.rows(
            """
            SELECT code, name, line, byte, r.readings, found, r.delivery, closed_by
            FROM rejection r JOIN source_file USING (sha256) ORDER BY name, line, byte, code
            """)
        return
            (["code,file,line,byte,readings,found,delivery,closed_by"]
            + rows.map { row in
                var row = row
                row[5] = "\"" + row[5].prefix(60).replacing("\"", with: "\"\"") + "\""
                return row.joined(separator: ",")
            }).joined(separator: "\n") + "\n"
    }

    private static func exceptions(_ branch: TrialBranch) throws -> String {
        let rows = try branch.rows(
            """
            SELECT status, rule, severity, subject_id, channel, starts_at, ends_at, detail
            FROM exception ORDER BY subject_id, channel, starts_at, rule
            """)
        let lines = rows.map { "\($0[0]) " + $0.dropFirst().joined(separator: "  ") + "\n" }
        return lines.isEmpty ? "" : "\n" + lines.joined()
    }

    private static func summary(_ night: RunSummary) -> String {
        let (counts, verdicts) = (night.counts, night.counts.verdicts)
        var lines = [
            "as of \(night.asOf)",
            "files \(counts.files), repeated \(counts.filesRepeated), "
                + "quarantined \(counts.filesQuarantined)",
            "readings \(verdicts.readings) = accepted \(verdicts.accepted) + duplicate "
                + "\(verdicts.duplicate) + superseded \(verdicts.superseded) + absent "
                + "\(verdicts.absent) + rejected \(verdicts.rejected)",
        ]
        lines += night.rejections.sorted { $0.key < $1.key }.map { "  \($0.key) \($0.value)" }
        lines += night.quarantines.sorted { $0.key < $1.key }.map {
            "  \($0.key) \($0.value) files"
        }
        lines += [
            "exceptions \(counts.exceptions), estimated \(counts.estimated)",
            "invoices \(counts.invoices), holds \(counts.holds), kWh \(night.kilowattHours)",
        ]
        lines += night.totals.sorted { $0.key < $1.key }.map {
            "billed \(money("\($0.value)")) \($0.key)"
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
