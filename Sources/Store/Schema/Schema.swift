// SPDX-License-Identifier: Apache-2.0

import GRDB

/// The tables of the main file, in the order a database of each version got them.
///
/// Every table is STRICT. Integers carry their unit in the column name; decimals that are not minor
/// units of money are text. Rows that a run adds are never updated, except where a comment says so.
enum Schema {
    /// Brings a database of any earlier version up to date.
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 network") { try $0.execute(sql: network) }
        migrator.registerMigration("1 network image") { try $0.execute(sql: networkImage) }
        migrator.registerMigration("1 deliveries") { try $0.execute(sql: deliveries) }
        migrator.registerMigration("1 readings") { try $0.execute(sql: readings) }
        migrator.registerMigration("1 tariffs") { try $0.execute(sql: tariffs) }
        migrator.registerMigration("1 invoices") { try $0.execute(sql: invoices) }
        migrator.registerMigration("2 file stamps") { try $0.execute(sql: fileStamps) }
        migrator.registerMigration("2 corrections of a run") {
            try $0.execute(
                sql: "ALTER TABLE run ADD COLUMN corrections INTEGER NOT NULL DEFAULT 0")
        }
        migrator.registerMigration("3 invoice parts") { try $0.execute(sql: invoiceParts) }
        migrator.registerMigration("3 network past") { try $0.execute(sql: networkPast) }
        migrator.registerMigration("3 streams of a part") {
            // What a part is of, as one number; 0 where an earlier version wrote it.
            try $0.execute(sql: "ALTER TABLE part ADD COLUMN streams INTEGER NOT NULL DEFAULT 0")
        }
        migrator.registerMigration("3 cells of rejections") { try $0.execute(sql: rejectedCells) }
        migrator.registerMigration("3 estimates of power") {
            // An estimate is value × 10^exponent / divisor of the base unit.
            try $0.execute(
                sql: "ALTER TABLE estimate ADD COLUMN divisor INTEGER NOT NULL DEFAULT 1")
        }
        migrator.registerMigration("3 energy of corrections") {
            // 1 where other energy is to be billed, which later bills of a year may count.
            try $0.execute(
                sql: "ALTER TABLE correction ADD COLUMN energy INTEGER NOT NULL DEFAULT 1")
        }
        migrator.registerMigration("3 estimates with the multiplier") {
            // 1 where the value holds the multiplier already.
            try $0.execute(
                sql: "ALTER TABLE estimate ADD COLUMN is_primary INTEGER NOT NULL DEFAULT 0")
        }
        migrator.registerMigration("4 turns of registers") {
            // Of all exceptions, each night needs those of the days that it bills.
            try $0.execute(
                sql: """
                    CREATE INDEX exception_turn ON exception (ends_at)
                    WHERE rule IN ('register-decrease', 'register-rollover')
                    """)
        }
        migrator.registerMigration("5 points of invoices") { try $0.execute(sql: invoicePoints) }
        migrator.registerMigration("6 demand and amounts of corrections") {
            // As `energy`: what of a bill is other, which later bills may rest on.
            try $0.execute(
                sql: """
                    ALTER TABLE correction ADD COLUMN demand INTEGER NOT NULL DEFAULT 0;
                    ALTER TABLE correction ADD COLUMN amounts INTEGER NOT NULL DEFAULT 1;
                    """)
        }
        return migrator
    }

    /// Whose database a file is.
    enum Owner: Hashable {
        /// Nobody's yet: it has no tables.
        case nobody
        /// Ours, of this version or an earlier one.
        case us
        /// Ours, of a version that came later.
        case later
        /// Another program's, with one of its tables.
        case others(table: String)
    }

    /// Whose a database is.
    static func owner(of db: Database) throws -> Owner {
        let applied = try migrator.appliedIdentifiers(db)
        if let first = migrator.migrations.first, applied.contains(first) {
            return try migrator.hasBeenSuperseded(db) ? .later : .us
        }
        let table = try String.fetchOne(
            db,
            sql: """
                SELECT name FROM sqlite_master WHERE type = 'table'
                AND name NOT IN ('grdb_migrations', 'sqlite_sequence') ORDER BY name
                """)
        return table.map { .others(table: $0) } ?? .nobody
    }

    /// Settings, the change log and what a run did.
    private static let deliveries = """
        CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

        -- Every change of input takes the next seq: delivery, network, tariff, series, edit.
        CREATE TABLE change (
            seq INTEGER PRIMARY KEY, user TEXT NOT NULL, command TEXT NOT NULL,
            reason TEXT NOT NULL, subject TEXT NOT NULL, before TEXT, after TEXT) STRICT;

        -- The plan of what a run reads; committed before the first file is read.
        CREATE TABLE delivery (
            delivery INTEGER PRIMARY KEY, seq INTEGER NOT NULL, kind TEXT NOT NULL,
            as_of TEXT NOT NULL, rules_sha256 TEXT NOT NULL, tariffs_sha256 TEXT NOT NULL,
            stage TEXT NOT NULL) STRICT;
        CREATE TABLE delivery_file (
            delivery INTEGER NOT NULL, position INTEGER NOT NULL, path TEXT NOT NULL,
            bytes INTEGER NOT NULL, modified_ns INTEGER NOT NULL, state TEXT NOT NULL, sha256 TEXT,
            PRIMARY KEY (delivery, position)) STRICT, WITHOUT ROWID;

        -- Files by name and stamp that need no second look; not content.
        CREATE TABLE seen_file (
            path TEXT PRIMARY KEY, bytes INTEGER NOT NULL, modified_ns INTEGER NOT NULL)
            STRICT, WITHOUT ROWID;

        CREATE TABLE run (
            run_id INTEGER PRIMARY KEY, command TEXT NOT NULL, as_of TEXT NOT NULL,
            started_at TEXT NOT NULL, finished_at TEXT, status TEXT NOT NULL, delivery INTEGER,
            files INTEGER NOT NULL DEFAULT 0, files_repeated INTEGER NOT NULL DEFAULT 0,
            files_quarantined INTEGER NOT NULL DEFAULT 0, readings INTEGER NOT NULL DEFAULT 0,
            accepted INTEGER NOT NULL DEFAULT 0, duplicate INTEGER NOT NULL DEFAULT 0,
            superseded INTEGER NOT NULL DEFAULT 0, absent INTEGER NOT NULL DEFAULT 0,
            rejected INTEGER NOT NULL DEFAULT 0, displaced INTEGER NOT NULL DEFAULT 0,
            estimated INTEGER NOT NULL DEFAULT 0, invoices INTEGER NOT NULL DEFAULT 0,
            holds INTEGER NOT NULL DEFAULT 0, exceptions INTEGER NOT NULL DEFAULT 0,
            message TEXT) STRICT;

        -- Counts change only while the file's own delivery is being settled.
        CREATE TABLE source_file (
            file_no INTEGER PRIMARY KEY, sha256 TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
            format TEXT, bytes INTEGER NOT NULL, inflated_bytes INTEGER NOT NULL,
            status TEXT NOT NULL, readings INTEGER NOT NULL, accepted INTEGER NOT NULL,
            duplicate INTEGER NOT NULL, superseded INTEGER NOT NULL, absent INTEGER NOT NULL,
            rejected INTEGER NOT NULL, delivery INTEGER NOT NULL, detail TEXT) STRICT;
        CREATE TABLE source_file_energy (
            sha256 TEXT NOT NULL, channel TEXT NOT NULL, unit TEXT NOT NULL, verdict TEXT NOT NULL,
            sum TEXT NOT NULL, PRIMARY KEY (sha256, channel, unit, verdict)) STRICT, WITHOUT ROWID;
        -- What became of rejected lines that were tried again; the file's own books stay.
        CREATE TABLE retried_file (
            delivery INTEGER NOT NULL, sha256 TEXT NOT NULL, readings INTEGER NOT NULL,
            accepted INTEGER NOT NULL, duplicate INTEGER NOT NULL, superseded INTEGER NOT NULL,
            absent INTEGER NOT NULL, rejected INTEGER NOT NULL,
            PRIMARY KEY (delivery, sha256)) STRICT, WITHOUT ROWID;
        CREATE TABLE retried_file_energy (
            delivery INTEGER NOT NULL, sha256 TEXT NOT NULL, channel TEXT NOT NULL,
            unit TEXT NOT NULL, verdict TEXT NOT NULL, sum TEXT NOT NULL,
            PRIMARY KEY (delivery, sha256, channel, unit, verdict)) STRICT, WITHOUT ROWID;
        CREATE TABLE feeder_delivery (
            delivery INTEGER NOT NULL, feeder_id TEXT NOT NULL, readings INTEGER NOT NULL,
            accepted INTEGER NOT NULL, duplicate INTEGER NOT NULL, superseded INTEGER NOT NULL,
            absent INTEGER NOT NULL, rejected INTEGER NOT NULL, displaced INTEGER NOT NULL,
            PRIMARY KEY (delivery, feeder_id)) STRICT, WITHOUT ROWID;

        -- closed_by: the delivery in which a retry accepted it, or refused it for another reason; the
        -- only column that changes.
        CREATE TABLE rejection (
            rejection_id INTEGER PRIMARY KEY, sha256 TEXT NOT NULL, member TEXT NOT NULL,
            line INTEGER NOT NULL, byte INTEGER NOT NULL, code TEXT NOT NULL, found TEXT NOT NULL,
            readings INTEGER NOT NULL, delivery INTEGER NOT NULL, closed_by INTEGER,
            meter_id TEXT) STRICT;
        CREATE INDEX rejection_open ON rejection (code, sha256) WHERE closed_by IS NULL;
        CREATE INDEX rejection_file ON rejection (sha256, line);

        CREATE TABLE exception (
            exception_id INTEGER PRIMARY KEY, subject_kind TEXT NOT NULL, subject_id TEXT NOT NULL,
            channel TEXT NOT NULL, starts_at TEXT NOT NULL, ends_at TEXT NOT NULL,
            rule TEXT NOT NULL, severity TEXT NOT NULL, status TEXT NOT NULL, detail TEXT NOT NULL,
            block TEXT NOT NULL, opened_seq INTEGER NOT NULL, closed_seq INTEGER) STRICT;
        CREATE INDEX exception_block ON exception (block) WHERE status = 'open';
        """

    /// What files are told from others by; a file that an earlier version read is read once more.
    private static let fileStamps = """
        ALTER TABLE delivery_file ADD COLUMN changed_ns INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE delivery_file ADD COLUMN inode INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE seen_file ADD COLUMN changed_ns INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE seen_file ADD COLUMN inode INTEGER NOT NULL DEFAULT 0;
        """

    /// The first cell of its line that a rejection stands for, from 1, without a gap up to as many
    /// as it has readings; NULL where the line is meant.
    private static let rejectedCells = "ALTER TABLE rejection ADD COLUMN cell INTEGER"

    /// Where the interval data of `PATH.d/` is.
    private static let readings = """
        -- The list of parts: a part in a month file counts only if it stands here.
        CREATE TABLE part (
            part_id INTEGER PRIMARY KEY, month INTEGER NOT NULL, feeder_no INTEGER NOT NULL,
            day INTEGER NOT NULL, group_no INTEGER NOT NULL, kind INTEGER NOT NULL,
            delivery INTEGER NOT NULL, file_no INTEGER, readings INTEGER NOT NULL,
            first_meter INTEGER NOT NULL, last_meter INTEGER NOT NULL, meters INTEGER NOT NULL,
            clean INTEGER NOT NULL, bytes INTEGER NOT NULL, settled INTEGER NOT NULL) STRICT;
        CREATE INDEX part_unsettled ON part (feeder_no, day, group_no, kind) WHERE settled = 0;
        CREATE INDEX part_file ON part (file_no) WHERE file_no IS NOT NULL;
        -- What is settled: the parts of the highest seq of a key are its current state.
        CREATE TABLE block (
            feeder_no INTEGER NOT NULL, day INTEGER NOT NULL, group_no INTEGER NOT NULL,
            kind INTEGER NOT NULL, seq INTEGER NOT NULL, part_id INTEGER NOT NULL,
            PRIMARY KEY (feeder_no, day, group_no, kind, seq, part_id)) STRICT, WITHOUT ROWID;
        -- Estimates that stand behind an issued invoice.
        CREATE TABLE estimate (
            meter_no INTEGER NOT NULL, channel INTEGER NOT NULL, starts_at INTEGER NOT NULL,
            slot_minutes INTEGER NOT NULL, exponent INTEGER NOT NULL, value INTEGER NOT NULL,
            method TEXT NOT NULL, known_seq INTEGER NOT NULL,
            PRIMARY KEY (meter_no, channel, starts_at, slot_minutes)) STRICT, WITHOUT ROWID;
        """

    /// Tariffs and series as they were when first used; nothing here is overwritten.
    private static let tariffs = """
        CREATE TABLE tariff_file (
            sha256 TEXT PRIMARY KEY, tariff_id TEXT NOT NULL, version TEXT NOT NULL,
            body TEXT NOT NULL, since_seq INTEGER NOT NULL) STRICT;
        CREATE TABLE series_row (
            series_id TEXT NOT NULL, starts_at TEXT NOT NULL, ends_at TEXT NOT NULL,
            seq INTEGER NOT NULL, row TEXT NOT NULL,
            PRIMARY KEY (series_id, starts_at, ends_at, seq)) STRICT, WITHOUT ROWID;
        CREATE TABLE series_header (series_id TEXT PRIMARY KEY, header TEXT NOT NULL) STRICT;
        """
}
