// SPDX-License-Identifier: Apache-2.0

import BatchRun
import Quantities

extension ComparisonReport {
    /// The comparison as a person reads it.
    var table: String {
        tariffs.map { tariff in
            let currency = tariff.currency
            func cells(_ sums: Sums) -> [String] {
                [
                    "\(sums.contracts)", sums.kilowattHours.documentText,
                    sums.now.text(in: currency), sums.then.text(in: currency),
                    sums.difference.text(in: currency), "\(sums.winners)",
                    sums.won.text(in: currency), "\(sums.losers)", sums.lost.text(in: currency),
                ]
            }
            var text = ["\(tariff.id) \(tariff.version) (\(tariff.file)), \(currency.code)"]
            let head = [
                "class", "tariff now", "contracts", "kWh", "now", "then", "difference", "pay less",
                "by", "pay more", "by",
            ]
            text += TextTable.lines(
                [head]
                    + tariff.rows.map { [$0.customerClass, $0.tariffID] + cells($0.sums) }
                    + [["total", ""] + cells(tariff.total)],
                right: Set(2..<head.count))
            let changes = (tariff.winners + tariff.losers).map { change in
                [
                    "  " + change.contractID, change.customerClass,
                    change.now.text(in: currency), change.then.text(in: currency),
                    change.difference.text(in: currency),
                ]
            }
            if !changes.isEmpty {
                text.append("largest differences")
                text += TextTable.lines(changes, right: [2, 3, 4])
            }
            for reason in tariff.unpriced {
                let place = [reason.code, reason.charge].compactMap(\.self).joined(separator: ": ")
                text.append(
                    "not priced: \(reason.contracts): \(place): \(reason.example): "
                        + reason.detail)
            }
            return text.joined(separator: "\n")
        }.joined(separator: "\n\n")
    }

    /// The comparison for programs.
    var json: String {
        var object = JSONObject()
        object.add("tariffs", list: tariffs.map(\.json))
        return object.text
    }
}

extension ComparisonReport.Tariff {
    fileprivate var json: String {
        var object = JSONObject()
        object.add("tariff_id", id)
        object.add("version", version)
        object.add("file", file)
        object.add("currency", currency.code)
        object.add(
            "rows",
            list: rows.map { row in
                var object = JSONObject()
                object.add("class", row.customerClass)
                object.add("tariff_now", row.tariffID)
                add(row.sums, to: &object)
                return object.text
            })
        var sums = JSONObject()
        add(total, to: &sums)
        object.add("total", raw: sums.text)
        object.add(
            "unpriced",
            list: unpriced.map { reason in
                var object = JSONObject()
                object.add("code", reason.code)
                object.add("charge", reason.charge)
                object.add("contracts", reason.contracts)
                object.add("example", reason.example)
                object.add("detail", reason.detail)
                return object.text
            })
        object.add("winners", list: winners.map(text))
        object.add("losers", list: losers.map(text))
        object.add(
            "histogram_limits", list: ComparisonReport.Histogram.limits.map(String.init))
        object.add(
            "histograms",
            list: histograms.map { histogram in
                var object = JSONObject()
                object.add("class", histogram.customerClass)
                object.add("contracts", list: histogram.counts.map(String.init))
                return object.text
            })
        return object.text
    }

    private func text(_ change: ComparisonReport.Change) -> String {
        var object = JSONObject()
        object.add("contract_id", change.contractID)
        object.add("class", change.customerClass)
        object.add("now", change.now.text(in: currency))
        object.add("then", change.then.text(in: currency))
        object.add("difference", change.difference.text(in: currency))
        return object.text
    }

    private func add(_ sums: ComparisonReport.Sums, to object: inout JSONObject) {
        object.add("contracts", sums.contracts)
        object.add("kwh", sums.kilowattHours.documentText)
        object.add("now", sums.now.text(in: currency))
        object.add("then", sums.then.text(in: currency))
        object.add("difference", sums.difference.text(in: currency))
        object.add("winners", sums.winners)
        object.add("won", sums.won.text(in: currency))
        object.add("losers", sums.losers)
        object.add("lost", sums.lost.text(in: currency))
    }
}
