# SPDX-License-Identifier: Apache-2.0
"""Works out SampleData/expected.json from the written files alone.

The plainest possible reader: every cell an object, no speed, no sharing with what made the files.
What a value is worth follows the rules of the product: a newer version wins, else the better
quality; equal copies are duplicates; of copies that cannot be told apart the smaller SHA-256 is
the accepted one.
"""

import csv
import gzip
import hashlib
import io
import json
import re
import zipfile
import zlib
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta, timezone
from fractions import Fraction

MONTH = (date(2026, 9, 1), date(2026, 10, 1))
BEIJING = timezone(timedelta(hours=8))
BRISBANE = timezone(timedelta(hours=10))  # all year, and so is NEM12's clock
CLASSES = {"A": 3, "E": 2, "S": 2, "F": 2}
OBIS = {"E1": "1.8.0:E1", "B1": "2.8.0:B1", "Q1": "3.8.0:Q1"}
NUMBER = re.compile(r"\d+(\.\d+)?")


class Network:
    def __init__(self, folder):
        self.tables = {path.stem: list(csv.DictReader(path.open(encoding="utf-8")))
                       for path in folder.glob("*.csv")}
        self.zones = {row["service_point_id"]:
                      BRISBANE if row["timezone"] == "Australia/Brisbane" else BEIJING
                      for row in self.tables["service_points"]}
        self.meters = {row["meter_id"]: row for row in self.tables["meters"]}
        self.at_point = defaultdict(list)
        for row in self.tables["meters"]:
            self.at_point[row["service_point_id"]].append(row)

    def span(self, row):
        zone = self.zones[row["service_point_id"]]

        def moment(text, otherwise):
            if not text:
                return otherwise
            if len(text) > 10:
                return datetime.fromisoformat(text)
            return datetime.combine(date.fromisoformat(text), datetime.min.time(), zone)
        far = datetime(9999, 1, 1, tzinfo=timezone.utc)
        return moment(row["installed"], None), moment(row["removed"], far)

    def resolve(self, sender_id, at):
        """The meter an id stands for at a moment, or the code of the rejection."""
        rows = [self.meters[sender_id]] if sender_id in self.meters else self.at_point[sender_id]
        if not rows:
            return None, "unknown-meter"
        for row in rows:
            installed, removed = self.span(row)
            # A register read at the very end of the installation is still the meter's own.
            if installed <= at < removed:
                return row["meter_id"], None
        return None, "outside-installation"


class Cell:
    def __init__(self, meter, channel, unit, at, value, quality, version=""):
        self.meter, self.channel, self.unit, self.at = meter, channel, unit, at
        self.value, self.quality, self.version = value, quality, version
        self.verdict = None

    @property
    def rank(self):
        return self.version or str(CLASSES[self.quality[0]])


class File:
    def __init__(self, path, network):
        self.name, self.network = path.name, network
        data = path.read_bytes()
        self.sha256 = hashlib.sha256(data).hexdigest()
        self.format, self.status, self.code = None, "read", None
        self.cells, self.rejections = [], []
        self.same_as = None
        try:
            text = self.inflate(data)
        except EOFError:
            return self.quarantine("truncated-compression")
        except (gzip.BadGzipFile, zlib.error):
            return self.quarantine("corrupt-compression")
        lines = text.decode("utf-8").splitlines()
        if not lines:
            return self.quarantine("empty-file")
        header = lines[0].split(",")
        if header[0] == "100":
            self.format = "nem12"
            self.read_nem12(lines)
        elif header[:2] == ["meter_id", "timestamp"]:
            self.format = "interval-long"
            self.read_intervals(lines, header)
        elif header[:3] == ["meter_id", "date", "total"]:
            self.format = "register-daily"
            self.read_registers(lines, header)
        else:
            self.quarantine("unknown-format")

    def quarantine(self, code):
        self.status, self.code = "quarantined", code

    @staticmethod
    def inflate(data):
        if data[:2] == b"\x1f\x8b":
            return gzip.decompress(data)
        if data[:2] == b"PK":
            archive = zipfile.ZipFile(io.BytesIO(data))
            return archive.read(archive.namelist()[0])
        return data

    def reject(self, line, code, readings=1):
        self.rejections.append({"line": line, "code": code, "readings": readings})

    def read_intervals(self, lines, header):
        column = {name: place for place, name in enumerate(header)}
        unit = next(name for name in ("kwh", "kvarh") if name in column)
        for number, line in enumerate(lines[1:], 2):
            row = line.split(",")
            at = datetime.fromisoformat(row[column["timestamp"]])
            text, quality = row[column[unit]], row[column["quality"]]
            meter, code = self.network.resolve(row[0], at)
            if at.minute % 15 or at.second:
                self.reject(number, "off-grid")
            elif quality not in ("A", "E", "S", "F", "N"):
                self.reject(number, "bad-quality")
            elif text and not NUMBER.fullmatch(text):
                self.reject(number, "bad-number")
            elif code:
                self.reject(number, code)
            else:
                channel = row[column["channel"]] if "channel" in column else "1.8.0"
                value = None if quality == "N" or not text else Fraction(text)
                unit_text = {"kwh": "kWh"}.get(unit, unit)
                self.cells.append(Cell(meter, channel, unit_text, at, value, quality))

    def read_registers(self, lines, header):
        for number, line in enumerate(lines[1:], 2):
            row = line.split(",")
            if len(row) != len(header):
                self.reject(number, "column-count", max(1, len(row) - 2))
                continue
            try:
                day = date.fromisoformat(row[1])
            except ValueError:
                self.reject(number, "bad-time", len(row) - 2)
                continue
            at = datetime.combine(day + timedelta(days=1), datetime.min.time(), BEIJING)
            meter, code = self.network.resolve(row[0], at)
            if code:
                self.reject(number, code, len(row) - 2)
                continue
            for register, text in enumerate(row[2:]):
                if text and not NUMBER.fullmatch(text):
                    self.reject(number, "bad-number")
                    continue
                value = Fraction(text) if text else None
                self.cells.append(Cell(meter, f"1.8.{register}", "kWh", at, value, "A"))

    def read_nem12(self, lines):
        point = channel = unit = None
        for line in lines:
            row = line.split(",")
            if row[0] == "200":
                point, channel = row[1], OBIS[row[4]]
                unit = {"kWh": "kWh", "kVArh": "kvarh"}[row[7]]
            elif row[0] == "300":
                start = datetime.strptime(row[1], "%Y%m%d").replace(tzinfo=BRISBANE)
                for slot in range(96):
                    at = start + timedelta(minutes=15 * slot)
                    meter, code = self.network.resolve(point, at)
                    assert code is None
                    self.cells.append(Cell(meter, channel, unit, at, Fraction(row[2 + slot]),
                                           row[98], row[101]))
            elif row[0] == "400":
                for slot in range(int(row[1]), int(row[2]) + 1):
                    self.cells[len(self.cells) - 96 + slot - 1].quality = row[3]


def judge(files):
    """Gives every cell its verdict; returns the accepted cell of each slot, and suspect slots."""
    slots = defaultdict(list)
    for file in files:
        for cell in file.cells:
            slots[cell.meter, cell.channel, cell.at].append((file.sha256, cell))
    current, suspect = {}, set()
    for key, copies in slots.items():
        for _, cell in copies:
            if cell.value is None:
                cell.verdict = "absent"
        valued = sorted(((sha, cell) for sha, cell in copies if cell.value is not None),
                        key=lambda copy: copy[0])
        if not valued:
            continue
        best = max(cell.rank for _, cell in valued)
        contenders = [cell for _, cell in valued if cell.rank == best]
        if len({(cell.value, cell.quality) for cell in contenders}) > 1:
            suspect.add(key)
        winner = contenders[0]
        seen = set()
        for _, cell in valued:
            content = (cell.value, cell.quality)
            if content in seen:
                cell.verdict = "duplicate"
            elif content == (winner.value, winner.quality):
                cell.verdict = "accepted"
                current[key] = cell
            else:
                cell.verdict = "superseded"
            seen.add(content)
    return current, suspect


def exact(value, places):
    scaled = value * 10 ** places
    assert scaled.denominator == 1
    digits = str(abs(scaled.numerator)).rjust(places + 1, "0")
    return ("-" if value < 0 else "") + digits[:-places] + "." + digits[-places:]


def streams(current, network):
    """What is current per meter and channel: the sum of intervals, or the register's last value."""
    found = defaultdict(list)
    for (meter, channel, at), cell in current.items():
        found[meter, channel, cell.unit].append((at, cell.value))
    for (meter, channel, unit), values in sorted(found.items()):
        entry = {"meter": meter, "channel": channel, "unit": unit}
        if network.meters[meter]["interval_minutes"]:
            entry["sum"] = exact(sum(value for _, value in values), 3)
        else:
            entry["sum"] = None
            entry["last"] = exact(max(values)[1], 2)
        yield entry


def usage(current, suspect, network):
    """The kWh of September by contract, multiplier applied; null where a value is wanting."""
    installs = {(row["meter_id"], row["kind"]): Fraction(row["value"])
                for row in network.tables["register_reads"] if row["channel"] == "1.8.0"}
    for contract in network.tables["contracts"]:
        point = contract["service_point_id"]
        zone = network.zones[point]
        first, last = (datetime.combine(day, datetime.min.time(), zone) for day in MONTH)
        entry = {"contract": contract["contract_id"], "month": "2026-09"}
        total, missing, doubted = Fraction(0), 0, 0
        for row in network.at_point[point]:
            installed, removed = network.span(row)
            multiplier = int(row["multiplier"])
            meter = row["meter_id"]
            if row["interval_minutes"]:
                channel = "1.8.0:E1" if zone == BRISBANE else "1.8.0"
                at = first
                while at < last:
                    key = meter, channel, at
                    missing += key not in current
                    doubted += key in suspect
                    total += current[key].value * multiplier if key in current else 0
                    at += timedelta(minutes=15)
                continue
            opening = (installs[meter, "install"] if installed > first
                       else current.get((meter, "1.8.0", first)))
            closing = (installs[meter, "remove"] if removed < last
                       else current.get((meter, "1.8.0", last)))
            if opening is None or closing is None:
                missing += 1
                continue
            total += (getattr(closing, "value", closing) - getattr(opening, "value", opening))
        entry["kwh"] = None if missing or doubted else exact(total, 3)
        if missing:
            entry["missing"] = missing
        if doubted:
            entry["suspect"] = doubted
        yield entry


def write(folder):
    network = Network(folder / "network")
    files, first_names = [], {}
    for path in sorted((folder / "inbox").iterdir()):
        if path.name.startswith(".") or path.suffix in (".tmp", ".part"):
            continue
        file = File(path, network)
        file.same_as = first_names.get(file.sha256)
        first_names.setdefault(file.sha256, file.name)
        files.append(file)
    distinct = [file for file in files if file.same_as is None]
    current, suspect = judge(distinct)
    entries = []
    for file in files:
        entry = {"name": file.name, "sha256": file.sha256, "format": file.format}
        if file.same_as:
            entry["status"], entry["same_as"] = "known", file.same_as
        elif file.code:
            entry["status"], entry["code"] = file.status, file.code
        else:
            verdicts = Counter(cell.verdict for cell in file.cells)
            rejected = sum(rejection["readings"] for rejection in file.rejections)
            entry["status"] = file.status
            entry["readings"] = len(file.cells) + rejected
            for verdict in ("accepted", "duplicate", "superseded", "absent"):
                entry[verdict] = verdicts[verdict]
            entry["rejected"] = rejected
            if file.rejections:
                entry["rejections"] = file.rejections
        entries.append(entry)
    result = {
        "as_of": "2026-10-04",
        "current": list(streams(current, network)),
        "contracts": list(usage(current, suspect, network)),
        "suspect": [{"meter": meter, "channel": channel, "at": at.isoformat()}
                    for meter, channel, at in sorted(suspect)],
        "files": entries,
    }
    lines = []
    for key, value in result.items():
        if isinstance(value, list):
            inner = ",\n".join(json.dumps(item, ensure_ascii=False) for item in value)
            lines.append(f"{json.dumps(key)}: [\n{inner}\n]")
        else:
            lines.append(f"{json.dumps(key)}: {json.dumps(value)}")
    (folder / "expected.json").write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
