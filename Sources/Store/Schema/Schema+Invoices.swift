// SPDX-License-Identifier: Apache-2.0

extension Schema {
    /// The parts of periods in which tariff or terms changed, and the part of each line.
    ///
    /// A document of one part has its tariff in its own row; the view shows all alike.
    static let invoiceParts = """
        ALTER TABLE invoice_line ADD COLUMN part INTEGER NOT NULL DEFAULT 0;
        CREATE TABLE invoice_part (
            invoice_id INTEGER NOT NULL, part INTEGER NOT NULL, starts_on TEXT NOT NULL,
            ends_on TEXT NOT NULL, tariff_id TEXT NOT NULL, tariff_version TEXT NOT NULL,
            tariff_sha256 TEXT NOT NULL, PRIMARY KEY (invoice_id, part)) STRICT, WITHOUT ROWID;
        CREATE TRIGGER invoice_part_is_final BEFORE UPDATE ON invoice_part
            BEGIN SELECT RAISE(ABORT, 'a part of an issued invoice is never changed'); END;
        CREATE TRIGGER invoice_part_stays BEFORE DELETE ON invoice_part
            BEGIN SELECT RAISE(ABORT, 'a part of an issued invoice is never deleted'); END;
        CREATE VIEW invoice_part_view AS
            SELECT i.number, i.invoice_id, p.part, p.starts_on, p.ends_on, p.tariff_id,
                p.tariff_version, p.tariff_sha256
            FROM invoice i JOIN invoice_part p USING (invoice_id)
            UNION ALL SELECT number, invoice_id, 0, period_start, period_end, tariff_id,
                tariff_version, tariff_sha256
            FROM invoice i WHERE NOT EXISTS
                (SELECT 1 FROM invoice_part p WHERE p.invoice_id = i.invoice_id);
        -- Corrections seek the bills of a service point.
        CREATE INDEX invoice_service_point ON invoice (service_point_id, period_end);
        """

    /// The service points of the invoices that are of several; corrections seek the bills of a point.
    static let invoicePoints = """
        CREATE TABLE invoice_point (
            service_point_id TEXT NOT NULL, invoice_id INTEGER NOT NULL,
            PRIMARY KEY (service_point_id, invoice_id)) STRICT, WITHOUT ROWID;
        CREATE INDEX invoice_point_invoice ON invoice_point (invoice_id);
        CREATE TRIGGER invoice_point_is_final BEFORE UPDATE ON invoice_point
            BEGIN SELECT RAISE(ABORT, 'a point of an issued invoice is never changed'); END;
        CREATE TRIGGER invoice_point_stays BEFORE DELETE ON invoice_point
            BEGIN SELECT RAISE(ABORT, 'a point of an issued invoice is never deleted'); END;
        """

    /// Invoices, holds and corrections, and the views people read.
    ///
    /// Source of the columns: design §5.5. Triggers refuse any change of an issued document (law 6).
    static let invoices = """
        CREATE TABLE invoice (
            invoice_id INTEGER PRIMARY KEY, number TEXT NOT NULL UNIQUE,
            kind TEXT NOT NULL CHECK (kind IN ('invoice', 'credit_note')),
            contract_id TEXT NOT NULL, customer_id TEXT NOT NULL, service_point_id TEXT NOT NULL,
            feeder_id TEXT NOT NULL, period_start TEXT NOT NULL, period_end TEXT NOT NULL,
            tariff_id TEXT NOT NULL, tariff_version TEXT NOT NULL, tariff_sha256 TEXT NOT NULL,
            inputs_sha256 TEXT NOT NULL, known_seq INTEGER NOT NULL, engine_version TEXT NOT NULL,
            currency TEXT NOT NULL, minor_digits INTEGER NOT NULL, net_minor INTEGER NOT NULL, tax_minor INTEGER NOT NULL,
            total_minor INTEGER NOT NULL, estimated_values INTEGER NOT NULL, credits INTEGER,
            replaces INTEGER, issued_on TEXT NOT NULL, run_id INTEGER NOT NULL) STRICT;
        CREATE INDEX invoice_contract ON invoice (contract_id, period_start);
        CREATE INDEX invoice_feeder ON invoice (feeder_id, period_end);
        CREATE UNIQUE INDEX invoice_credited_once ON invoice (credits) WHERE credits IS NOT NULL;
        CREATE TABLE invoice_line (
            invoice_id INTEGER NOT NULL, position INTEGER NOT NULL, charge_id TEXT NOT NULL,
            description TEXT NOT NULL, quantity TEXT, unit TEXT NOT NULL, price TEXT,
            amount_minor INTEGER NOT NULL, amount_exact TEXT NOT NULL, formula TEXT NOT NULL,
            PRIMARY KEY (invoice_id, position)) STRICT, WITHOUT ROWID;
        CREATE TABLE invoice_tax (
            invoice_id INTEGER NOT NULL, category TEXT NOT NULL, rate TEXT NOT NULL,
            base_minor INTEGER NOT NULL, tax_minor INTEGER NOT NULL,
            PRIMARY KEY (invoice_id, category, rate)) STRICT, WITHOUT ROWID;
        -- What the lines were computed from: quantity and time-of-use period, kWh, kvarh or kW.
        CREATE TABLE invoice_determinant (
            invoice_id INTEGER NOT NULL, part_start TEXT NOT NULL, quantity TEXT NOT NULL,
            period TEXT NOT NULL, value TEXT NOT NULL, unit TEXT NOT NULL, at TEXT,
            PRIMARY KEY (invoice_id, part_start, quantity, period)) STRICT, WITHOUT ROWID;
        CREATE TABLE invoice_sequence (
            series TEXT PRIMARY KEY, last INTEGER NOT NULL) STRICT, WITHOUT ROWID;

        CREATE TABLE hold (
            contract_id TEXT NOT NULL, period_start TEXT NOT NULL, period_end TEXT NOT NULL,
            code TEXT NOT NULL, detail TEXT NOT NULL, since_seq INTEGER NOT NULL,
            released_seq INTEGER,
            PRIMARY KEY (contract_id, period_start, since_seq, code)) STRICT, WITHOUT ROWID;
        CREATE INDEX hold_open ON hold (contract_id) WHERE released_seq IS NULL;
        -- Issued invoices whose inputs changed since; they wait for a credit note and a new invoice.
        CREATE TABLE correction (
            invoice_id INTEGER NOT NULL, cause TEXT NOT NULL, seq INTEGER NOT NULL,
            detail TEXT NOT NULL, PRIMARY KEY (invoice_id, seq, cause)) STRICT, WITHOUT ROWID;

        CREATE TRIGGER invoice_is_final BEFORE UPDATE ON invoice
            BEGIN SELECT RAISE(ABORT, 'an issued invoice is never changed'); END;
        CREATE TRIGGER invoice_stays BEFORE DELETE ON invoice
            BEGIN SELECT RAISE(ABORT, 'an issued invoice is never deleted'); END;
        CREATE TRIGGER invoice_line_is_final BEFORE UPDATE ON invoice_line
            BEGIN SELECT RAISE(ABORT, 'a line of an issued invoice is never changed'); END;
        CREATE TRIGGER invoice_line_stays BEFORE DELETE ON invoice_line
            BEGIN SELECT RAISE(ABORT, 'a line of an issued invoice is never deleted'); END;
        CREATE TRIGGER invoice_tax_is_final BEFORE UPDATE ON invoice_tax
            BEGIN SELECT RAISE(ABORT, 'a tax of an issued invoice is never changed'); END;
        CREATE TRIGGER invoice_tax_stays BEFORE DELETE ON invoice_tax
            BEGIN SELECT RAISE(ABORT, 'a tax of an issued invoice is never deleted'); END;
        CREATE TRIGGER invoice_determinant_is_final BEFORE UPDATE ON invoice_determinant
            BEGIN SELECT RAISE(ABORT, 'what an issued invoice rests on is never changed'); END;
        CREATE TRIGGER invoice_determinant_stays BEFORE DELETE ON invoice_determinant
            BEGIN SELECT RAISE(ABORT, 'what an issued invoice rests on is never deleted'); END;

        -- For the views only: what people read; sums are made of the integers.
        CREATE VIEW minor_unit (digits, value) AS
            VALUES (0, 1.0), (1, 0.1), (2, 0.01), (3, 0.001), (4, 0.0001);
        CREATE VIEW invoice_view AS
            SELECT i.number, i.kind,
                CASE WHEN i.kind = 'invoice' AND EXISTS
                    (SELECT 1 FROM invoice c WHERE c.credits = i.invoice_id)
                    THEN 'credited' ELSE 'issued' END AS status,
                i.contract_id, i.customer_id,
                (SELECT name FROM customer WHERE customer_id = i.customer_id
                    ORDER BY valid_from DESC LIMIT 1) AS customer,
                i.service_point_id, i.feeder_id, i.period_start, i.period_end, i.tariff_id,
                i.tariff_version, i.currency,
                printf('%.*f', minor_digits, net_minor * unit.value) AS net,
                printf('%.*f', minor_digits, tax_minor * unit.value) AS tax,
                printf('%.*f', minor_digits, total_minor * unit.value) AS total,
                i.estimated_values, i.issued_on, i.invoice_id
            FROM invoice i JOIN minor_unit unit ON unit.digits = i.minor_digits;
        CREATE VIEW invoice_line_view AS
            SELECT i.number, i.contract_id, l.position, l.charge_id, l.description, l.quantity,
                l.unit, l.price, printf('%.*f', minor_digits, l.amount_minor * unit.value) AS amount,
                i.currency
            FROM invoice_line l JOIN invoice i USING (invoice_id)
            JOIN minor_unit unit ON unit.digits = i.minor_digits;
        """
}
