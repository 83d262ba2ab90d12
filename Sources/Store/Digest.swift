// SPDX-License-Identifier: Apache-2.0

import GRDB

/// The content of a database as text rows, for comparing two databases that should be equal.
///
/// Content is everything except clock columns, host, timings, file names and run ids (law 3). Numbers
/// that only the database gives (file, part, invoice and exception ids) are left out, and rows stand
/// in the order of their natural keys, so that it does not matter who was written first.
extension TallyStore {
    /// Each table of the main file with a query that gives its content, one text per row.
    private static let contentQueries = [
        "SELECT 'change', seq, subject, before, after FROM change ORDER BY seq",
        """
        SELECT 'delivery', delivery, seq, kind, as_of, rules_sha256, tariffs_sha256, stage
        FROM delivery ORDER BY delivery
        """,
        """
        SELECT 'source_file', sha256, format, bytes, inflated_bytes, status, readings, accepted,
            duplicate, superseded, absent, rejected, delivery FROM source_file ORDER BY sha256
        """,
        "SELECT 'source_file_energy', * FROM source_file_energy ORDER BY 2, 3, 4, 5",
        "SELECT 'retried_file', * FROM retried_file ORDER BY 2, 3",
        "SELECT 'retried_file_energy', * FROM retried_file_energy ORDER BY 2, 3, 4, 5, 6",
        "SELECT 'feeder_delivery', * FROM feeder_delivery ORDER BY 2, 3",
        """
        SELECT 'rejection', sha256, member, line, byte, cell, code, found, readings, delivery,
            closed_by
        FROM rejection ORDER BY sha256, delivery, member, line, byte, cell, code
        """,
        """
        SELECT 'exception', subject_kind, subject_id, channel, starts_at, ends_at, rule, severity,
            status, detail, opened_seq, closed_seq FROM exception
        ORDER BY subject_id, channel, starts_at, rule, opened_seq
        """,
        "SELECT 'meter', * FROM meter ORDER BY 2, 13",
        "SELECT 'contract', * FROM contract ORDER BY 2, 11",
        "SELECT 'service_point', * FROM service_point ORDER BY 2, 8",
        "SELECT 'node', * FROM node ORDER BY 2, 6",
        "SELECT 'terminal', * FROM terminal ORDER BY terminal_id, valid_from",
        "SELECT 'customer', * FROM customer ORDER BY customer_id, valid_from",
        """
        SELECT 'contract_point', * FROM contract_point
        ORDER BY contract_id, service_point_id, quantity, valid_from
        """,
        "SELECT 'register_read', * FROM register_read ORDER BY meter_id, channel, at, kind",
        "SELECT 'opening', * FROM opening ORDER BY contract_id, billed_through, key",
        "SELECT 'network_past', * FROM network_past ORDER BY 2, 3, 4, 5",
        "SELECT 'live_from', value FROM setting WHERE name = 'live_from'",
        "SELECT 'series_row', * FROM series_row ORDER BY 2, 3, 4, 5",
        "SELECT 'tariff_file', sha256, tariff_id, version FROM tariff_file ORDER BY sha256",
        "SELECT 'estimate', * FROM estimate ORDER BY 2, 3, 4, 5",
        """
        SELECT 'invoice', number, kind, contract_id, customer_id, service_point_id, feeder_id,
            period_start, period_end, tariff_id, tariff_version, tariff_sha256, inputs_sha256,
            known_seq, currency, net_minor, tax_minor, total_minor, estimated_values, issued_on
        FROM invoice ORDER BY number
        """,
        """
        SELECT 'invoice_line', i.number, l.position, l.charge_id, l.description, l.quantity, l.unit,
            l.price, l.amount_minor, l.amount_exact, l.formula, l.part
        FROM invoice_line l JOIN invoice i USING (invoice_id) ORDER BY i.number, l.position
        """,
        """
        SELECT 'invoice_part', i.number, p.part, p.starts_on, p.ends_on, p.tariff_sha256
        FROM invoice_part p JOIN invoice i USING (invoice_id) ORDER BY 2, 3
        """,
        """
        SELECT 'invoice_point', i.number, p.service_point_id
        FROM invoice_point p JOIN invoice i USING (invoice_id) ORDER BY 2, 3
        """,
        """
        SELECT 'invoice_tax', i.number, t.category, t.rate, t.base_minor, t.tax_minor
        FROM invoice_tax t JOIN invoice i USING (invoice_id) ORDER BY 2, 3, 4
        """,
        """
        SELECT 'invoice_determinant', i.number, d.part_start, d.quantity, d.period, d.value, d.at
        FROM invoice_determinant d JOIN invoice i USING (invoice_id) ORDER BY 2, 3, 4, 5
        """,
        "SELECT 'hold', * FROM hold ORDER BY 2, 3, 7, 5",
        """
        SELECT 'correction', i.number, c.cause, c.seq, c.detail, c.energy,
            c.demand, c.amounts
        FROM correction c JOIN invoice i USING (invoice_id) ORDER BY 2, 4, 3
        """,
    ]

    /// Gives every content row of the main file, fields separated by a unit separator.
    public func forEachContentRow(_ body: (String) throws -> Void) throws {
        try read { transaction in
            for query in TallyStore.contentQueries {
                let rows = try Row.fetchCursor(transaction.db, sql: query)
                while let row = try rows.next() {
                    let fields = row.databaseValues.map { value -> String in
                        switch value.storage {
                        case .null: "\u{2400}"
                        case .int64(let number): String(number)
                        case .double(let number): String(number)
                        case .string(let text): text
                        case .blob(let data): data.map { String($0, radix: 16) }.joined()
                        }
                    }
                    try body(fields.joined(separator: "\u{1F}"))
                }
            }
        }
    }
}
