# SPDX-License-Identifier: Apache-2.0
"""The data sets that are measured: branches of `tallywatt generate`, and files made of theirs.

Each is a folder of Benchmarks/work with network/ and inbox/, made once and kept.
"""
import gzip
import hashlib
import os
import pathlib
import random
import shutil
import sqlite3
import subprocess

HERE = pathlib.Path(__file__).resolve().parent
WORK = HERE / "work"
SYNTHESIS = HERE.parent / "Sources/Synthesis"

# What `generate` makes each of.
GENERATED = {
    "interval-long": ["--days", "1"],
    "interval-long, 2 days": ["--days", "2"],
    "interval-long, time order": ["--days", "1", "--order", "time"],
    "interval-long, twice": ["--days", "1", "--overlap", "1"],
    "NEM12": ["--days", "1", "--format", "nem12"],
    "register-daily": ["--days", "1", "--format", "register-daily"],
    "register-daily, a month": [
        "--days", "31", "--days-per-file", "31", "--format", "register-daily", "--contracts"],
    "interval-long, a month": ["--days", "31", "--contracts"],
}


def tallywatt():
    """The release binary."""
    shown = subprocess.run(
        ["swift", "build", "-c", "release", "--show-bin-path"], check=True, capture_output=True,
        text=True, cwd=HERE.parent)
    return pathlib.Path(shown.stdout.strip()) / "tallywatt"


class DataSets:
    """Makes data sets of one number of meters."""

    def __init__(self, binary, meters, work=WORK, options=()):
        self.binary, self.meters, self.options = binary, meters, list(options)
        # What another `generate` made is not the same data, nor an older schema the same database.
        made_by = [pathlib.Path(__file__), *sorted(SYNTHESIS.rglob("*.swift"))]
        self.work = work / f"data-{digest(made_by)}"
        self.version = digest([binary])
        for old in set(work.glob("data-*")) - {self.work}:
            shutil.rmtree(old)
        self.work.mkdir(parents=True, exist_ok=True)

    def folder(self, name):
        """The folder of a data set, made where it is not there yet."""
        folder = self.work / f"{name.replace(', ', '-').replace(' ', '-')}-{self.meters}"
        if (folder / "inbox").exists():
            return folder
        making = folder.with_suffix(".making")
        shutil.rmtree(making, ignore_errors=True)
        make = DERIVED.get(name)
        if make:
            source = self.folder("interval-long")
            (making / "inbox").mkdir(parents=True)
            (making / "network").symlink_to(os.path.relpath(source / "network", folder))
            make(sorted((source / "inbox").glob("*.gz")), making / "inbox")
        else:
            run([self.binary, "generate", "--meters", self.meters, *GENERATED[name],
                 *self.options, "--out", making, "--quiet"])
            if "--contracts" in GENERATED[name]:
                give_tariff(making / "network/contracts.csv")
        making.rename(folder)
        return folder

    def database(self, name):
        """The database of a data set's network before its first run; `fresh` copies it."""
        folder = self.folder(name)
        made = folder / f"before-{self.version}.sqlite"
        if not made.exists():
            for old in folder.glob("*.sqlite"):
                remove_database(old)
            making = folder / "making.sqlite"
            remove_database(making)
            run([self.binary, "init", "--network", folder / "network", "--database", making,
                 "--quiet", "--user", "bench"])
            pathlib.Path(f"{making}.d").rename(f"{made}.d")
            making.rename(made)
            remove_database(making)
        return made

    def fresh(self, name, at=None):
        """A database without readings at `at`, whatever was there before."""
        at = at or self.work / "run.sqlite"
        copy_database(self.database(name), at)
        return at


def digest(paths):
    """A short name for the content of files."""
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()[:12]


def run(command):
    """Runs what only prepares; what it prints is shown where it fails."""
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    # 2: done, and something needs a person.
    if done.returncode not in (0, 2):
        raise SystemExit(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done.stdout


def remove_database(path):
    """Removes a database with its folder and lock."""
    shutil.rmtree(f"{path}.d", ignore_errors=True)
    for end in ("", "-journal", ".lock"):
        pathlib.Path(f"{path}{end}").unlink(missing_ok=True)


def copy_database(source, target):
    """Copies a database that nobody has open."""
    remove_database(target)
    shutil.copyfile(source, target)
    shutil.copytree(f"{source}.d", f"{target}.d")


def ask(database, question):
    """The first row of an SQL question."""
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        return connection.execute(question).fetchone()
    finally:
        connection.close()


def give_tariff(contracts, ends=""):
    """Gives every contract the tariff of six lines, and an end."""
    changed = contracts.with_suffix(".changed")
    with open(contracts) as rows, open(changed, "w") as out:
        names = next(rows).rstrip("\n").split(",")
        out.write(",".join(names) + "\n")
        for row in rows:
            cells = dict(zip(names, row.rstrip("\n").split(",")))
            cells.update(tariff_id="bench.six-lines", ends=ends, parameters="")
            out.write(",".join(cells.values()) + "\n")
    changed.rename(contracts)


def each_file(files, inbox, change):
    """Writes each file anew, as gzip -6, with its rows (header first) changed."""
    for number, path in enumerate(files):
        rows = gzip.decompress(path.read_bytes()).splitlines()
        plain = b"\n".join(change(number, rows)) + b"\n"
        (inbox / path.name).write_bytes(gzip.compress(plain, 6, mtime=0))


def make_wide(files, inbox):
    """A line for each meter and day, of rows grouped by meter."""
    header = b"meter,day," + b",".join(b"P%d" % slot for slot in range(1, 97))

    def widen(_, rows):
        cells = [row.split(b",") for row in rows[1:]]
        yield header
        for first in range(0, len(cells), 96):
            meter, start = cells[first][:2]
            yield b",".join([meter, start[:10], *(row[2] for row in cells[first:first + 96])])
    each_file(files, inbox, widen)


def make_unparsable(files, inbox):
    """200 of a million values with a letter for their last digit, chosen by a fixed seed."""
    def spoil(number, rows):
        chance = random.Random(number)
        for row in range(1, len(rows)):
            if chance.random() < 0.0002:
                meter, start, value, quality = rows[row].split(b",")
                rows[row] = b",".join([meter, start, value[:-1] + b"x", quality])
        return rows
    each_file(files, inbox, spoil)


def make_one_file(files, inbox):
    """All rows in one gzip file."""
    path = inbox / "all.csv.gz"
    with open(path, "wb") as out:
        packing = subprocess.Popen(["gzip", "-6n"], stdin=subprocess.PIPE, stdout=out)
        for number, source in enumerate(files):
            plain = gzip.decompress(source.read_bytes())
            packing.stdin.write(plain if number == 0 else plain[plain.index(b"\n") + 1:])
        packing.stdin.close()
        if packing.wait():
            raise SystemExit("gzip failed")


# What is made of the files of interval-long.
DERIVED = {
    "wide profile": make_wide,
    "interval-long, 200 ppm unparsable": make_unparsable,
    "interval-long, one file": make_one_file,
}
