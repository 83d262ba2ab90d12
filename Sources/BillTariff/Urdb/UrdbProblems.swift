// SPDX-License-Identifier: Apache-2.0

extension TariffProblem {
    /// The problem as one of a record's file, whose lines are not those of the tariff made of it.
    ///
    /// - Parameter text: That tariff.
    public func inRecord(_ text: String) -> TariffProblem {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let line = position.line <= lines.count ? lines[position.line - 1] : ""
        let clause = line.drop { $0 == " " }
        return TariffProblem(
            file: file, position: .start, code: code,
            what: "\(what), in '\(clause.prefix(120))' of the tariff made of it", mend: mend)
    }
}

extension TariffProblems {
    /// The problems as those of a record's file.
    func inRecord(_ text: String) -> TariffProblems {
        TariffProblems(problems.map { $0.inRecord(text) })
    }
}
