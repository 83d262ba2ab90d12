// SPDX-License-Identifier: Apache-2.0

import BillTariff
import Quantities

/// Checks tariffs beyond what makes them readable: their own examples, and what they refer to.
public enum TariffCheck {
    /// Everything that keeps the tariffs of a folder from billing, or looks like a slip.
    ///
    /// - Returns: Problems file by file, in order; empty where all is well.
    public static func findings(in folder: TariffFolder) -> [TariffProblem] {
        var found: [TariffProblem] = []
        for entry in folder.entries {
            var own = entry.tariff.lint(file: entry.file, series: folder.series)
            for example in entry.tariff.examples {
                let run = TariffExampleRun(example, of: entry.tariff, series: folder.series)
                own += findings(of: run, entry)
            }
            // Those of a series are in its lines.
            found +=
                entry.file.hasSuffix(Urdb.ending)
                ? own.map { $0.file == entry.file ? $0.inRecord(entry.text) : $0 } : own
        }
        let used = Set(folder.entries.flatMap { $0.tariff.requiredSeries })
        for id in used.sorted() { found += folder.series[id]?.lint() ?? [] }
        return TariffProblems(found).problems
    }

    private static func findings(
        of run: TariffExampleRun, _ entry: TariffFolder.Entry
    ) -> [TariffProblem] {
        func problem(_ position: SourcePosition, _ what: String) -> TariffProblem {
            TariffProblem(
                file: entry.file, position: position, code: .exampleFailed,
                what: "\(run.example.name): \(what)",
                mend: "correct the rule or, if the arithmetic beside it is wrong, the example")
        }
        if let hold = run.hold {
            return [problem(run.example.position, "cannot be rated: \(hold)")]
        }
        return run.differences.map { difference in
            let expected = difference.expectation
            return problem(
                expected.position,
                "\(expected.subject) is \(difference.found), not \(expected.amount), a difference "
                    + "of \(difference.found - expected.amount)")
        }
    }
}
