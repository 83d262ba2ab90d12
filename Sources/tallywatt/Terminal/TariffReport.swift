// SPDX-License-Identifier: Apache-2.0

import BillRating
import BillTariff
import Foundation
import MeterScan

/// What a check of some files and folders found.
struct TariffReport {
    private(set) var problems: [TariffProblem] = []
    private var tariffs = 0
    private var examples = 0

    init(paths: [String]) {
        let folders = paths.filter(TariffReport.isFolder)
        let files = paths.filter { !TariffReport.isFolder($0) }
        for folder in folders {
            check { () throws(TariffProblems) in
                let found = try TariffFolder.load(folder, sha256: MeterScan.sha256)
                if found.entries.isEmpty { throw TariffReport.nothing(in: folder) }
                return found
            }
        }
        if !files.isEmpty {
            check { () throws(TariffProblems) in
                try TariffFolder.load(files: files, sha256: MeterScan.sha256)
            }
        }
    }

    var text: String {
        if problems.isEmpty { return "\(tariffs) tariffs, \(examples) examples: all well" }
        return problems.map(\.description).joined(separator: "\n")
    }

    var json: String {
        var object = JSONObject()
        object.add("tariffs", tariffs)
        object.add("examples", examples)
        let findings = problems.map { problem in
            var finding = JSONObject()
            finding.add("file", problem.file)
            finding.add("line", problem.position.line)
            finding.add("column", problem.position.column)
            finding.add("code", problem.code.rawValue)
            finding.add("what", problem.what)
            finding.add("mend", problem.mend)
            return finding.text
        }
        object.add("findings", list: findings)
        return object.text
    }

    private mutating func check(_ load: () throws(TariffProblems) -> TariffFolder) {
        do throws(TariffProblems) {
            let folder = try load()
            tariffs += folder.entries.count
            examples += folder.entries.reduce(0) { $0 + $1.tariff.examples.count }
            problems += TariffCheck.findings(in: folder)
        } catch {
            problems += error.problems
        }
    }

    /// What is to be said of a folder without a tariff: that all is well would be taken for a check.
    private static func nothing(in folder: String) -> TariffProblems {
        TariffProblems([
            TariffProblem(
                file: folder, position: .start, code: .unreadableFile,
                what: "the folder holds no tariff", mend: "give a folder with NAME.yaml files")
        ])
    }

    private static func isFolder(_ path: String) -> Bool {
        // A link to a folder stands for it.
        (try? FileManager.default.contentsOfDirectory(atPath: path)) != nil
    }
}
