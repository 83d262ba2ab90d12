// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite struct TouchedLinesTests {
    private static let charges = """
        periods: { peak: { time: 08:00-20:00 }, off: rest }
        registers: { peak: 1.8.2, off: 1.8.4 }
        charges:
          - { id: supply, kind: fixed, price: 1.20, per: day }
          - id: usage
            kind: energy
            on: import.kwh
            price: { peak: 0.30, off: 0.20 }
          - { id: levy, kind: percentage, of: usage, base: as_billed, rate: 0.02 }
          - { id: rebate, kind: percentage, of: [supply, levy], base: as_billed, rate: -0.01 }
          - { id: gst, kind: tax, category: GST, of: all, base: as_billed, rate: 0.10 }

        """

    /// A branch whose January is billed by two periods, with what follows from each.
    private func branch() throws -> SmallBranch {
        try SmallBranch.billed(
            freezes: """
                meter_id,date,total,sharp,peak,flat,valley
                M2,2025-12-31,100.00,10.00,20.00,30.00,40.00
                M2,2026-01-31,112.34,10.00,26.00,30.00,46.34

                """,
            tariff: String(
                SmallBranch.tariff.prefix(
                    upTo: try #require(SmallBranch.tariff.range(of: "charges:")).lowerBound))
                + Self.charges)
    }

    /// The lines that a reading touched, as `charge description < through`.
    private func lines(
        _ branch: SmallBranch, _ meter: String, _ at: String, _ channel: String = "1.8.0"
    ) throws -> [String] {
        let outcome = try branch.tallywatt(
            "explain", "--meter", meter, "--at", at, "--channel", channel, "--json")
        #expect(outcome.status == 0)
        return outcome.list("lines").map { line in
            let through = line["through"] as? String ?? ""
            return
                "\(line["description"] as? String ?? "")\(through.isEmpty ? "" : " < \(through)")"
        }
    }

    @Test func `an interval touches the lines of its period, and what is taken of them`() throws {
        let branch = try branch()
        let shares = ["levy < usage", "rebate < usage > levy"]
        #expect(
            try lines(branch, "M1", "2026-01-15T08:00+10:00") == ["usage · peak"] + shares)
        #expect(
            try lines(branch, "M1", "2026-01-15T07:00+10:00") == ["usage · off"] + shares)
        // The first interval of February is of the next period, the last of January of this one.
        #expect(try lines(branch, "M1", "2026-02-01T00:00+10:00") == [])
        #expect(try lines(branch, "M1", "2026-01-31T23:00+10:00") == ["usage · off"] + shares)
        #expect(try lines(branch, "M1", "2026-01-15T08:00+10:00", "2.8.0") == [])
        let text = try branch.tallywatt(
            "explain", "--meter", "M3", "--at", "2026-01-15T08:00+10:00")
        #expect(text.out == "no invoice line rests on this reading\n")
    }

    @Test func `a register touches the bills that begin and end with it`() throws {
        let branch = try branch()
        let shares = ["levy < usage", "rebate < usage > levy"]
        for at in ["2026-01-01T00:00+10:00", "2026-02-01T00:00+10:00"] {
            #expect(try lines(branch, "M2", at, "1.8.2") == ["usage · peak"] + shares)
            #expect(try lines(branch, "M2", at, "1.8.4") == ["usage · off"] + shares)
        }
        #expect(try lines(branch, "M2", "2026-02-02T00:00+10:00", "1.8.2") == [])
    }

    @Test func `what is asked must be a reading or an invoice`() throws {
        let branch = try SmallBranch()
        for call in [
            ["explain"], ["explain", "--meter", "M1"],
            ["explain", "X", "--meter", "M1", "--at", "2026"],
            ["explain", "--meter", "M1", "--at", "noon"],
            ["explain", "--meter", "M1", "--at", "2026-01-15T08:00+10:00", "--channel", "x"],
        ] {
            #expect(try branch.call(call).status == 64, "\(call)")
        }
    }
}
