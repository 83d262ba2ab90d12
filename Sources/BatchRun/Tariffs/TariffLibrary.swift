// SPDX-License-Identifier: Apache-2.0

import BillRating
import BillTariff
import MeterScan
import Quantities
import Store

/// Tariffs that a run bills by: read, checked with their own examples, and hashed.
struct TariffLibrary {
    let path: String
    let folder: TariffFolder
    /// SHA-256 over the hashes of the files, for the plan.
    let sha256: String

    /// Reads and checks a folder; a tariff that fails its own examples stops everything.
    static func load(_ path: String) throws -> TariffLibrary {
        let folder = try TariffFolder.load(path, sha256: MeterScan.sha256)
        let failures = TariffCheck.findings(in: folder).filter { $0.code == .exampleFailed }
        guard failures.isEmpty else { throw TariffProblems(failures) }
        let hashes = folder.entries.map(\.tariff.sha256).sorted().joined(separator: "\n")
        return TariffLibrary(
            path: path, folder: folder, sha256: MeterScan.sha256(of: Array(hashes.utf8)))
    }

    /// Stops where a file has other bytes than the version of that name that billed, or where days that
    /// a version billed are now another's and the folder has lost it: invoices name version and content,
    /// and neither a name nor a billed day may mean two prices. Only its end may be written into a file
    /// later, so that a next version can follow.
    func refuseChangedVersions(since store: TallyStore) throws {
        let kept = try store.read { try $0.keptTariffs() }
        var problems = try replacedVersions(kept, in: store)
        for entry in folder.entries {
            let tariff = entry.tariff
            let others = kept.filter {
                $0.id == tariff.id && $0.version == tariff.version && $0.sha256 != tariff.sha256
            }
            for other in others {
                let billed = try store.read { try $0.invoices(tariff: other.sha256) }
                if entry.differsInEnd(from: other.body, billed: billed.days) { continue }
                problems.append(
                    TariffProblem(
                        file: entry.file, position: tariff.versionPosition, code: .changedVersion,
                        what:
                            "version '\(tariff.version)' of \(tariff.id) has billed \(billed.count) invoices "
                            + "with other content (sha256 \(other.sha256.prefix(12))…)",
                        mend: "give the changed tariff a new version"))
            }
        }
        guard problems.isEmpty else { throw TariffProblems(problems) }
    }

    /// The files that price days which a version that no file has any more billed.
    private func replacedVersions(
        _ kept: [(sha256: String, id: String, version: String, body: String)], in store: TallyStore
    ) throws -> [TariffProblem] {
        var problems: [TariffProblem] = []
        for lost in kept {
            let others = folder.entries.filter { $0.tariff.id == lost.id }
            if others.contains(where: { $0.tariff.version == lost.version }) { continue }
            let billed = try store.read { try $0.invoices(tariff: lost.sha256) }
            guard let days = billed.days else { continue }
            for entry in others where entry.tariff.isValid(within: days) {
                problems.append(
                    TariffProblem(
                        file: entry.file, position: entry.tariff.versionPosition,
                        code: .changedVersion,
                        what:
                            "version '\(entry.tariff.version)' of \(lost.id) takes days from "
                            + "\(days.lowerBound) to \(days.upperBound) from version '\(lost.version)', "
                            + "which has billed \(billed.count) invoices and is in no file any more",
                        mend:
                            "put that version back, ended with valid_to, and begin the new one then"
                    ))
            }
        }
        return problems
    }

    /// Loads rows of the folder's series that are new; a row that says otherwise than before stops, and
    /// nothing of any series is loaded.
    ///
    /// - Returns: How many issued invoices are listed for correction.
    func synchroniseSeries(with store: TallyStore, by author: ChangeAuthor) throws -> Int {
        let files = folder.series.all.keys.sorted().map { "\(path)/series/\($0).csv" }
        return try SeriesImport(store: store, author: author).load(files, revise: false)
            .corrections.count
    }

    /// The series on record.
    static func storedSeries(in store: TallyStore) throws -> SeriesSet {
        try store.read { transaction in
            SeriesSet(
                try transaction.seriesIDs().compactMap { id -> Series? in
                    guard let stored = try transaction.series(id) else { return nil }
                    let text = ([stored.header] + stored.rows.map(\.text)).joined(separator: "\n")
                    return try Series.parse(text + "\n", id: id, file: "series \(id)")
                })
        }
    }
}

extension TariffFolder.Entry {
    /// True where the file differs from a text in its `valid_to` only, and ends no day that was billed.
    fileprivate func differsInEnd(from text: String, billed days: Range<CivilDay>?) -> Bool {
        func lines(_ text: String) -> [Substring] {
            text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
                .filter { !$0.hasPrefix("valid_to:") }
        }
        let end = days?.upperBound
        let isBilled = tariff.validTo.flatMap { validTo in end.map { validTo < $0 } } ?? false
        return !isBilled && lines(self.text) == lines(text)
    }
}
