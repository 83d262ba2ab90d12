// SPDX-License-Identifier: Apache-2.0

import GRDB
import Quantities

/// A row of a series as loaded: its span and its text.
public struct SeriesTextRow: Hashable, Sendable {
    /// `from`, or `date` of a calendar.
    public var startsAt: String
    /// `to`; empty for a calendar.
    public var endsAt: String
    /// The whole row as CSV text, in the column order of the header.
    public var text: String

    /// A row from its parts.
    public init(startsAt: String, endsAt: String, text: String) {
        self.startsAt = startsAt
        self.endsAt = endsAt
        self.text = text
    }
}

extension StoreTransaction {
    /// Keeps the text of a tariff file for ever; nothing happens where this text is kept already.
    public func keepTariff(sha256: String, id: String, version: String, text: String) throws {
        let known = try Int.fetchOne(
            db, sql: "SELECT 1 FROM tariff_file WHERE sha256 = ?", arguments: [sha256])
        guard known == nil else { return }
        try db.execute(
            sql: "INSERT INTO tariff_file VALUES (?, ?, ?, ?, ?)",
            arguments: [
                sha256, id, version, text, try latestSeq(),
            ])
    }

    /// The text of a tariff file that billed; nil where none of this hash did.
    public func keptTariff(sha256: String) throws -> String? {
        try String.fetchOne(
            db, sql: "SELECT body FROM tariff_file WHERE sha256 = ?", arguments: [sha256])
    }

    /// How many documents were computed by a tariff file, and the days from the first that it priced to
    /// the last; nil where there are none.
    public func invoices(tariff sha256: String) throws -> (count: Int, days: Range<CivilDay>?) {
        let row = try Row.fetchOne(
            db,
            sql: """
                SELECT count(DISTINCT number) AS invoices, min(starts_on) AS first, max(ends_on) AS last
                FROM invoice_part_view WHERE tariff_sha256 = ?
                """, arguments: [sha256])
        let (first, last): (String?, String?) = (row?["first"], row?["last"])
        guard let first = first.flatMap({ CivilDay(iso: $0) }),
            let last = last.flatMap({ CivilDay(iso: $0) })
        else { return (0, nil) }
        return (row?["invoices"] ?? 0, first..<last)
    }

    /// The header of a series and its rows as known now, in order; nil where none was loaded.
    public func series(_ id: String) throws -> (header: String, rows: [SeriesTextRow])? {
        guard
            let header = try String.fetchOne(
                db, sql: "SELECT header FROM series_header WHERE series_id = ?", arguments: [id])
        else { return nil }
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT starts_at, ends_at, row FROM series_row s WHERE series_id = ?1 AND seq =
                    (SELECT max(seq) FROM series_row WHERE series_id = ?1
                        AND starts_at = s.starts_at)
                ORDER BY starts_at
                """, arguments: [id])
        return (
            header,
            rows.map {
                SeriesTextRow(startsAt: $0["starts_at"], endsAt: $0["ends_at"], text: $0["row"])
            }
        )
    }

    /// The ids of the series loaded.
    public func seriesIDs() throws -> [String] {
        try String.fetchAll(db, sql: "SELECT series_id FROM series_header ORDER BY 1")
    }

    /// Adds rows to a series under a change number; a row stands for the old one of its start.
    public func append(_ rows: [SeriesTextRow], toSeries id: String, header: String, seq: Int)
        throws
    {
        try db.execute(
            sql: "INSERT OR IGNORE INTO series_header VALUES (?, ?)", arguments: [id, header])
        let insert = try db.cachedStatement(sql: "INSERT INTO series_row VALUES (?, ?, ?, ?, ?)")
        for row in rows {
            try insert.execute(arguments: [id, row.startsAt, row.endsAt, seq, row.text])
        }
    }
}
