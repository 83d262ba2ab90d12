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

    /// Loads rows of the folder's series that are new; a row that says otherwise than before stops.
    func synchroniseSeries(with store: TallyStore, by author: ChangeAuthor) throws {
        for id in folder.series.all.keys.sorted() {
            let file = "\(path)/series/\(id).csv"
            _ = try SeriesImport(store: store, author: author).load(file, revise: false)
        }
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
