// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// By hand: 31 days × 1.20 = 37.20. K1: 744 h × 0.5 kWh = 372 kWh × 0.25 = 93.00, GST 13.02 of
/// 130.20, total 143.22. K2: 12.34 kWh × 0.25 = 3.085, billed 3.09, GST 4.03 of 40.29, total 44.32.
@Suite struct InvoiceCommandTests {
    @Test func `invoices are listed with their sums, and filters choose among them`() throws {
        let branch = try SmallBranch.billed()
        let all = try branch.tallywatt("invoice", "list", "--json")
        #expect(all.status == 0)
        let invoices = all.list("invoices")
        #expect(invoices.map { $0["contract_id"] as? String } == ["K1", "K2"])
        #expect(invoices.map { $0["net"] as? String } == ["130.20", "40.29"])
        #expect(invoices.map { $0["tax"] as? String } == ["13.02", "4.03"])
        #expect(invoices.map { $0["total"] as? String } == ["143.22", "44.32"])
        #expect(invoices.map { $0["customer"] as? String } == ["艾达 Ada", "Bo"])
        for (arguments, contracts) in [
            (["--contract", "K2"], ["K2"]), (["--feeder", "F1"], ["K1"]),
            (["--period", "2026-01"], ["K1", "K2"]), (["--period", "2026-02"], []),
        ] {
            let chosen = try branch.call(["invoice", "list", "--json"] + arguments)
            #expect(
                chosen.list("invoices").map { $0["contract_id"] as? String } == contracts,
                "\(arguments)")
        }
        let table = try branch.tallywatt("invoice", "list")
        #expect(table.out.split(separator: "\n").count == 3)
        let csv = try branch.tallywatt("invoice", "list", "--csv").out.split(separator: "\n")
        try #require(csv.count == 3)
        #expect(csv[0].hasPrefix("number,kind,status,contract_id,"))
        #expect(csv[2].contains(",40.29,4.03,44.32,0,2026-02-05"))
    }

    @Test
    func `a contract and a feeder are known by their invoices when the network has lost them`()
        throws
    {
        let branch = try SmallBranch.billed()
        func dropLast(_ name: String) throws {
            let lines = (SmallBranch.network[name] ?? "").split(separator: "\n")
            try branch.write("network/" + name, lines.dropLast().joined(separator: "\n") + "\n")
        }
        // K2 began on the day on which it ends, so nothing is left of it.
        try dropLast("contracts.csv")
        for more in [["--dry-run"], []] {
            _ = try branch.call(
                ["network", "import", "network", "--full", "--as-of", "2026-01-01"] + more)
        }
        let list = try branch.tallywatt("invoice", "list", "--contract", "K2", "--json")
        #expect(list.status == 0)
        #expect(list.list("invoices").map { $0["contract_id"] as? String } == ["K2"])
        let file = try branch.tallywatt("invoice", "export", "--contract", "K2", "--out", "k.csv")
        #expect(file.status == 0)
        #expect(try branch.tallywatt("invoice", "list", "--contract", "K3").status == 1)
    }

    @Test func `a bill shows its lines in both languages, taxes and total`() throws {
        let branch = try SmallBranch.billed()
        let number = try branch.number(of: "K2")
        let bill = try branch.tallywatt("invoice", "show", number)
        #expect(bill.status == 0)
        let lines = bill.out.split(separator: "\n").map { $0.split(separator: " ") }
        #expect(bill.out.contains("2026-01-01 – 2026-01-31"))
        #expect(lines.contains { $0.starts(with: ["基本费", "/", "Supply"]) && $0.last == "37.20" })
        #expect(lines.contains { $0.starts(with: ["电能电费", "/", "Usage"]) && $0.last == "3.09" })
        #expect(lines.contains(["税额", "GST", "0.1", "×", "40.29", "4.03", "AUD"]))
        #expect(lines.contains(["合计", "Total", "44.32", "AUD"]))

        let json = try branch.tallywatt("invoice", "show", number, "--json").json
        let usage = (json?["lines"] as? [[String: Any]])?.last
        #expect(usage?["quantity"] as? String == "12.34")
        #expect(usage?["price"] as? String == "0.25")
        #expect(usage?["amount"] as? String == "3.09")
        #expect(usage?["amount_exact"] as? String == "3.085")

        let unknown = try branch.tallywatt("invoice", "show", "INV-1999-000001")
        #expect(unknown.status == 1)
        #expect(unknown.err.contains("'INV-1999-000001' is not on record"))
    }

    @Test func `an explanation leads to formula, tariff file, known change and readings`() throws {
        let branch = try SmallBranch.billed()
        let number = try branch.number(of: "K2")
        let outcome = try branch.tallywatt("explain", number, "--line", "2", "--json")
        #expect(outcome.status == 0)
        let json = try #require(outcome.json)
        let lines = try #require(json["lines"] as? [[String: Any]])
        try #require(lines.map { $0["position"] as? Int } == [2])
        #expect((lines[0]["formula"] as? String)?.contains("12.34 kWh × 0.25") == true)
        // 12.34 × 0.25 = 3.085
        #expect(
            lines[0]["rounding"] as? String
                == "rounded half_up to 0.01 at the line: 3.09 (+0.005)")
        #expect((lines[0]["clause"] as? String)?.contains("id: usage") == true)
        let clause = try #require(lines[0]["tariff_line"] as? Int)
        let file = try branch.read("Tariffs/flat.yaml").split(
            separator: "\n", omittingEmptySubsequences: false)
        #expect(file[clause - 1].contains("id: usage"))
        #expect(json["tariff_sha256"] as? String == sha256(branch, "Tariffs/flat.yaml"))
        #expect(json["known_seq"] as? Int ?? 0 > 0)
        let registers = try #require(json["registers"] as? [[String: Any]])
        try #require(registers.map { $0["value"] as? String } == ["100", "112.34"])
        #expect(
            registers.map { $0["at"] as? String } == [
                "2026-01-01T00:00:00+10:00", "2026-02-01T00:00:00+10:00",
            ])
        #expect(registers[0]["sha256"] as? String == sha256(branch, "inbox/freezes.csv"))

        let intervals = try branch.tallywatt("explain", try branch.number(of: "K1"), "--json")
        let entry = try #require((intervals.json?["intervals"] as? [[String: Any]])?.first)
        #expect(entry["meter"] as? String == "M1")
        #expect(entry["quality"] as? [String: Int] == ["A": 744])
        #expect(entry["first_day"] as? String == "2026-01-01")
        #expect(entry["last_day"] as? String == "2026-01-31")
        #expect(entry["sha256"] as? String == sha256(branch, "inbox/january.csv"))

        let tooFar = try branch.tallywatt("explain", number, "--line", "3")
        #expect(tooFar.status == 1)
        #expect(tooFar.err.contains("lines 1 to 2"))
    }

    @Test func `an estimate is on the bill, and its explanation names method and finding`() throws {
        let row = "M1,2026-01-15T12:00:00+10:00,"
        let branch = try SmallBranch.billed(
            january: SmallBranch.january.replacing(row + "0.500,A", with: row + ",N"))
        let number = try branch.number(of: "K1")
        let bill = try branch.tallywatt("invoice", "show", number, "--json")
        #expect(bill.json?["estimated_values"] as? Int == 1)
        // Half way between 0.5 and 0.5.
        #expect(bill.json?["total"] as? String == "143.22")
        let outcome = try branch.tallywatt("explain", number, "--json")
        let intervals = try #require(outcome.json?["intervals"] as? [[String: Any]])
        let qualities = intervals.map { $0["quality"] as? [String: Int] }
        // 17 is the linear method of AEMO's table.
        #expect(qualities == [["A": 743, "N": 1], ["E17": 1]])
        #expect(intervals.last?["sha256"] is NSNull)
        let exceptions = try #require(outcome.json?["exceptions"] as? [[String: Any]])
        #expect(exceptions.map { $0["rule"] as? String } == ["missing-intervals"])
        #expect(exceptions.first?["starts_at"] as? String == "2026-01-15T12:00:00+10:00")
        let listed = try branch.tallywatt("exceptions", "list", "--meter", "M1", "--json")
        #expect(listed.list("exceptions").count == 1)
        let other = try branch.tallywatt("exceptions", "list", "--rule", "negative-interval")
        #expect(other.out == "no exceptions\n")
    }

    @Test func `an export has a row per line, or an object per invoice`() throws {
        let branch = try SmallBranch.billed()
        let csv = try branch.tallywatt("invoice", "export", "--out", "all.csv", "--json")
        #expect(csv.json?["invoices"] as? Int == 2)
        let rows = try branch.read("all.csv").split(separator: "\n")
        try #require(rows.count == 5)
        #expect(
            rows[0].hasSuffix(
                ",position,charge,description,quantity,unit,price,amount,amount_exact"))
        #expect(rows[4].hasSuffix(",12.34,kWh,0.25,3.09,3.085"))
        _ = try branch.tallywatt(
            "invoice", "export", "--out", "k1.json", "--format", "json", "--contract", "K1")
        let text = try branch.read("k1.json")
        let json = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
        let invoices = json?["invoices"] as? [[String: Any]]
        #expect(invoices?.map { $0["total"] as? String } == ["143.22"])
        #expect(!FileManager.default.fileExists(atPath: branch.path + "/all.csv.tmp"))
        let nowhere = try branch.tallywatt("invoice", "export", "--out", "no/where.csv")
        #expect(nowhere.status == 1)
        #expect(nowhere.err.contains("no/where.csv: cannot be written"))
    }

    @Test func `a month without readings holds its contracts, and the list says why`() throws {
        let branch = try SmallBranch.billed()
        // Late readings are waited for until 4 March; nothing is estimated before.
        let outcome = try branch.run(asOf: "2026-03-02")
        #expect(outcome.status == 2)
        let holds = try branch.tallywatt("holds", "list", "--json").list("holds")
        #expect(holds.map { $0["contract_id"] as? String } == ["K1", "K2"])
        #expect(holds.map { $0["period_start"] as? String } == ["2026-02-01", "2026-02-01"])
        let one = try branch.tallywatt(
            "holds", "list", "--json", "--code", "missing-intervals")
        #expect(one.list("holds").map { $0["contract_id"] as? String } == ["K1"])
        let none = try branch.tallywatt("holds", "list", "--contract", "K9")
        #expect(none.out == "no holds\n")
    }

    /// The hash by the system's own tool.
    private func sha256(_ branch: SmallBranch, _ name: String) -> String? {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["sha256sum", "\(branch.path)/\(name)"]
        let output = Pipe()
        process.standardOutput = output
        guard (try? process.run()) != nil else { return nil }
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self).split(separator: " ").first.map(String.init)
    }
}

extension SmallBranch {
    /// The number of a contract's one invoice.
    func number(of contract: String) throws -> String {
        let list = try tallywatt("invoice", "list", "--contract", contract, "--json")
        return list.list("invoices").first?["number"] as? String ?? ""
    }
}
