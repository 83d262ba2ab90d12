// SPDX-License-Identifier: Apache-2.0

import Foundation
import Quantities
import Testing

@Suite struct TimeZoneTableTests {
    @Test(arguments: [
        // zone, day, minutes of the day's 24, 23 or 25 hours
        ("Europe/London", "2026-03-29", 1380), ("Europe/London", "2026-10-25", 1500),
        ("Europe/London", "2026-06-01", 1440), ("America/Chicago", "2026-03-08", 1380),
        ("America/Chicago", "2026-11-01", 1500), ("Asia/Shanghai", "2026-03-29", 1440),
        ("Australia/Lord_Howe", "2026-04-05", 1470), ("Australia/Lord_Howe", "2026-10-04", 1410),
        ("Australia/Brisbane", "2026-10-04", 1440),
    ])
    func `a day is as long as its clock changes make it`(
        zone: String, day: String, minutes: Int64
    ) throws {
        let zone = try TimeZoneTable.named(zone)
        let day = try #require(CivilDay(iso: day))
        let length = zone.startOfDay(day + 1).seconds - zone.startOfDay(day).seconds
        #expect(length == minutes * 60)
    }

    @Test(arguments: [
        ("Europe/London", "2026-03-29", 90, []),
        ("Europe/London", "2026-03-29", 59, ["2026-03-29T00:59:00Z"]),
        ("Europe/London", "2026-03-29", 120, ["2026-03-29T01:00:00Z"]),
        (
            "Europe/London", "2026-10-25", 90,
            ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"]
        ),
        ("America/Chicago", "2026-03-08", 150, []),
        (
            "America/Chicago", "2026-11-01", 60,
            ["2026-11-01T06:00:00Z", "2026-11-01T07:00:00Z"]
        ),
        ("America/Chicago", "2026-11-01", 120, ["2026-11-01T08:00:00Z"]),
        ("Asia/Shanghai", "2026-11-01", 0, ["2026-10-31T16:00:00Z"]),
    ])
    func `a wall clock time is one moment, none or two`(
        zone: String, day: String, minute: Int, moments: [String]
    ) throws {
        let zone = try TimeZoneTable.named(zone)
        let found = zone.instants(day: try #require(CivilDay(iso: day)), minute: minute)
        #expect(found.map { $0.iso(offset: 0) } == moments)
    }

    @Test(arguments: ["Europe/London", "America/Chicago", "Asia/Shanghai", "Australia/Brisbane"])
    func `offsets agree with Foundation's time zones`(name: String) throws {
        let zone = try TimeZoneTable.named(name)
        let other = try #require(TimeZone(identifier: name))
        // Every 17 hours and some minutes from 1995 to 2036.
        for seconds in stride(from: Int64(788_918_400), to: 2_082_758_400, by: 61_937) {
            let ours = zone.offset(at: Instant(seconds: seconds))
            let date = Date(timeIntervalSince1970: TimeInterval(seconds))
            try #require(ours == other.secondsFromGMT(for: date), "\(name) \(date)")
        }
    }

    @Test func `a skipped midnight starts the day after it`() throws {
        // Beirut went from 00:00 to 01:00 on 2022-03-27.
        let zone = try TimeZoneTable.named("Asia/Beirut")
        let start = zone.startOfDay(try #require(CivilDay(iso: "2022-03-27")))
        #expect(start.iso(offset: 0) == "2022-03-26T22:00:00Z")
        #expect(zone.clock(at: start).second == 3600)
    }

    @Test(arguments: [
        ("Europe/London", "2026-07-01T00:00Z", 0),
        ("America/Chicago", "2026-07-01T00:00Z", -21_600),
        ("Asia/Shanghai", "2026-01-01T00:00Z", 28_800),
        ("Australia/Sydney", "2026-01-01T00:00Z", 36_000),
    ])
    func `standard time is the smaller offset`(name: String, at: String, offset: Int) throws {
        let zone = try TimeZoneTable.named(name)
        #expect(zone.standardOffset(around: try #require(Instant(iso: at))) == offset)
    }

    @Test func `fixed clocks need no file`() throws {
        #expect(try TimeZoneTable.named("+10:00").offset(at: Instant(seconds: 0)) == 36_000)
        #expect(try TimeZoneTable.named("UTC").offset(at: Instant(seconds: 0)) == 0)
    }

    @Test(arguments: [
        "", "Mars/Olympus", "../../../etc/passwd", "/etc/passwd", "Asia/Shang hai", "Asia",
        "zone.tab",
    ])
    func `what is no zone is refused`(name: String) {
        #expect(throws: TimeZoneError.self) { try TimeZoneTable.named(name) }
    }
}
