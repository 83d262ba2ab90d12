// SPDX-License-Identifier: Apache-2.0

import BatchRun
import Foundation
import MeterModel
import Quantities
import Store

/// A run's summary as the operator reads it, and as JSON.
struct SummaryReport {
    let summary: RunSummary
    let seconds: Double

    private var rate: Int {
        seconds > 0 ? Int(Double(summary.counts.verdicts.readings) / seconds) : 0
    }

    /// The end-of-run table.
    var table: String {
        let counts = summary.counts
        let verdicts = counts.verdicts
        var rows: [(String, String)] = [
            ("as of", summary.asOf.description),
            ("files", "\(counts.files)"),
            ("  repeated", "\(counts.filesRepeated)"),
            ("  quarantined", "\(counts.filesQuarantined)"),
        ]
        for (code, count) in summary.quarantines.sorted(by: { $0.key < $1.key }) {
            rows.append(("    \(code)", "\(count)"))
        }
        rows += [
            ("  postponed", "\(summary.filesPostponed)"),
            ("  passed over", "\(summary.passedOver.count)"),
            ("readings", "\(verdicts.readings)"),
            ("  accepted", "\(verdicts.accepted)"),
            ("  duplicate", "\(verdicts.duplicate)"),
            ("  superseded", "\(verdicts.superseded)"),
            ("  absent", "\(verdicts.absent)"),
            ("  rejected", "\(verdicts.rejected)"),
        ]
        for (code, count) in summary.rejections.sorted(by: { $0.key < $1.key }) {
            rows.append(("    \(code)", "\(count)"))
        }
        rows += [
            ("displaced", "\(verdicts.displaced)"),
            ("exceptions", "\(counts.exceptions)"),
            ("invoices", "\(counts.invoices)"),
            ("estimated values", "\(counts.estimated)"),
            ("holds", "\(counts.holds)"),
            ("corrections", "\(counts.corrections)"),
            ("kWh billed", summary.kilowattHours.documentText),
        ]
        for (code, minor) in summary.totals.sorted(by: { $0.key < $1.key }) {
            let currency = Currency(code: code)
            let text = currency.map { Money(minorUnits: minor).text(in: $0) } ?? "\(minor)"
            rows.append(("\(code) billed", text))
        }
        rows.append(("seconds", String(format: "%.2f", seconds)))
        rows.append(("readings/s", "\(rate)"))
        if !summary.unmoved.isEmpty { rows.append(("not moved", "\(summary.unmoved.count)")) }
        if let message = summary.message { rows.append(("stopped", message)) }
        let width = rows.map(\.0.count).max() ?? 0
        return rows.map { name, value in
            name + String(repeating: " ", count: width - name.count + 2) + value
        }.joined(separator: "\n")
    }

    /// The run result; keys in a fixed order.
    var json: String {
        let counts = summary.counts
        let verdicts = counts.verdicts
        var object = JSONObject()
        object.add("status", summary.status.rawValue)
        object.add("run_id", summary.run)
        object.add("as_of", summary.asOf.description)
        object.add(
            "deliveries",
            list: summary.deliveries.map(String.init))
        object.add("files", counts.files)
        object.add("files_repeated", counts.filesRepeated)
        object.add("files_quarantined", counts.filesQuarantined)
        object.add("files_postponed", summary.filesPostponed)
        object.add("readings", verdicts.readings)
        object.add("accepted", verdicts.accepted)
        object.add("duplicate", verdicts.duplicate)
        object.add("superseded", verdicts.superseded)
        object.add("absent", verdicts.absent)
        object.add("rejected", verdicts.rejected)
        object.add("displaced", verdicts.displaced)
        object.add("rejections", counts: summary.rejections)
        object.add("quarantines", counts: summary.quarantines)
        object.add("exceptions", counts.exceptions)
        object.add("estimated", counts.estimated)
        object.add("invoices", counts.invoices)
        object.add("holds", counts.holds)
        object.add("kwh", summary.kilowattHours.documentText)
        object.add("totals_minor", counts: summary.totals.mapValues { Int($0) })
        object.add("seconds", raw: String(format: "%.3f", seconds))
        object.add("readings_per_second", rate)
        object.add("message", summary.message)
        object.add("passed_over", summary.passedOver.count)
        object.add("corrections", counts.corrections)
        object.add("not_moved", summary.unmoved.count)
        return object.text
    }
}
