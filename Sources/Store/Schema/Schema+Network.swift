// SPDX-License-Identifier: Apache-2.0

extension Schema {
    /// The network with its history, and the numbers that meters and feeders keep for life.
    ///
    /// Each table holds the rows of the network folder's file of that name; `valid_from` and
    /// `valid_to` are its `from` and `to`, empty where open, `extras` its other columns as JSON.
    static let network = """
        CREATE TABLE node (
            node_id TEXT NOT NULL, parent_id TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL,
            valid_from TEXT NOT NULL, valid_to TEXT NOT NULL, extras TEXT NOT NULL,
            PRIMARY KEY (node_id, valid_from)) STRICT, WITHOUT ROWID;
        CREATE TABLE terminal (
            terminal_id TEXT NOT NULL, node_id TEXT NOT NULL,
            valid_from TEXT NOT NULL, valid_to TEXT NOT NULL, extras TEXT NOT NULL,
            PRIMARY KEY (terminal_id, valid_from)) STRICT, WITHOUT ROWID;
        CREATE TABLE customer (
            customer_id TEXT NOT NULL, name TEXT NOT NULL, class TEXT NOT NULL,
            valid_from TEXT NOT NULL, valid_to TEXT NOT NULL, extras TEXT NOT NULL,
            PRIMARY KEY (customer_id, valid_from)) STRICT, WITHOUT ROWID;
        CREATE TABLE service_point (
            service_point_id TEXT NOT NULL, node_id TEXT NOT NULL, timezone TEXT NOT NULL,
            capacity_kw TEXT NOT NULL, voltage TEXT NOT NULL, role TEXT NOT NULL,
            valid_from TEXT NOT NULL, valid_to TEXT NOT NULL, extras TEXT NOT NULL,
            PRIMARY KEY (service_point_id, valid_from)) STRICT, WITHOUT ROWID;
        CREATE TABLE meter (
            meter_id TEXT NOT NULL, service_point_id TEXT NOT NULL, terminal_id TEXT NOT NULL,
            installed TEXT NOT NULL, removed TEXT NOT NULL, multiplier TEXT NOT NULL,
            digits TEXT NOT NULL, interval_minutes TEXT NOT NULL, basis TEXT NOT NULL,
            use TEXT NOT NULL, valid_from TEXT NOT NULL, valid_to TEXT NOT NULL,
            extras TEXT NOT NULL, PRIMARY KEY (meter_id, valid_from, installed)) STRICT, WITHOUT ROWID;
        CREATE TABLE contract (
            contract_id TEXT NOT NULL, service_point_id TEXT NOT NULL, customer_id TEXT NOT NULL,
            tariff_id TEXT NOT NULL, starts TEXT NOT NULL, ends TEXT NOT NULL,
            billing_day TEXT NOT NULL, cycle_months TEXT NOT NULL, parameters TEXT NOT NULL,
            valid_from TEXT NOT NULL, valid_to TEXT NOT NULL, extras TEXT NOT NULL,
            PRIMARY KEY (contract_id, valid_from, starts)) STRICT, WITHOUT ROWID;
        CREATE TABLE contract_point (
            contract_id TEXT NOT NULL, service_point_id TEXT NOT NULL, quantity TEXT NOT NULL,
            sign TEXT NOT NULL, share TEXT NOT NULL, valid_from TEXT NOT NULL,
            valid_to TEXT NOT NULL, extras TEXT NOT NULL,
            PRIMARY KEY (contract_id, service_point_id, quantity, valid_from)) STRICT, WITHOUT ROWID;
        CREATE TABLE register_read (
            meter_id TEXT NOT NULL, channel TEXT NOT NULL, at TEXT NOT NULL, kind TEXT NOT NULL,
            value TEXT NOT NULL, valid_from TEXT NOT NULL, valid_to TEXT NOT NULL,
            extras TEXT NOT NULL, PRIMARY KEY (meter_id, channel, at, kind)) STRICT, WITHOUT ROWID;
        CREATE TABLE opening (
            contract_id TEXT NOT NULL, billed_through TEXT NOT NULL, key TEXT NOT NULL,
            value TEXT NOT NULL, valid_from TEXT NOT NULL, valid_to TEXT NOT NULL,
            extras TEXT NOT NULL, PRIMARY KEY (contract_id, billed_through, key, valid_from)) STRICT, WITHOUT ROWID;

        CREATE TABLE meter_number (
            meter_no INTEGER PRIMARY KEY, meter_id TEXT NOT NULL UNIQUE,
            storage_offset_seconds INTEGER NOT NULL) STRICT;
        CREATE TABLE feeder_number (
            feeder_no INTEGER PRIMARY KEY, feeder_id TEXT NOT NULL UNIQUE) STRICT;
        """

    /// Rows that imports replaced, as JSON of column and value: they were known before `until_seq`.
    ///
    /// An id that an import added has one entry without a row.
    static let networkPast = """
        CREATE TABLE network_past (
            table_name TEXT NOT NULL, id TEXT NOT NULL, until_seq INTEGER NOT NULL,
            position INTEGER NOT NULL, row TEXT,
            PRIMARY KEY (table_name, id, until_seq, position)) STRICT, WITHOUT ROWID;
        CREATE INDEX network_past_seq ON network_past (until_seq);
        """

    /// The network of the latest import as the stages ask it, to be loaded without the rows.
    ///
    /// It follows from the other tables and is no content; `seq` is the change of that import, `part`
    /// the piece's position.
    static let networkImage = """
        CREATE TABLE network_image (
            seq INTEGER NOT NULL, part INTEGER NOT NULL, body BLOB NOT NULL,
            PRIMARY KEY (seq, part)) STRICT;
        """
}
