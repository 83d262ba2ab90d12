// SPDX-License-Identifier: Apache-2.0

import BillRating
import BillTariff
import FoundationEssentials
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

    /// Stops where a file has other bytes than the version of that name that billed: invoices name
    /// version and content, and one name must not mean two prices. Only its end may be written into it
    /// later, so that a next version can follow.
    func refuseChangedVersions(since store: TallyStore) throws {
        let kept = try store.read { try $0.keptTariffs() }
        var problems: [TariffProblem] = []
        for entry in folder.entries {
            let tariff = entry.tariff
            let others = kept.filter {
                $0.id == tariff.id && $0.version == tariff.version && $0.sha256 != tariff.sha256
            }
            for other in others {
                let billed = try store.read { try $0.invoices(tariff: other.sha256) }
                if entry.differsInEnd(from: other.body, billedUpTo: billed.end) { continue }
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
    fileprivate func differsInEnd(from text: String, billedUpTo end: String?) -> Bool {
        func lines(_ text: String) -> [Substring] {
            text.split(separator: "\n", omittingEmptySubsequences: false)
                .filter { !$0.hasPrefix("valid_to:") }
        }
        guard let data = FileManager.default.contents(atPath: file) else { return false }
        let isBilled = tariff.validTo.map { $0.description < end ?? "" } ?? false
        return !isBilled && lines(String(decoding: data, as: UTF8.self)) == lines(text)
    }
}
