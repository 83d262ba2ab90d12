# SPDX-License-Identifier: Apache-2.0
"""What other tools do with the same files: kWh per meter and time-of-use period, on two threads.

    peers.py TOOL DATA FOLDER OUT

The queries were chosen by CPU time among several that give the same sums (200 000 meters):
DuckDB, interval-long: times as TIMESTAMP cost 1.1 times as much as the hour's digits taken from the
text, as TIMESTAMPTZ 1.2, with the dialect found by DuckDB 1.3; DOUBLE as much as DECIMAL.
DuckDB, NEM12: 103 columns of text cost 1.4 times as much as lines split into lists of numbers,
unnested slots 1.4, numbers converted one by one 1.1.
Polars: DOUBLE is 5 % cheaper, and not exact; in memory instead of streaming costs 1.2 times or more.
chDB: parsed times cost 1.5 times; FixedString is 7 % cheaper, and needs ids of one length.
"""
import glob
import gzip
import os
import sys
import tempfile

os.environ["POLARS_MAX_THREADS"] = "2"


def duckdb_long(files, out):
    """takes hours unchecked; no parts stored, no duplicates found, no rejections kept"""
    import duckdb
    duckdb.connect(config={"threads": 2}).execute(f"""
        COPY (SELECT meter_id, substr("timestamp", 12, 2)::UTINYINT // 6 AS period, sum(kwh) AS kwh
            FROM read_csv('{files}', header = true, auto_detect = false, delim = ',', quote = '',
                escape = '', columns = {{'meter_id': 'VARCHAR', 'timestamp': 'VARCHAR',
                'kwh': 'DECIMAL(9,3)', 'quality': 'VARCHAR'}})
            WHERE quality = 'A' GROUP BY ALL) TO '{out}' (FORMAT parquet)""")


def duckdb_nem12(files, out):
    """takes 200 and 300 records only, dates unchecked; no qualities, parts, duplicates, rejections"""
    import duckdb
    sums = ", ".join(f"list_sum(slots[{24 * period + 1}:{24 * period + 24}]) AS kwh{period}"
                     for period in range(4))
    totals = ", ".join(f"sum(kwh{period}) AS kwh{period}" for period in range(4))
    duckdb.connect(config={"threads": 2}).execute(f"""
        COPY (WITH lines AS (SELECT row_number() OVER () AS n, line FROM read_csv('{files}',
                header = false, auto_detect = false, delim = '\x01', quote = '', escape = '',
                columns = {{'line': 'VARCHAR'}})),
            records AS (SELECT n, line[1:3] AS kind, CASE WHEN line[1:3] = '200' THEN
                    split_part(line, ',', 7) || ' ' || split_part(line, ',', 5) END AS name,
                CASE WHEN line[1:3] = '300' THEN
                    string_split(line, ',')[3:98]::DECIMAL(9,3)[] END AS slots
                FROM lines WHERE line[1:3] IN ('200', '300')),
            days AS (SELECT n, kind, name, {sums} FROM records),
            named AS (SELECT *, last_value(name IGNORE NULLS)
                OVER (ORDER BY n ROWS UNBOUNDED PRECEDING) AS stream FROM days)
            SELECT stream, {totals} FROM named WHERE kind = '300' GROUP BY stream)
        TO '{out}' (FORMAT parquet)""")


def polars_long(files, out):
    """takes hours unchecked; no parts stored, no duplicates found, no rejections kept"""
    import polars
    rows = polars.scan_csv(files, schema={
        "meter_id": polars.String, "timestamp": polars.String, "kwh": polars.Decimal(18, 3),
        "quality": polars.String})
    period = polars.col("timestamp").str.slice(11, 2).cast(polars.Int8) // 6
    rows.filter(polars.col("quality") == "A").with_columns(period.alias("period")) \
        .group_by("meter_id", "period").agg(polars.col("kwh").sum()) \
        .collect(engine="streaming").write_parquet(out)


def chdb_long(files, out):
    """takes hours unchecked; no parts stored, no duplicates found, no rejections kept"""
    import chdb
    chdb.query(f"""
        SELECT meter_id, intDiv(toUInt8(substring(timestamp, 12, 2)), 6) AS period, sum(kwh) AS kwh
        FROM file('{files}', 'CSVWithNames', 'meter_id String, timestamp String,
            kwh Decimal(9, 3), quality String')
        WHERE quality = 'A' GROUP BY ALL INTO OUTFILE '{out}' TRUNCATE FORMAT Parquet
        SETTINGS max_threads = 2""")


def nemreader_nem12(files, out):
    """reads, and sums nothing; one thread; reckoned from a twentieth of the files"""
    from nemreader import NEMFile
    for path in sorted(glob.glob(files))[::20]:
        with tempfile.NamedTemporaryFile(suffix=".csv") as plain:
            plain.write(gzip.open(path).read())
            plain.flush()
            NEMFile(plain.name).nem_data()


WORK = {
    ("DuckDB", "interval-long"): duckdb_long,
    ("DuckDB", "NEM12"): duckdb_nem12,
    ("Polars", "interval-long"): polars_long,
    ("chDB", "interval-long"): chdb_long,
    ("nemreader", "NEM12"): nemreader_nem12,
}
# Of how many files one is read.
PART = {"nemreader": 20}

if __name__ == "__main__":
    tool, data, folder, out = sys.argv[1:]
    WORK[tool, data](f"{folder}/inbox/*.gz", out)
