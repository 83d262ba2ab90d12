// SPDX-License-Identifier: Apache-2.0

import BillTariff
import Foundation
import Quantities
import Testing

/// Records made up in the form of the OpenEI Utility Rate Database.
enum UrdbText {
    /// A grid of 12 months by 24 hours: period 1 from 12 to 20 hours of June to September.
    static func grid(peak: Int) -> String {
        let rows = (1...12).map { month in
            let hours = (0..<24).map {
                (6...9).contains(month) && (12..<20).contains($0) ? peak : 0
            }
            return "[" + hours.map(String.init).joined(separator: ",") + "]"
        }
        return "[" + rows.joined(separator: ",\n") + "]"
    }

    /// A record with these further fields.
    static func record(
        _ fields: String = "", energy: String = #"[[{"rate":0.061,"adj":0.002}],[{"rate":0.119}]]"#
    ) -> String {
        """
        {"label":"5a1","uri":"https://example.org/5a1","name":"General \\u201cTOU\\u201d",
         "utility":"Made-Up Power Co","sector":"Commercial","startdate":1767225600,"approved":true,
         "energyratestructure":\(energy),
         "energyweekdayschedule":\(grid(peak: 1)),
         "energyweekendschedule":\(grid(peak: 0)),
         "enddate":null,"demandcomments":""\(fields.isEmpty ? "" : ",\n" + fields)}
        """
    }

    static let decisions = """
        timezone: America/Chicago
        rounding: { money: 0.01, mode: half_up, at: line }

        """

    /// The tariff file of a record.
    static func tariffText(
        _ record: String, decisions: String? = decisions
    ) throws(TariffProblems) -> String {
        try Urdb.tariffText(
            of: record, file: "rates/made.up.urdb.json",
            decisions: decisions.map { ($0, "rates/made.up.decisions.yaml") })
    }

    /// The problems of a record, or of the tariff it makes.
    static func problems(_ record: String, decisions: String? = decisions) -> [String] {
        do throws(TariffProblems) {
            let text = try tariffText(record, decisions: decisions)
            _ = try Tariff.parse(text, file: "made.up.yaml", sha256: "")
            return []
        } catch { return error.problems.map(\.description) }
    }
}

@Suite struct UrdbTests {
    @Test func `a record is a tariff, with its grid and its prices`() throws {
        let text = try UrdbText.tariffText(UrdbText.record())
        let tariff = try Tariff.parse(text, file: "made.up.yaml", sha256: "")
        #expect(tariff.id == "made.up")
        #expect(tariff.version == "5a1")
        // 1 767 225 600 s after 1970 is New Year 2026.
        #expect(tariff.validFrom.description == "2026-01-01")
        #expect(tariff.validTo == nil)
        #expect(tariff.currency.code == "USD")
        #expect(tariff.name?.en == "Made-Up Power Co, General “TOU”")
        #expect(tariff.periods.names == ["p0", "p1"])
        let calendar = tariff.periods.calendar(datedDays: [:])
        // 1 July 2026 is a Wednesday, 4 July a Saturday.
        let weekday = calendar.periods(of: try #require(CivilDay(iso: "2026-07-01")))
        let weekend = calendar.periods(of: try #require(CivilDay(iso: "2026-07-04")))
        #expect(weekday[12 * 60 - 1] == 0 && weekday[12 * 60] == 1 && weekday[20 * 60] == 0)
        #expect(weekend.allSatisfy { $0 == 0 })
        guard case .energy(let energy) = try #require(tariff.charges.first).kind else {
            Issue.record("not an energy charge")
            return
        }
        #expect(energy.price.source(of: "p0")?.base == .number(try #require(Exact("0.063"))))
        #expect(energy.price.source(of: "p1")?.base == .number(try #require(Exact("0.119"))))
    }

    @Test func `the record is kept as it was`() throws {
        func value(_ text: String) throws -> NSDictionary {
            try #require(
                try JSONSerialization.jsonObject(with: Data(text.utf8)) as? NSDictionary)
        }
        for record in [
            UrdbText.record(), UrdbText.record("\"energycomments\":\"# no: 'comment'\\n\\ttab\""),
            "\n  " + UrdbText.record().replacing("\n", with: "\n\n") + "\n\n",
        ] {
            let decisions = UrdbText.decisions + "settled: [energycomments]\n"
            let text = try UrdbText.tariffText(
                record, decisions: record.contains("tab") ? decisions : UrdbText.decisions)
            let kept = try #require(try Urdb.record(in: text, file: "made.up.yaml"))
            #expect(try value(kept) == value(record))
        }
        #expect(try Urdb.record(in: TariffText.head, file: "t.yaml") == nil)
    }

    @Test func `an answer of the database may hold one rate`() throws {
        let record = UrdbText.record()
        let one = try UrdbText.tariffText("{\"items\":[\(record)]}")
        #expect(try Tariff.parse(one, file: "t", sha256: "").version == "5a1")
        let problems = UrdbText.problems("{\"items\":[\(record),\(record)]}")
        #expect(problems.count == 1 && problems[0].contains("wrong-shape"))
    }

    @Test func `what the record leaves open is listed at once`() {
        let problems = UrdbText.problems(
            UrdbText.record(
                #""fixedchargefirstmeter":14,"mincharge":20,"minchargeunits":"$/month""#,
                energy:
                    #"[[{"rate":0.06,"max":350},{"rate":0.09}],[{"rate":0.11,"max":350},{"rate":0.2}]]"#
            ), decisions: nil)
        for key in [
            "timezone: ", "rounding: ", "limits: ", "tier_allocation: ", "prorate: ",
            "minimum_scope: ",
        ] {
            #expect(
                problems.contains {
                    $0.contains("rates/made.up.urdb.json:") && $0.contains(": undecided: ")
                        && $0.contains("add " + key) && $0.contains("made.up.decisions.yaml")
                }, "\(key) \(problems)")
        }
    }

    @Test(arguments: [
        #""energycomments":"See rider FCA""#, #""demandreactivepowercharge":0.4"#,
        #""fixedattrs":[{"Rider":"0.002 per kWh"}]"#, #""coincidentratestructure":[[{"rate":9}]]"#,
        #""annualmincharge":100"#, #""somethingnew":1"#,
        #""lookbackpercent":0.8"#, #""demandratchetpercentage":[0,0.5]"#,
    ])
    func `a field that may change an amount refuses the tariff until it is settled`(field: String) {
        let record = UrdbText.record(field)
        let name = field.split(separator: "\"")[0]
        let problems = UrdbText.problems(record)
        #expect(problems.count == 1, "\(problems)")
        #expect(problems.first?.contains("undecided: '\(name)' may change") ?? false, "\(problems)")
        #expect(
            UrdbText.problems(record, decisions: UrdbText.decisions + "settled: [\(name)]\n")
                .isEmpty)
    }

    @Test(arguments: [
        #""demandreactivepowercharge":0"#, #""coincidentrateunit":"kW""#,
        #""peakkwcapacitymax":200"#,
        #""demandratchetpercentage":[0,0]"#, #""dgrules":null"#,
    ])
    func `a field that says nothing of money does not`(field: String) {
        #expect(UrdbText.problems(UrdbText.record(field)).isEmpty)
    }

    @Test(arguments: [
        (#"[[{"rate":0.1},{"rate":0.2}],[{"rate":0.1}]]"#, "unreachable"),
        (#"[[{"adj":0.1}],[{"rate":0.1}]]"#, "missing-key"),
        (#"[[{"rate":"a"}],[{"rate":0.1}]]"#, "bad-value"),
        (#"[[{"rate":1,"extra":1}],[{"rate":0.1}]]"#, "unknown-key"),
        (#"[[{"rate":1}]]"#, "bad-value"), (#"[[{"rate":1}],[]]"#, "bad-value"),
        (#"[[{"rate":1,"max":5,"unit":"kWh/hp"},{"rate":1}],[{"rate":0.1}]]"#, "bad-value"),
    ])
    func `prices that cannot be read are refused`(energy: String, code: String) {
        let problems = UrdbText.problems(
            UrdbText.record(energy: energy),
            decisions: UrdbText.decisions + "limits: whole\ntier_allocation: proportional\n")
        #expect(problems.contains { $0.contains(": \(code): ") }, "\(problems)")
    }

    @Test func `decisions are read as strictly as tariffs`() {
        let unknown = UrdbText.problems(
            UrdbText.record(), decisions: UrdbText.decisions + "tier_alocation: proportional\n")
        #expect(unknown.first?.contains("made.up.decisions.yaml:3:1: unknown-key") ?? false)
        let settled = UrdbText.problems(
            UrdbText.record(), decisions: UrdbText.decisions + "settled: [nothing]\n")
        #expect(settled.first?.contains("unknown-reference") ?? false)
        let wrong = UrdbText.problems(
            UrdbText.record(),
            decisions: UrdbText.decisions.replacing("half_up", with: "half"))
        #expect(wrong.first?.contains("bad-value") ?? false)
    }
}
