# SPDX-License-Identifier: Apache-2.0
"""Bills of many contracts under other tariffs, and rating beside the writing of invoices."""
import os
import shutil
import statistics
import subprocess
import sys

import data
import measure
import report

AS_OF, MONTH, NAME = "2026-02-10", "2026-01", "register-daily, a month"
# What the issue of invoices consists of: mangled names begin so, and no function else does.
RATING = "$s10BillRating4ratey"
ROWS = "$s5Store11InvoiceRowsV3addyy04BillB00B5Draft"
INSERTS = "$s5Store0A11TransactionV5issueyyAA11InvoiceRows"


def bill(binary, database, threads="2"):
    return [binary, "bill", "--as-of", AS_OF, "--tariffs", data.HERE / "billing", "--database",
            database, "--threads", threads, "--quiet"]


def night(binary, sets, database):
    """A database that holds a month of registers, which nobody has billed."""
    sets.fresh(NAME, database)
    data.run([binary, "run", "--inbox", sets.folder(NAME) / "inbox", "--as-of", AS_OF,
              "--database", database, "--quiet"])


def what_if(binary, contracts, repeat):
    """A month's bills under five other tariffs, from what is stored of the invoices."""
    sets = data.DataSets(binary, contracts, options=["--compression", "fast"])
    database = sets.work / "what-if.sqlite"
    night(binary, sets, database)
    data.run(bill(binary, database))
    tariffs = sorted((data.HERE / "whatif").glob("*.yaml"))
    rows = []
    for threads in (1, 2):
        found = []
        for turn in range(repeat):
            found.append(measure.measured([
                binary, "tariff", "compare", "--with", *tariffs, "--period", MONTH, "--database",
                database, "--threads", threads, "--json", "--quiet"]))
            print(f"{turn + 1}/{repeat} {found[-1]}", file=sys.stderr, flush=True)
        cpu, wall, peak = (statistics.median(column) for column in zip(*found))
        rows.append([f"{contracts}", f"{len(tariffs)}", f"{threads}", f"{cpu:.2f} s",
                     f"{cpu / contracts / len(tariffs) * 1e6:.2f} µs", f"{wall:.2f} s",
                     f"{peak:.0f} MB"])
    data.remove_database(database)
    return report.table(["contract-months:", "other tariffs:", "threads:", "CPU:",
                         "CPU per contract and tariff:", "wall:", "peak memory:"], rows)


def inclusive(path, starts):
    """The instructions of the calls of functions, what they call among them."""
    spent, names, callee, after_call = dict.fromkeys(starts, 0), {}, "", False
    for line in open(path):
        if line.startswith("cfn="):
            number, _, name = line[4:].rstrip("\n").partition(" ")
            callee = names.setdefault(number, name)
        elif line.startswith("fn="):
            number, _, name = line[3:].rstrip("\n").partition(" ")
            names.setdefault(number, name)
        elif line.startswith("calls="):
            after_call = True
        elif after_call:
            after_call = False
            for start in starts:
                if callee.startswith(start):
                    spent[start] += int(line.rsplit(" ", 1)[1])
    return [spent[start] for start in starts]


def rating(binary, contracts=5000):
    """Instructions of rating and of writing in the billing of a month, libraries among them."""
    if not shutil.which("valgrind"):
        return "Rating beside writing is left out: no valgrind.\n"
    sets = data.DataSets(binary, contracts, options=["--compression", "fast"])
    database, plain = sets.work / "rating.sqlite", sets.work / "tallywatt"
    night(binary, sets, database)
    # Without debug sections, which valgrind would read for minutes.
    subprocess.run(["strip", "--strip-debug", "-o", plain, binary], check=True)
    out = sets.work / "callgrind.out"
    subprocess.run(
        ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}",
         *map(str, bill(plain, database, "1"))],
        env={**os.environ, "SWIFT_DETERMINISTIC_HASHING": "1"}, capture_output=True, check=True)
    invoices, = data.ask(database, "SELECT count(*) FROM invoice")
    data.remove_database(database)
    found = inclusive(out, [RATING, ROWS, INSERTS])
    if 0 in found:
        sys.exit(f"what-if: rating or writing was not called by its name: {found}")
    rated, rows, inserts = (cost / invoices for cost in found)
    return "## Rating beside writing\n\n" + report.table(["an invoice of six lines", "instructions:"], [
        ["rating", f"{rated:.0f}"],
        ["making its rows", f"{rows:.0f}"],
        ["inserting them", f"{inserts:.0f}"],
        ["rating / writing", f"{rated / (rows + inserts) * 100:.1f} %"]])
