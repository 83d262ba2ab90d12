// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import MeterModel
import Testing

@testable import MeterIngest

@Suite struct ProfileTests {
    private static let plain = """
        name: plain
        shape: long
        label: start
        kind: interval_energy
        columns:
          meter: id
          timestamp: at
          value: energy
        unit: kWh
        multiplier: applied
        """

    @Test func `a profile reads with its defaults`() throws {
        let profile = try DelimitedProfile(yaml: ProfileTests.plain, file: "plain.yaml")
        #expect(profile.name == "plain")
        #expect(profile.label == .start)
        #expect(profile.clock == .servicePoint)
        #expect(profile.unit == .fixed(.kilowattHours))
        #expect(profile.multiplier == .applied)
        #expect(profile.channel == .activeImport)
        #expect(profile.qualities[""] == UInt8(ascii: "A"))
    }

    @Test(arguments: [
        // A line added to the profile, or put for another, and where the error must point.
        ("unknown: 1", "11:1", "'unknown' is not known"),
        ("name: again", "1:1", "stands twice"),
        ("quotes: single", "11:9", "'single' is not known"),
        ("clock: Mars/Olympus", "11:8", "no time zone"),
        ("separator: abc", "11:12", "cannot separate"),
        ("decimals: 1.5", "11:11", "not a whole number"),
        ("quality: {A: X}", "11:14", "not a quality"),
        ("channel: import", "11:10", "not an OBIS"),
        ("channel: 3.8.0", "1:1", "not a unit of 3.8.0"),
        ("first_label: \"00:15\"", "1:1", "belongs to wide"),
        ("freeze: \"24:00\"", "1:1", "belongs to register"),
        ("header: none", "11:9", "known by its columns"),
        ("column_count: 4", "11:15", "a header says"),
        ("time_format: yyyyMM", "11:14", "does not say where"),
        ("time_format: dd/MM/yyyy", "1:1", "has no time of day"),
        ("nulls: &a [x]", "11:8", "anchors and aliases"),
        ("decimals: !!int 2", "11:11", "tags are not used"),
        ("decimal_mark: \",\"", "1:1", "are the same"),
        ("nulls: [a", "12:1", "not YAML"),
    ])
    func `an error names line, column and mend`(line: String, place: String, problem: String) {
        let error = #expect(throws: ProfileError.self) {
            try DelimitedProfile(yaml: ProfileTests.plain + "\n" + line, file: "p.yaml")
        }
        #expect(error?.description.hasPrefix("p.yaml:\(place): ") == true, "\(error as Any)")
        #expect(error?.problem.contains(problem) == true, "\(error as Any)")
        #expect(error?.mend.isEmpty == false)
    }

    @Test func `a missing key is an error that names it`() {
        let yaml = ProfileTests.plain.replacing("multiplier: applied", with: "")
        let error = #expect(throws: ProfileError.self) {
            try DelimitedProfile(yaml: yaml, file: "p.yaml")
        }
        #expect(error?.problem == "the key 'multiplier' is missing")
    }

    @Test func `the documented example reads as it says`() throws {
        let yaml = """
            name: load-curve
            about: quarter-hourly load of large customers, one meter and day per line
            shape: wide                     # long, wide or register
            kind: mean_power                # interval_energy, mean_power or register
            encoding: gb18030               # or utf-8, the default
            detect: [供电单位]               # more names that the header must hold
            columns:                        # by name, in any letter case, or by number from 1
              meter: 资产号
              timestamp: 数据日期
              quality: 数据来源?             # may be absent
              values: {prefix: P, count: 96}  # or {position: 5, count: 96}
            unit: kW
            label: start                    # which end of its interval a label names
            first_label: "00:00"            # the label of the first column
            clock: +08:00                   # utc, an offset, a zone, or service_point (default)
            multiplier: not_applied         # or applied
            quality: {自动: A, 补召: A, 拟合: E, "": A}
            nulls: ["NULL", "EEEEEE.EEEE"]  # no value, beside the empty text
            """
        let profile = try DelimitedProfile(yaml: yaml, file: "load-curve.yaml")
        #expect(profile.encoding == .gb18030)
        #expect(profile.detect == ["供电单位"])
        #expect(profile.columns.quality == .named("数据来源", optional: true))
        #expect(profile.unit == .fixed(.kilowattHours))
        #expect(profile.firstLabelMinutes == 0)
        #expect(profile.clock == .fixed(offset: 28_800))
        #expect(profile.qualities.count == 4)
        #expect(profile.nulls.count == 2)
    }

    @Test(arguments: [24, 48, 96, 144, 288])
    func `mean power is taken over any minutes`(count: Int) throws {
        let yaml = """
            name: power
            shape: wide
            label: start
            kind: mean_power
            columns:
              meter: id
              timestamp: day
              values: {prefix: P, count: \(count)}
            unit: kW
            multiplier: not_applied
            """
        let profile = try DelimitedProfile(yaml: yaml, file: "power.yaml")
        #expect(profile.wideMinutes == 1440 / count)
    }

    @Test(arguments: [
        ("mean_power", "kW-min"), ("mean_power", "kWh"), ("interval_energy", "kW-min"),
    ])
    func `power over minutes is no unit of a profile`(kind: String, unit: String) {
        let yaml = """
            name: power
            shape: long
            label: start
            kind: \(kind)
            columns: {meter: id, timestamp: at, value: v}
            unit: \(unit)
            multiplier: applied
            """
        let error = #expect(throws: ProfileError.self) {
            try DelimitedProfile(yaml: yaml, file: "power.yaml")
        }
        #expect(error?.problem == "'\(unit)' is not a unit here")
    }

    @Test func `a folder adds its profiles to the built-in ones`() throws {
        let folder = try TemporaryFolder()
        try folder.write("own.yaml", ProfileTests.plain)
        try folder.write("notes.txt", "no profile")
        let set = try ProfileSet(folder: folder.path)
        #expect(Set(set.profiles.map(\.name)) == ["plain", "interval-long", "register-daily"])
    }

    @Test func `two profiles of a folder cannot share a name`() throws {
        let folder = try TemporaryFolder()
        try folder.write("a.yaml", ProfileTests.plain)
        try folder.write("b.yaml", ProfileTests.plain)
        let error = #expect(throws: ProfileError.self) { try ProfileSet(folder: folder.path) }
        #expect(error?.file == folder.path + "/b.yaml")
    }

    @Test func `two profiles of a folder that nothing tells apart are an error`() throws {
        let folder = try TemporaryFolder()
        try folder.write("a.yaml", ProfileTests.plain)
        let other = ProfileTests.plain.replacing("name: plain", with: "name: other")
        try folder.write("b.yaml", other)
        let error = #expect(throws: ProfileError.self) { try ProfileSet(folder: folder.path) }
        #expect(error?.problem == "nothing tells its files from those of \(folder.path)/a.yaml")
        try folder.write("b.yaml", other + "\ndetect: [branch]\n")
        #expect(try ProfileSet(folder: folder.path).profiles.count == 4)
    }

    @Test(arguments: ["long", "wide"])
    func `which end of its interval a time names is never guessed`(shape: String) {
        let columns = shape == "long" ? "value: 3" : "values: { prefix: P, count: 24 }"
        let yaml = """
            name: curve
            shape: \(shape)
            columns: { meter: 1, timestamp: 2, \(columns) }
            kind: interval_energy
            unit: kWh
            multiplier: applied
            """
        let error = #expect(throws: ProfileError.self) {
            try DelimitedProfile(yaml: yaml, file: "curve.yaml")
        }
        #expect(error?.problem == "the key 'label' is missing")
    }

    @Test func `both endings of YAML files count`() throws {
        let folder = try TemporaryFolder()
        try folder.write("own.yml", ProfileTests.plain)
        #expect(try ProfileSet(folder: folder.path).profiles.contains { $0.name == "plain" })
    }

    @Test func `a folder that is not there is an error`() {
        #expect(throws: ProfileError.self) { try ProfileSet(folder: "/nowhere/profiles") }
    }

    @Test func `a person's profile replaces the built-in of its name`() throws {
        let yaml = ProfileTests.plain.replacing("name: plain", with: "name: interval-long")
        let set = try MeterIngestTests.profiles(yaml)
        #expect(set.profiles.count == 2)
        #expect(set.profiles.contains { $0.multiplier == .applied })
    }
}
