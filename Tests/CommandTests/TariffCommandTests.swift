// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@Suite struct TariffCommandTests {
    @Test func `sound tariffs are 0, by file or by folder`() throws {
        let branch = try SmallBranch()
        for path in ["Tariffs", "Tariffs/flat.yaml"] {
            let outcome = try branch.tallywatt("tariff", "check", path, "--json")
            #expect(outcome.status == 0)
            #expect(outcome.json?["tariffs"] as? Int == 1)
            #expect(outcome.list("findings").isEmpty)
        }
    }

    @Test func `a finding names file, line and column, and the status is 1`() throws {
        let branch = try SmallBranch()
        let broken = SmallBranch.tariff.replacing("kind: energy", with: "kind: enegry")
        try branch.write("Tariffs/flat.yaml", broken)
        let outcome = try branch.tallywatt("tariff", "check", "Tariffs")
        #expect(outcome.status == 1)
        // `kind` of the second charge is line 20; its value begins at column 11.
        #expect(outcome.out.contains("Tariffs/flat.yaml:20:11: "))
        let json = try branch.tallywatt("tariff", "check", "Tariffs", "--json")
        #expect(json.list("findings").contains { $0["line"] as? Int == 20 })
        let missing = try branch.tallywatt("tariff", "check", "nothing.yaml")
        #expect(missing.status == 1)
        #expect(missing.out.contains("nothing.yaml:1:1: unreadable-file"))
    }

    @Test func `decisions stand for their record, and a file named twice for itself`() throws {
        let branch = try SmallBranch()
        let rate = ["urdb.json", "decisions.yaml"].map { "us.example.commercial." + $0 }
        for name in rate {
            let file = "\(packageRoot)/Tariffs/\(name)"
            try branch.write(name, String(contentsOfFile: file, encoding: .utf8))
        }
        let outcome = try branch.tallywatt("tariff", "check", rate[1], rate[0], rate[1], "--json")
        #expect(outcome.status == 0)
        #expect(outcome.json?["tariffs"] as? Int == 1)
        try branch.write("alone.decisions.yaml", "timezone: America/Chicago")
        let alone = try branch.tallywatt("tariff", "check", "alone.decisions.yaml")
        #expect(alone.status == 1)
        #expect(alone.out.contains("alone.urdb.json:1:1: unreadable-file"))
    }

    @Test func `a link to a folder stands for it`() throws {
        let branch = try SmallBranch()
        try FileManager.default.createSymbolicLink(
            atPath: branch.path + "/current", withDestinationPath: branch.path + "/Tariffs")
        #expect(try branch.tallywatt("tariff", "check", "current").status == 0)
        // Nor does the other ending of YAML files hide one.
        try branch.write("Tariffs/other.yml", "nonsense")
        #expect(try branch.tallywatt("tariff", "check", "current").status == 1)
    }

    @Test func `a folder without a tariff is a finding, and not all well`() throws {
        let branch = try SmallBranch()
        for paths in [["network"], ["Tariffs", "inbox"]] {
            let outcome = try branch.call(["tariff", "check"] + paths)
            #expect(outcome.status == 1)
            #expect(
                outcome.out.contains(
                    "\(paths.last ?? ""):1:1: unreadable-file: the folder holds no"))
            #expect(!outcome.out.contains("all well"))
        }
    }

    @Test func `a load may begin with a byte order mark`() throws {
        let branch = try SmallBranch()
        try branch.write(
            "load.csv", "\u{FEFF}start,kwh\n2026-01-01T00:00,1\n2026-01-01T01:00,1\n")
        let outcome = try branch.tallywatt(
            "tariff", "price", "Tariffs/flat.yaml", "load.csv", "--json")
        #expect(outcome.status == 0)
        #expect(outcome.list("periods").count == 1)
    }

    @Test func `a price is explained by formula, rounding and clause`() throws {
        let branch = try SmallBranch()
        try branch.write("load.csv", "start,kwh\n2026-01-01T00:00,1.1\n2026-01-01T01:00,1.23\n")
        let call = ["tariff", "price", "Tariffs/flat.yaml", "load.csv", "--explain"]
        let outcome = try branch.call(call)
        // 2.33 × 0.25 = 0.5825
        #expect(outcome.out.contains("2.33 kWh × 0.25 AUD/kWh = 0.5825 AUD"))
        #expect(outcome.out.contains("rounded half_up to 0.01 at the line: 0.58 (-0.0025)"))
        // The second charge begins on line 19.
        #expect(outcome.out.contains("Tariffs/flat.yaml:19"))
        let json = try branch.call(call + ["--json"])
        let period = try #require(json.list("periods").first)
        let lines = try #require(period["lines"] as? [[String: Any]])
        #expect(lines.last?["clause"] as? String == "Tariffs/flat.yaml:19")
        #expect((lines.last?["formula"] as? String)?.hasSuffix("0.5825 AUD") == true)
    }

    @Test func `a tariff with a byte order mark is kept as it is`() throws {
        let branch = try SmallBranch.billed(tariff: "\u{FEFF}" + SmallBranch.tariff)
        #expect(try branch.tallywatt("verify").status == 0)
        let bill = try branch.tallywatt("explain", try branch.number(of: "K1"), "--json")
        let lines = try #require(bill.json?["lines"] as? [[String: Any]])
        #expect((lines.last?["clause"] as? String)?.contains("id: usage") == true)
    }

    @Test func `an example that fails is a finding`() throws {
        let branch = try SmallBranch()
        let example = """
            examples:
              - name: a month
                given: { from: 2026-01-01, kwh: 400 }
                expect: { usage: 100.01 }

            """
        try branch.write("Tariffs/flat.yaml", SmallBranch.tariff + example)
        let outcome = try branch.tallywatt("tariff", "check", "Tariffs")
        #expect(outcome.status == 1)
        #expect(outcome.out.contains("example-failed"))
    }

    @Test func `a series file is the same whatever the order of its columns`() throws {
        let branch = try SmallBranch()
        _ = try branch.tallywatt("init", "--network", "network")
        func load(_ name: String, _ text: String) throws -> Outcome {
            try branch.write(name, text)
            return try branch.tallywatt("series", "import", name, "--json")
        }
        func loaded(_ outcome: Outcome) -> Int? {
            outcome.list("series").first?["rows_loaded"] as? Int
        }
        #expect(loaded(try load("p.csv", "b,to,a,from\n1,2026-02-01,2,2026-01-01\n")) == 1)
        #expect(loaded(try load("p.csv", "from,to,a,b\n2026-01-01,2026-02-01,2,1\n")) == 0)
        #expect(loaded(try load("h.csv", "kind,date\nholiday,2026-01-01\n")) == 1)
        #expect(loaded(try load("h.csv", "date,kind\n2026-01-01,holiday\n")) == 0)
        let changed = try load("h.csv", "kind,date\nevent,2026-01-01\n")
        #expect(changed.status == 1)
        #expect(changed.err.contains("was loaded as '2026-01-01,holiday'"))
    }

    @Test func `series rows are loaded once, and a changed row needs --revise`() throws {
        let branch = try SmallBranch()
        _ = try branch.tallywatt("init", "--network", "network")
        func load(_ rows: String, _ more: String...) throws -> Outcome {
            try branch.write("price.csv", "from,to,value\n" + rows)
            return try branch.call(["series", "import", "price.csv", "--json"] + more)
        }
        func loaded(_ outcome: Outcome) -> Int? {
            outcome.list("series").first?["rows_loaded"] as? Int
        }
        let january = "2026-01-01,2026-02-01,0.25\n"
        #expect(loaded(try load(january)) == 1)
        #expect(loaded(try load(january)) == 0)
        #expect(loaded(try load(january + "2026-02-01,2026-03-01,0.26\n")) == 1)
        let digest = try branch.digest()
        let changed = try load("2026-01-01,2026-02-01,0.24\n")
        #expect(changed.status == 1)
        #expect(changed.err.contains("price.csv:2: changed-row"))
        #expect(try branch.digest() == digest)
        #expect(loaded(try load("2026-01-01,2026-02-01,0.24\n", "--revise")) == 1)
    }

    @Test func `an open row can be ended by a revision, and by nothing else`() throws {
        let branch = try SmallBranch.billed()
        try branch.write("price.csv", "from,to,value\n2026-01-01,,0.25\n")
        _ = try branch.tallywatt("series", "import", "price.csv")
        let digest = try branch.digest()
        // The loaded row would still be open beside the new one.
        try branch.write("price.csv", "from,to,value\n2026-02-01,,0.30\n")
        let overlap = try branch.tallywatt("series", "import", "price.csv")
        #expect(overlap.status == 1)
        #expect(overlap.err.contains("price.csv with what is loaded:3:1: bad-value"))
        #expect(try branch.digest() == digest)
        try branch.write(
            "price.csv", "from,to,value\n2026-01-01,2026-02-01,0.25\n2026-02-01,,0.30\n")
        let revised = try branch.tallywatt("series", "import", "price.csv", "--revise", "--json")
        #expect(revised.list("series").first?["rows_loaded"] as? Int == 2)
        let again = try branch.tallywatt("series", "import", "price.csv", "--json")
        #expect(again.status == 0)
        #expect(again.list("series").first?["rows_loaded"] as? Int == 0)
        #expect(try branch.run(asOf: "2026-02-05").status == 0, "the series can still be read")
    }

    @Test func `a series that changes a bill names it, and the status is 2`() throws {
        let branch = try SmallBranch()
        try branch.write("inbox/january.csv", SmallBranch.january)
        try branch.write("inbox/freezes.csv", SmallBranch.freezes)
        try branch.write(
            "Tariffs/flat.yaml",
            SmallBranch.tariff.replacing(
                "price: 0.25", with: "price: { series: price, at: period_start }"))
        func price(_ price: String, _ path: String = "price.csv") throws {
            try branch.write(path, "from,to,value\n2026-01-01,2026-02-01,\(price)\n")
        }
        try FileManager.default.createDirectory(
            atPath: branch.path + "/Tariffs/series", withIntermediateDirectories: true)
        try price("0.25", "Tariffs/series/price.csv")
        _ = try branch.tallywatt("init", "--network", "network")
        #expect(try branch.run(asOf: "2026-02-05").json?["invoices"] as? Int == 2)

        try price("0.26")
        let plain = try branch.tallywatt("series", "import", "--revise", "price.csv")
        #expect(plain.status == 2)
        #expect(
            plain.out.hasSuffix(
                """
                for correction: INV-2026-000001 of K1, 2026-01-01 to 2026-02-01: price 2026-01-01
                for correction: INV-2026-000002 of K2, 2026-01-01 to 2026-02-01: price 2026-01-01

                """), "\(plain.out)")
        try price("0.27")
        let json = try branch.tallywatt("series", "import", "--revise", "price.csv", "--json")
        #expect(json.status == 2)
        #expect(
            json.json?["corrections"] as? [String] == ["INV-2026-000001", "INV-2026-000002"])
        let again = try branch.tallywatt("series", "import", "--revise", "price.csv", "--json")
        #expect(again.status == 0)
        #expect(again.json?["corrections"] as? [String] == [])
        let listed = try branch.tallywatt("corrections", "list", "--contract", "K2", "--json")
        #expect(listed.status == 0)
        let rows = listed.list("corrections")
        #expect(rows.count == 2, "revised twice")
        #expect(rows.first?["number"] as? String == "INV-2026-000002")
        #expect(rows.first?["period_start"] as? String == "2026-01-01")
        #expect(rows.first?["cause"] as? String == "series-revised")
        #expect(rows.first?["detail"] as? String == "price 2026-01-01")
    }

    @Test func `of several series files all are loaded or none`() throws {
        let branch = try SmallBranch()
        _ = try branch.tallywatt("init", "--network", "network")
        try branch.write("b.csv", "from,to,value\n2026-01-01,2026-02-01,1\n")
        _ = try branch.tallywatt("series", "import", "b.csv")
        try branch.write("a.csv", "from,to,value\n2026-01-01,2026-02-01,1\n")
        try branch.write("b.csv", "from,to,value\n2026-01-01,2026-02-01,2\n")
        let digest = try branch.digest()
        let outcome = try branch.tallywatt("series", "import", "a.csv", "b.csv")
        #expect(outcome.status == 1)
        #expect(outcome.out == "")
        #expect(try branch.digest() == digest)
    }
}

@Suite struct TariffPriceCommandTests {
    /// Two hours at the end of January and one in February, 1 kWh each.
    ///
    /// By hand: January counts one day, 1.20 + 2 × 0.25 = 1.70, GST 0.17; February one day,
    /// 1.20 + 0.25 = 1.45, GST 0.145, billed 0.15.
    @Test func `a load is priced month by month without a database`() throws {
        let branch = try SmallBranch()
        var load = "start,kwh\n"
        for hour in 0..<24 {
            let hour = hour < 10 ? "0\(hour)" : "\(hour)"
            load += "2026-01-31T\(hour):00:00,\(hour >= "22" ? 1 : 0)\n"
        }
        for hour in 0..<24 {
            let hour = hour < 10 ? "0\(hour)" : "\(hour)"
            load += "2026-02-01T\(hour):00:00,\(hour == "00" ? 1 : 0)\n"
        }
        try branch.write("load.csv", load)
        let outcome = try branch.tallywatt(
            "tariff", "price", "Tariffs/flat.yaml", "load.csv", "--json")
        #expect(outcome.status == 0)
        let periods = outcome.list("periods")
        #expect(periods.map { $0["from"] as? String } == ["2026-01-31", "2026-02-01"])
        #expect(periods.map { $0["to"] as? String } == ["2026-02-01", "2026-02-02"])
        #expect(periods.map { $0["total"] as? String } == ["1.87", "1.60"])
        #expect(outcome.json?["total"] as? String == "3.47")
        let table = try branch.tallywatt("tariff", "price", "Tariffs/flat.yaml", "load.csv")
        #expect(table.out.hasSuffix("total 3.47 AUD\n"))
    }

    @Test func `a load or parameter that cannot be read stops at its place`() throws {
        let branch = try SmallBranch()
        try branch.write("load.csv", "start,kwh\n2026-01-31T00:00:00,x\n")
        let bad = try branch.tallywatt("tariff", "price", "Tariffs/flat.yaml", "load.csv")
        #expect(bad.status == 1)
        #expect(bad.out == "")
        #expect(bad.err.contains("load.csv:2"))
        let none = try branch.tallywatt("tariff", "price", "Tariffs/flat.yaml", "none.csv")
        #expect(none.status == 1)
        #expect(none.err.contains("none.csv: cannot be read"))
        let usage = try branch.tallywatt(
            "tariff", "price", "Tariffs/flat.yaml", "load.csv", "--set", "persons")
        #expect(usage.status == 64)
        let twice = try branch.tallywatt(
            "tariff", "price", "Tariffs/flat.yaml", "load.csv", "--set", "a=1", "--set", "a=2")
        #expect(twice.status == 64)
    }

    @Test func `a load of days on which the tariff is not valid is priced with a word on it`()
        throws
    {
        let branch = try SmallBranch()
        for (day, isValid) in [("2026-01-31", true), ("2019-12-31", false)] {
            try branch.write("load.csv", "start,kwh\n\(day)T00:00:00,1\n\(day)T12:00:00,1\n")
            let outcome = try branch.tallywatt("tariff", "price", "Tariffs/flat.yaml", "load.csv")
            #expect(outcome.status == 0)
            #expect(
                outcome.err.contains("not on \(day): the load is priced as if it were") != isValid)
        }
    }
}
