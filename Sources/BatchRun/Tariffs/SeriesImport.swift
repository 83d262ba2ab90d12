// SPDX-License-Identifier: Apache-2.0

import BillTariff
import FoundationEssentials
import MeterModel
import Quantities
import Store

/// A loaded row that a file gives another value.
public struct SeriesConflict: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file and line.
    public let place: String
    /// The row as loaded.
    public let loaded: String
    /// The row as the file has it.
    public let found: String

    /// Both rows and what to do.
    public var description: String {
        "\(place): changed-row: was loaded as '\(loaded)', now '\(found)': "
            + "restore it, or run 'tallywatt series import --revise' if the change is meant"
    }
}

/// What an import of series files did.
public struct SeriesImportReport: Hashable, Sendable {
    /// How many rows of each file are new or take the place of others. Shape: `[file]`.
    public var rows: [Int] = []
    /// Issued invoices that rest on days of those rows, each once: they are listed for correction.
    public var corrections: [ImportCorrection] = []

    /// A report of nothing.
    public init() {}
}

/// Loads series files: append-only, so that an old invoice can be computed again from its series.
public struct SeriesImport {
    let store: TallyStore
    let author: ChangeAuthor

    /// An import into an open database.
    public init(store: TallyStore, author: ChangeAuthor) {
        self.store = store
        self.author = author
    }

    /// Loads the rows of some files that are not loaded yet: of all files or of none.
    ///
    /// Cells are read by the name of their column, whatever the order of the columns in a file.
    ///
    /// - Parameter revise: True to let a row of a span that is loaded take the place of the old one.
    public func load(_ files: [String], revise: Bool) throws -> SeriesImportReport {
        let series = try files.map(SeriesFile.init)
        // Bills by registers take no periods from a calendar.
        let network = series.contains(where: \.holdsDayKinds) ? try store.loadNetwork() : nil
        return try store.write { transaction in
            var report = SeriesImportReport()
            for file in series {
                try load(file, revise: revise, network, into: &report, transaction)
            }
            return report
        }
    }

    private func load(
        _ file: SeriesFile, revise: Bool, _ network: Network?,
        into report: inout SeriesImportReport, _ transaction: StoreTransaction
    ) throws {
        let stored = try transaction.series(file.id)
        let header = stored?.header ?? file.keptHeader
        let known = Dictionary(
            (stored?.rows ?? []).map { ($0.startsAt, $0) }, uniquingKeysWith: { $1 })
        var new: [SeriesTextRow] = []
        for (line, row) in try file.rows(under: header) {
            if let old = known[row.startsAt] {
                if old.text == row.text { continue }
                guard revise else {
                    throw SeriesConflict(
                        place: "\(file.path):\(line)", loaded: old.text, found: row.text)
                }
            }
            new.append(row)
        }
        report.rows.append(new.count)
        guard !new.isEmpty else { return }
        let seq = try transaction.recordChange(
            by: author, subject: "series \(file.id)",
            before: new.compactMap { known[$0.startsAt]?.text }.joined(separator: "\n"),
            after: new.map(\.text).joined(separator: "\n"))
        try transaction.append(new, toSeries: file.id, header: header, seq: seq)
        // A series that was missing has held its bills.
        guard let stored, let after = try transaction.series(file.id) else { return }
        // A new row may overlap one that is loaded: the series must still make sense as a whole.
        let use = SeriesUse(
            from: try file.parse(stored), to: try file.parse(after), network: network,
            transaction: transaction)
        try list(use, changedBy: new, of: file, seq: seq, in: &report, transaction)
    }

    /// Lists the invoices that the change of a series makes wrong, with the row that does, and those that
    /// rest on them.
    private func list(
        _ use: SeriesUse, changedBy rows: [SeriesTextRow], of file: SeriesFile, seq: Int,
        in report: inout SeriesImportReport, _ transaction: StoreTransaction
    ) throws {
        var use = use
        var found: [ImportCorrection] = []
        for (invoice, finding) in try use.wrongInvoices() {
            let row =
                rows.filter { $0.startsAt <= finding.at }.max { $0.startsAt < $1.startsAt }
                ?? rows[0]
            found.append(
                ImportCorrection(
                    invoice: invoice, detail: "\(file.id) \(row.startsAt)",
                    changes: finding.changes))
        }
        var later = LaterBills(transaction)
        let resting = try later.restingOn(
            Dictionary(uniqueKeysWithValues: found.map { ($0.invoice, $0.changes) }))
        found += resting.map {
            ImportCorrection(invoice: $0.invoice, detail: $0.detail, changes: $0.changes)
        }
        var listed = Set(report.corrections.map(\.invoice.invoiceID))
        for correction in found {
            try transaction.listForCorrection(
                invoice: correction.invoice.invoiceID, cause: "series-revised", seq: seq,
                detail: correction.detail, changes: correction.changes)
            if listed.insert(correction.invoice.invoiceID).inserted {
                report.corrections.append(correction)
            }
        }
    }
}

extension SeriesFile {
    /// The rows that are loaded, as a series.
    fileprivate func parse(
        _ stored: (header: String, rows: [SeriesTextRow])
    ) throws(TariffProblems) -> Series {
        let text = ([stored.header] + stored.rows.map(\.text)).joined(separator: "\n") + "\n"
        return try Series.parse(text, id: id, file: "\(path) with what is loaded")
    }
}
