// SPDX-License-Identifier: Apache-2.0

import BatchRun

extension ComparisonReport {
    /// How many contracts of each class change by how much, as a drawing.
    ///
    /// All coordinates are whole numbers.
    var svg: String {
        let (left, bar, height, step) = (16, 64, 90, 150)
        let limits = Histogram.limits
        let width = 2 * left + bar * (limits.count + 1)
        var (parts, y): ([String], Int) = ([], 16)
        for tariff in tariffs {
            y += 20
            parts.append(ComparisonReport.text("\(tariff.id) \(tariff.version)", left, y, "name"))
            for histogram in tariff.histograms {
                y += 22
                parts.append(ComparisonReport.text(histogram.customerClass, left, y, "quiet"))
                let most = max(histogram.counts.max() ?? 0, 1)
                let base = y + 16 + height
                for (place, count) in histogram.counts.enumerated() {
                    let (x, tall) = (left + place * bar, count * height / most)
                    let kind = place < limits.count / 2 ? "less" : "more"
                    let isMiddle = place == limits.count / 2
                    parts.append(
                        "<rect class=\"\(isMiddle ? "same" : kind)\" x=\"\(x + 2)\" "
                            + "y=\"\(base - tall)\" width=\"\(bar - 4)\" height=\"\(tall)\"/>")
                    if count > 0 {
                        parts.append(
                            ComparisonReport.text(
                                "\(count)", x + bar / 2, base - tall - 3, "count"))
                    }
                    if place < limits.count {
                        parts.append(
                            ComparisonReport.text(
                                "\(limits[place]) %", x + bar, base + 14, "count"))
                    }
                }
                y += step - 22
            }
        }
        y += 16
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(width) \(y)" width="\(width)" \
            height="\(y)" role="img" aria-label="Contracts by the change of their bills">
            <style>text { font: 12px sans-serif; fill: #1f2328 } .name { font-weight: 600 } \
            .quiet { fill: #59636e } .count { text-anchor: middle } .page { fill: #ffffff } \
            .less { fill: #2e7d6b } .same { fill: #8c959f } .more { fill: #cf4a1e }</style>
            <rect class="page" width="\(width)" height="\(y)"/>
            \(parts.joined(separator: "\n"))
            </svg>

            """
    }

    private static func text(_ text: String, _ x: Int, _ y: Int, _ kind: String) -> String {
        let safe = text.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
        return "<text class=\"\(kind)\" x=\"\(x)\" y=\"\(y)\">\(safe)</text>"
    }
}
