# SPDX-License-Identifier: Apache-2.0
"""Nights of many meters and bills of many contracts, each stage once; data is removed afterwards."""
import pathlib
import shutil
import statistics
import subprocess
import sys

import data
import measure
import report

THREADS = 2


def size(path):
    """The bytes of a file, or of all files below a folder."""
    path = pathlib.Path(path)
    return path.stat().st_size if path.is_file() else sum(
        file.stat().st_size for file in path.rglob("*") if file.is_file())


def stage(name, command, readings, rows, meters):
    """Measures one stage and adds its row."""
    figures = measure.measured([*command, "--threads", THREADS, "--quiet"])
    print(f"{meters} meters, {name}: {figures}", file=sys.stderr, flush=True)
    rate = f"{readings / figures.wall / 1e6:.1f} M" if readings else ""
    rows.append([f"{meters / 1e6:g} M", name, f"{figures.cpu:.1f} s", f"{figures.wall:.1f} s",
                 rate, f"{figures.peak:.0f} MB"])


def scale(binary, sizes, bill):
    """A day of quarter-hours of each size: made, network loaded, run, and its day billed."""
    stages, sizes_after = [], []
    work = data.WORK / "scale"
    for meters in sizes:
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        branch, database, readings = work / "branch", work / "scale.sqlite", meters * 96
        stage("generate, fast compression", [
            binary, "generate", "--meters", meters, "--days", 1, "--compression", "fast",
            "--out", branch, *(["--contracts"] if bill else [])], readings, stages, meters)
        if bill:
            # A contract of one day is billed for that day.
            data.give_tariff(branch / "network/contracts.csv", ends="2026-01-02")
        stage("init", [binary, "init", "--network", branch / "network", "--database", database],
              0, stages, meters)
        stage("run", [binary, "run", "--inbox", branch / "inbox", "--as-of", "2026-01-10",
                      "--database", database], readings, stages, meters)
        unbilled = size(database)
        if bill:
            stage("bill a day", [
                binary, "bill", "--as-of", "2026-01-10", "--tariffs", data.HERE / "billing",
                "--database", database], readings, stages, meters)
        accepted, = data.ask(database, "SELECT sum(accepted) FROM source_file")
        invoices, = data.ask(database, "SELECT count(*) FROM invoice")
        months = sum(map(size, pathlib.Path(f"{database}.d").glob("readings-*.sqlite")))
        sizes_after.append([
            f"{meters / 1e6:g} M", f"{accepted / 1e6:.1f} M", f"{invoices}",
            *(f"{count / 1e6:.0f} MB" for count in (
                unbilled, size(database) - unbilled, months, size(f"{database}.d/archive"),
                size(branch / "inbox"))),
            f"{months / accepted:.2f}",
            f"{64 + meters * 100 / 1e6 + THREADS * 12:.0f} MB"])
        shutil.rmtree(work)
    return (
        report.table(["meters:", "stage", "CPU:", "wall:", "readings per second:", "peak memory:"],
                     stages)
        + "\n## What is left on disk\n\n"
        + report.table(["meters:", "settled readings:", "invoices:", "main file:", "of invoices:",
                        "month files:", "archive:", "inbox:", "stored bytes per reading:",
                        "a run's memory may be:"], sizes_after))


def billing(binary, contracts, repeat):
    """A month's bills of six lines by registers, beside plain inserts of the same rows in C."""
    sets = data.DataSets(binary, contracts, options=["--compression", "fast"])
    name = "register-daily, a month"
    night, run = sets.work / "night.sqlite", sets.work / "run.sqlite"
    sets.fresh(name, night)
    data.run([binary, "run", "--inbox", sets.folder(name) / "inbox", "--as-of", "2026-02-10",
              "--database", night, "--quiet"])
    program = compiled()
    bills, inserts, billed = [], [], None
    for turn in range(repeat):
        data.copy_database(night, run)
        bills.append(measure.measured([
            binary, "bill", "--as-of", "2026-02-10", "--tariffs", data.HERE / "billing",
            "--database", run, "--threads", THREADS, "--quiet"]))
        if program:
            copy = sets.work / "inserts.sqlite"
            data.remove_database(copy)
            done = subprocess.run([program, run, copy], check=True, capture_output=True, text=True)
            inserts.append(float(done.stdout))
            data.remove_database(copy)
        print(f"{turn + 1}/{repeat} {bills[-1]} inserts {inserts[-1:]}", file=sys.stderr, flush=True)
    invoices, = data.ask(run, "SELECT count(*) FROM invoice")
    lines, = data.ask(run, "SELECT count(*) FROM invoice_line")
    readings, = data.ask(run, "SELECT sum(accepted) FROM source_file")
    data.remove_database(run)
    data.remove_database(night)
    cpu, wall, peak = (statistics.median(column) for column in zip(*bills))
    rows = [
        ["invoices, lines", f"{invoices}, {lines}"],
        ["readings of the month", f"{readings / 1e6:.1f} M"],
        ["`tallywatt bill`, CPU", f"{cpu:.2f} s"],
        ["`tallywatt bill`, wall", f"{wall:.2f} s"],
        ["`tallywatt bill`, peak memory", f"{peak:.0f} MB"]]
    if inserts:
        plain = statistics.median(inserts)
        ratio = statistics.median(one.cpu / other for one, other in zip(bills, inserts))
        rows += [
            ["plain inserts of the same rows in C, CPU", f"{plain:.2f} s"],
            ["bill / inserts", f"{ratio:.2f}"],
            ["1.4 × inserts + 2.0 ns × readings of the month",
             f"{1.4 * plain + 2e-9 * readings:.2f} s"]]
    return report.table(["", ":"], rows)


def compiled():
    """The program of plain inserts; None where there is no compiler."""
    program = data.WORK / "inserts"
    compiler = shutil.which("cc") or shutil.which("clang")
    source = data.HERE / "inserts.c"
    if not compiler or not source.exists():
        print("billing: plain inserts are left out: no C compiler", file=sys.stderr)
        return None
    subprocess.run([compiler, "-O2", "-o", program, source, "-lsqlite3"], check=True)
    return program
