// SPDX-License-Identifier: Apache-2.0

import BillTariff
import FoundationEssentials
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

/// Loads series files: append-only, so that an old invoice can be computed again from its series.
public struct SeriesImport {
    let store: TallyStore
    let author: ChangeAuthor

    /// An import into an open database.
    public init(store: TallyStore, author: ChangeAuthor) {
        self.store = store
        self.author = author
    }

    /// Loads a file's rows that are not loaded yet, and gives how many they were.
    ///
    /// - Parameter revise: True to let a row of a span that is loaded take the place of the old one;
    ///   invoices that may have used it are listed for correction.
    public func load(_ file: String, revise: Bool) throws -> Int {
        try load([file], revise: revise)[0]
    }

    /// Loads several files, all of them or none, and gives how many rows of each were new.
    public func load(_ files: [String], revise: Bool) throws -> [Int] {
        let series = try files.map(SeriesFile.init)
        return try store.write { transaction in
            try series.map { try load($0, revise: revise, transaction) }
        }
    }

    private func load(_ file: SeriesFile, revise: Bool, _ transaction: StoreTransaction) throws
        -> Int
    {
        let stored = try transaction.series(file.id)
        let known = Dictionary(
            (stored?.rows ?? []).map { ($0.startsAt, $0) }, uniquingKeysWith: { $1 })
        var new: [SeriesTextRow] = []
        for (line, row) in file.rows {
            if let old = known[row.startsAt] {
                if old.text == row.text { continue }
                guard revise else {
                    throw SeriesConflict(
                        place: "\(file.path):\(line)", loaded: old.text, found: row.text)
                }
            }
            new.append(row)
        }
        guard !new.isEmpty else { return 0 }
        let seq = try transaction.recordChange(
            by: author, subject: "series \(file.id)",
            before: new.compactMap { known[$0.startsAt]?.text }.joined(separator: "\n"),
            after: new.map(\.text).joined(separator: "\n"))
        try transaction.append(new, toSeries: file.id, header: file.header, seq: seq)
        try checkWhole(file, transaction)
        var use = SeriesUse(series: file.id, transaction: transaction)
        for row in new {
            guard let old = known[row.startsAt] else { continue }
            // What either row was in force for.
            for invoice in try use.invoices(restingOn: row, or: old, hasEnds: file.hasEnds) {
                try transaction.listForCorrection(
                    invoice: invoice.invoiceID, cause: "series-revised", seq: seq,
                    detail: "\(file.id) \(row.startsAt)")
            }
        }
        return new.count
    }

    /// The series must still make sense as a whole: a new row may overlap one that is loaded.
    private func checkWhole(_ file: SeriesFile, _ transaction: StoreTransaction) throws {
        guard let stored = try transaction.series(file.id) else { return }
        let text = ([stored.header] + stored.rows.map(\.text)).joined(separator: "\n") + "\n"
        _ = try Series.parse(text, id: file.id, file: "\(file.path) with what is loaded")
    }
}

/// A series file, read and found sound.
private struct SeriesFile {
    let path: String
    let id: String
    private(set) var header = ""
    private(set) var rows: [(line: Int, row: SeriesTextRow)] = []

    /// False where each row is one day.
    var hasEnds: Bool { header.split(separator: ",").dropFirst().first == "to" }

    init(_ path: String) throws {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw UnreadableInput(path: path, mend: "give the name of a series file")
        }
        let text = String(decoding: data, as: UTF8.self)
        let name = path.split(separator: "/").last.map(String.init) ?? path
        self.path = path
        id = name.hasSuffix(".csv") ? String(name.dropLast(4)) : name
        _ = try Series.parse(text, id: id, file: path)
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated()
        {
            let line = line.hasSuffix("\r") ? line.dropLast() : line
            guard !line.isEmpty, !line.hasPrefix("#") else { continue }
            if header.isEmpty {
                header = String(line)
            } else {
                rows.append((index + 1, SeriesTextRow(line, header: header)))
            }
        }
    }
}

extension SeriesTextRow {
    fileprivate init(_ line: Substring, header: String) {
        let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        let hasEnd = header.split(separator: ",").dropFirst().first == "to"
        self.init(
            startsAt: fields[0], endsAt: hasEnd && fields.count > 1 ? fields[1] : "",
            text: String(line))
    }
}
