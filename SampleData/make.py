#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes SampleData/network, SampleData/inbox and SampleData/expected.json anew.

Needs Python 3.9 and nothing else. What is expected is not known to this file: `expected.py` reads
the written files back, in the plainest way, and works it out from them.
"""

import gzip
import shutil
import sys
import zipfile
from datetime import timedelta
from pathlib import Path

sys.dont_write_bytecode = True  # the folder holds data; leave nothing else in it
import expected
from branch import *

HERE = Path(__file__).parent
INBOX = HERE / "inbox"
NETWORK = HERE / "network"
STAMP = (2026, 10, 4, 0, 0, 0)

HOUSEHOLDS = [meter for meter in METERS if meter.kind == "household"]
INTERVAL = [meter for meter in METERS if meter.kind in ("industry", "commerce")]
PLANT_METERS = [meter for meter in METERS if meter.kind == "industry"]
NEM12 = [meter for meter in METERS if meter.kind == "nem12"]


def write_table(name, header, rows):
    lines = [header] + [",".join(str(cell) for cell in row) for row in rows]
    (NETWORK / name).write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_gzip(name, lines):
    write_bytes(name, gzip.compress(text(lines), 9, mtime=0))


def write_bytes(name, data):
    (INBOX / name).write_bytes(data)


def text(lines):
    return ("\n".join(lines) + "\n").encode("utf-8")


def write_network():
    nodes = [("B1", "", "company", "国网吐鲁番供电公司 Turpan Power Supply"),
             ("D1", "B1", "district", "高昌区 Gaochang"),
             ("S1", "D1", "station", "交河变电站 Jiaohe Substation"),
             ("S2", "D1", "station", "葡萄沟变电站 Putaogou Substation"),
             ("D2", "B1", "district", "Example District"),
             ("S3", "D2", "station", "Example Substation")]
    feeders = ["交河一线 Jiaohe 1", "交河二线 Jiaohe 2", "葡萄沟一线 Putaogou 1",
               "葡萄沟二线 Putaogou 2", "工业园线 Industrial Park", "Example Feeder"]
    for number, name in enumerate(feeders, 1):
        station = {1: "S1", 2: "S1", 3: "S2", 4: "S2", 5: "S1", 6: "S3"}[number]
        nodes.append((f"F{number:03}", station, "feeder", name))
        for part in (1, 2):
            nodes.append((f"TX{number:02}{part}", f"F{number:03}", "transformer",
                          f"{part}号台区 Transformer {part}" if number < 6
                          else f"Transformer {part}"))
    write_table("nodes.csv", "node_id,parent_id,kind,name", nodes)
    write_table("terminals.csv", "terminal_id,node_id",
                [(f"T{number:04}", f"F{number:03}") for number in range(1, 7)])
    write_table("customers.csv", "customer_id,name,class",
                [(meter.customer, meter.name,
                  "household" if meter.kind == "nem12" else meter.kind) for meter in METERS])
    write_table("service_points.csv", "service_point_id,node_id,timezone,capacity_kw",
                [(meter.point, meter.transformer,
                  "Australia/Brisbane" if meter.kind == "nem12" else "Asia/Shanghai",
                  {"industry": 2000, "commerce": 100}.get(meter.kind, 15)) for meter in METERS])
    write_table("meters.csv",
                "meter_id,service_point_id,terminal_id,installed,removed,multiplier,digits,"
                "interval_minutes", meter_rows())
    write_table("contracts.csv",
                "contract_id,service_point_id,customer_id,tariff_id,starts,ends,billing_day,"
                "parameters", [contract_row(meter) for meter in METERS])
    reads = []
    removed = exchange_standings()
    for register in range(5):
        reads.append((EXCHANGED.id, f"1.8.{register}", EXCHANGE_AT, "remove",
                      decimal(removed[register], 2)))
    for register in range(5):
        reads.append((SUCCESSOR.id, f"1.8.{register}", EXCHANGE_AT, "install", "0.00"))
    write_table("register_reads.csv", "meter_id,channel,at,kind,value", reads)


def meter_rows():
    for meter in METERS:
        minutes = "" if meter.kind == "household" else 15
        removed = EXCHANGE_AT if meter == EXCHANGED else ""
        yield (meter.id, meter.point, meter.terminal, "2025-03-01", removed, meter.multiplier, 6,
               minutes)
    yield (SUCCESSOR.id, EXCHANGED.point, EXCHANGED.terminal, EXCHANGE_AT, "", 1, 6, "")


def contract_row(meter):
    tariff, parameters = {
        "household": ("cn.xj.turpan.residential",
                      f"persons={1 + mix(11, meter.number) % 6};"
                      f"low_income={'yes' if mix(12, meter.number) % 12 == 0 else 'no'}"),
        "commerce": ("cn.xj.turpan.commerce", ""),
        "industry": ("cn.xj.turpan.industry",
                     "contract_kw=1250;kva=1600;basic_method=contract_demand;pf_standard=0.90"),
        "nem12": ("au.example.single-rate", ""),
    }[meter.kind]
    return (meter.contract, meter.point, meter.customer, tariff, FIRST, "", 1, parameters)


# Register-daily: terminals T0001 to T0004.

REGISTER_HEADER = "meter_id,date,total,sharp,peak,flat,valley"


def register_row(meter, day, values):
    return f"{meter.id},{day}," + ",".join(decimal(value, 2) for value in values)


def register_lines(feeder, day):
    lines = [REGISTER_HEADER]
    for meter in HOUSEHOLDS:
        if meter.feeder != feeder:
            continue
        if meter == EXCHANGED and day >= EXCHANGE_DAY:
            lines.append(register_row(SUCCESSOR, day, successor_standings(day)))
        elif (meter.number, day.isoformat()) in MISSING_FREEZES:
            continue
        elif (meter.number, day.isoformat()) == BLANK_FREEZE:
            lines.append(f"{meter.id},{day},,,,,")
        else:
            lines.append(register_row(meter, day, standings(meter, day)))
    return lines


# A freeze that is not in its file: one in the middle of the month, one at its end.
MISSING_FREEZES = {(17, "2026-09-22"), (101, "2026-09-30")}
# A freeze whose cells are there and blank.
BLANK_FREEZE = (60, "2026-09-10")


def write_registers():
    for day in FREEZES:
        for feeder in range(1, 5):
            name = f"T{feeder:04}-{day:%Y%m%d}.csv.gz"
            lines = register_lines(feeder, day)
            if name == "T0001-20260905.csv.gz":
                # The line broke; the terminal sent the file again in the morning.
                whole = gzip.compress(text(lines), 9, mtime=0)
                write_bytes(name, whole[:len(whole) // 2])
                name = "T0001-20260905-resent.csv.gz"
            if name == "T0002-20260912.csv.gz":
                spoil_registers(lines)
            if name == "T0001-20260917.csv.gz":
                # The exchanged meter answers once more, after its removal.
                lines.append(register_row(EXCHANGED, day, exchange_standings()))
            if name == "T0004-20261003.csv.gz":
                (INBOX / name[:-3]).write_bytes(text(lines))  # plain, not compressed
                continue
            write_gzip(name, lines)
    damaged = bytearray((INBOX / "T0004-20260911.csv.gz").read_bytes())
    damaged[-6] ^= 0x55  # in the checksum of the gzip trailer
    write_bytes("T0004-20260911-damaged.csv.gz", bytes(damaged))
    shutil.copyfile(INBOX / "T0003-20260908.csv.gz", INBOX / "copy-of-T0003-20260908.csv.gz")


def spoil_registers(lines):
    """A letter in a number, a month that is none, a line broken off."""
    cells = lines[3].split(",")
    cells[4] = cells[4].replace(".", "x")
    lines[3] = ",".join(cells)
    lines[5] = lines[5].replace("2026-09-12", "2026-13-12")
    lines[7] = ",".join(lines[7].split(",")[:4])


# Interval-long: terminal T0005.

def interval_rows(meter, day, stream="kwh"):
    for slot, value in enumerate(intervals(meter, day, stream)):
        at = f"{day}T{slot // 4:02}:{slot % 4 * 15:02}:00+08:00"
        yield slot, at, decimal(value, 3)


def write_intervals():
    for day in DAYS:
        lines = ["meter_id,timestamp,kwh,quality"]
        for meter in INTERVAL:
            if (meter.number, day.isoformat()) == DAY_GAP:
                continue
            for slot, at, value in interval_rows(meter, day):
                if (meter.number, day.isoformat()) == HOUR_GAP and 8 <= slot < 12:
                    continue
                if (meter.number, day.isoformat()) == SAID_MISSING and slot in (50, 51):
                    value, quality = "", "N"
                elif (meter.number, day.isoformat()) == ESTIMATED and 40 <= slot < 46:
                    value, quality = "1.000", "E"
                else:
                    quality = "A"
                lines.append(f"{meter.id},{at},{value},{quality}")
        if day.isoformat() == "2026-09-13":
            first = INTERVAL[0]
            # Not on the quarter hour, a letter that means nothing, a value that is none.
            lines.append(f"{first.id},2026-09-13T10:07:00+08:00,1.000,A")
            lines.append(f"{first.id},2026-10-04T00:00:00+08:00,1.000,X")
            lines.append(f"{first.id},2026-10-04T00:15:00+08:00,1.0.0,A")
        write_gzip(f"T0005-{day:%Y%m%d}.csv.gz", lines)

        lines = ["meter_id,timestamp,channel,kvarh,quality"]
        for meter in PLANT_METERS:
            for _, at, value in interval_rows(meter, day, "kvarh"):
                lines.append(f"{meter.id},{at},3.8.0,{value},A")
        write_gzip(f"T0005-{day:%Y%m%d}-kvarh.csv.gz", lines)
    write_intervals_again()


# meter and day of an hour without rows, of a day without rows, of cells that say missing, and of
# estimates for which the readings come later
HOUR_GAP = (171, "2026-09-14")
DAY_GAP = (183, "2026-09-18")
SAID_MISSING = (185, "2026-09-21")
ESTIMATED = (172, "2026-09-25")
# meter and day of two different readings of the same hour
CONFLICT = (182, "2026-09-20")


def write_intervals_again():
    header = "meter_id,timestamp,kwh,quality"
    by_number = {meter.number: meter for meter in METERS}

    meter, day = by_number[ESTIMATED[0]], date.fromisoformat(ESTIMATED[1])
    write_gzip("T0005-20260925-late.csv.gz", [header] + [
        f"{meter.id},{at},{value},A"
        for slot, at, value in interval_rows(meter, day) if 36 <= slot < 48])

    meter, day = by_number[CONFLICT[0]], date.fromisoformat(CONFLICT[1])
    rows = []
    for slot, at, value in interval_rows(meter, day):
        if 40 <= slot < 44:
            value = decimal(int(value.replace(".", "")) + 250, 3)
        rows.append(f"{meter.id},{at},{value},A")
    write_gzip("T0005-20260920-again.csv.gz", [header] + rows)

    stranger = "M00099999"
    write_gzip("T0009-20260910.csv.gz", [header] + [
        f"{stranger},2026-09-10T{hour:02}:{minute:02}:00+08:00,0.500,A"
        for hour in range(24) for minute in (0, 15, 30, 45)])


# NEM12: terminal T0006, a zip a week.

def write_nem12():
    for week, first in enumerate(range(0, len(DAYS), 7), 1):
        days = DAYS[first:first + 7]
        records = [f"100,NEM12,{days[-1] + timedelta(days=1):%Y%m%d}0400,SAMPLEMDP,SAMPLERET"]
        for meter in NEM12:
            for suffix in meter.suffixes:
                records.append(record_200(meter, suffix))
                for day in days:
                    records += records_300(meter, suffix, day)
        write_zip(f"T0006-week{week}.zip", f"NEM12#T0006W{week}#SAMPLEMDP#SAMPLERET.csv", records)
    # A correction: three hours of one day were wrong, the others are sent again as they were.
    meter, day = NEM12[4], date(2026, 9, 9)
    values = [value + 40 if 32 <= slot < 44 else value
              for slot, value in enumerate(intervals(meter, day, "E1"))]
    write_zip("T0006-correction.zip", "NEM12#T0006C1#SAMPLEMDP#SAMPLERET.csv", [
        "100,NEM12,202609200400,SAMPLEMDP,SAMPLERET", record_200(meter, "E1"),
        record_300(day, values, "A", "20260920031500")])


def record_200(meter, suffix):
    unit = "kVArh" if suffix == "Q1" else "kWh"
    return (f"200,{meter.point},{''.join(meter.suffixes)},{suffix},{suffix},N1,{meter.id},{unit},"
            "15,")


def record_300(day, values, quality, updated):
    cells = ",".join(decimal(value, 3) for value in values)
    return f"300,{day:%Y%m%d},{cells},{quality},,,{updated},{updated}"


def records_300(meter, suffix, day):
    updated = f"{day + timedelta(days=1):%Y%m%d}031500"
    values = intervals(meter, day, suffix)
    if meter == NEM12[2] and day.isoformat() == "2026-09-15":
        return [record_300(day, values, "V", updated), "400,1,60,A,,", "400,61,72,E52,,",
                "400,73,96,A,,"]
    return [record_300(day, values, "A", updated)]


def write_zip(name, member, records):
    info = zipfile.ZipInfo(member, STAMP)
    info.compress_type = zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(INBOX / name, "w") as archive:
        archive.writestr(info, "\r\n".join(records + ["900"]) + "\r\n", compresslevel=9)


def write_strangers():
    """What has no business in an inbox of readings."""
    write_gzip("note-to-operator.txt.gz", [
        "Terminal T0003 was restarted on 8 September.", "Its clock was checked."])
    write_bytes("empty.csv.gz", gzip.compress(b"", 9, mtime=0))
    write_bytes("T0002-20261004.csv.gz.part", b"\x1f\x8b\x08")


def main():
    for folder in (NETWORK, INBOX):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
    write_network()
    write_registers()
    write_intervals()
    write_nem12()
    write_strangers()
    expected.write(HERE)


if __name__ == "__main__":
    main()
