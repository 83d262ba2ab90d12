// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Quantities
import Testing

@Suite struct ContractTests {
    private func contract(
        _ start: String, _ end: String?, billingDay: Int, cycleMonths: Int
    ) throws -> Contract {
        let terms = Contract.Terms(
            from: try day(start), to: try end.map(day), tariffID: "tou", billingDay: billingDay,
            cycleMonths: cycleMonths, parameters: [:])
        return Contract(
            id: "A1", servicePoint: 0, customerID: "K1", zone: 0, terms: [terms], points: [])
    }

    /// Where periods begin, and where the last one ends.
    private func bounds(_ periods: [Range<CivilDay>]) -> [String] {
        zip(periods, periods.dropFirst()).forEach { #expect($0.upperBound == $1.lowerBound) }
        return (periods.map(\.lowerBound) + periods.suffix(1).map(\.upperBound)).map(\.description)
    }

    @Test(arguments: [
        // start, end, billing day, cycle, as of, bounds of the periods
        (
            "2026-01-01", nil, 1, 1, "2026-04-01",
            ["2026-01-01", "2026-02-01", "2026-03-01", "2026-04-01"]
        ),
        ("2026-01-01", nil, 1, 1, "2026-03-31", ["2026-01-01", "2026-02-01", "2026-03-01"]),
        ("2026-01-01", nil, 1, 1, "2026-01-31", []),
        ("2026-01-10", nil, 1, 1, "2026-03-05", ["2026-01-10", "2026-02-01", "2026-03-01"]),
        ("2026-01-10", nil, 15, 1, "2026-03-05", ["2026-01-10", "2026-01-15", "2026-02-15"]),
        (
            "2024-01-31", nil, 31, 1, "2024-05-31",
            ["2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30", "2024-05-31"]
        ),
        ("2026-01-31", nil, 30, 1, "2026-03-30", ["2026-01-31", "2026-02-28", "2026-03-30"]),
        ("2026-02-28", nil, 31, 1, "2026-04-30", ["2026-02-28", "2026-03-31", "2026-04-30"]),
        ("2026-01-01", nil, 1, 2, "2026-06-30", ["2026-01-01", "2026-03-01", "2026-05-01"]),
        (
            "2026-01-10", nil, 15, 2, "2026-06-30",
            ["2026-01-10", "2026-02-15", "2026-04-15", "2026-06-15"]
        ),
        (
            "2025-12-31", nil, 31, 2, "2026-06-30",
            ["2025-12-31", "2026-02-28", "2026-04-30", "2026-06-30"]
        ),
        (
            "2026-01-01", "2026-02-11", 1, 1, "2026-12-31",
            ["2026-01-01", "2026-02-01", "2026-02-11"]
        ),
        ("2026-01-01", "2026-02-11", 1, 1, "2026-02-10", ["2026-01-01", "2026-02-01"]),
        ("2026-01-01", "2026-02-01", 1, 1, "2026-12-31", ["2026-01-01", "2026-02-01"]),
        ("2026-01-05", nil, 1, 12, "2027-12-31", ["2026-01-05", "2027-01-01"]),
    ])
    func `periods end on the clamped billing day, every so many months`(
        start: String, end: String?, billingDay: Int, cycle: Int, asOf: String, expected: [String]
    ) throws {
        let contract = try contract(start, end, billingDay: billingDay, cycleMonths: cycle)
        #expect(bounds(contract.billingPeriods(upTo: try day(asOf))) == expected)
    }

    @Test func `new terms move the billing day from the period they begin with`() throws {
        let change = try day("2026-03-01")
        var contract = try contract("2026-01-01", "2026-03-01", billingDay: 1, cycleMonths: 1)
        contract.terms.append(
            Contract.Terms(
                from: change, tariffID: "flat", billingDay: 15, cycleMonths: 1, parameters: [:]))
        #expect(
            bounds(contract.billingPeriods(upTo: try day("2026-04-20"))) == [
                "2026-01-01", "2026-02-01", "2026-03-01", "2026-03-15", "2026-04-15",
            ])
        #expect(contract.terms(on: change)?.tariffID == "flat")
        #expect(contract.terms(on: change - 1)?.tariffID == "tou")
        #expect(contract.terms(on: try day("2025-12-31")) == nil)
    }

    @Test func `every day of a contract is in one period, and none is longer than its cycle`()
        throws
    {
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<300 {
            let start = try day("2023-01-01") + Int.random(in: 0..<1500, using: &generator)
            let billingDay = Int.random(in: 1...31, using: &generator)
            let cycle = Int.random(in: 1...13, using: &generator)
            let contract = try contract(
                start.description, nil, billingDay: billingDay, cycleMonths: cycle)
            let periods = contract.billingPeriods(upTo: start + 2000)
            #expect(periods.first?.lowerBound == start)
            // Each period begins what is left.
            for place in periods.indices {
                let rest = contract.billingPeriods(
                    from: periods[place].lowerBound, upTo: start + 2000)
                #expect(rest == Array(periods[place...]))
            }
            for (earlier, later) in zip(periods, periods.dropFirst()) {
                #expect(earlier.upperBound == later.lowerBound)
            }
            for period in periods {
                let (year, month, dayOfMonth) = period.upperBound.components
                let last = CivilDay.daysInMonth(year: year, month: month)
                #expect(dayOfMonth == min(billingDay, last))
                #expect(period.upperBound - period.lowerBound <= 31 * cycle)
                #expect(!period.isEmpty)
            }
        }
    }

    @Test func `a contract's rows are its terms, and its parameters those of the row`() throws {
        let network = try SmallNetwork([
            "contracts.csv": """
            contract_id,service_point_id,customer_id,tariff_id,starts,ends,billing_day,parameters,to,from
            A1,S1,K1,flat,2026-01-01,,1,contract_kw=50,,2026-04-01
            A1,S1,K1,tou,2026-01-01,,1,,2026-04-01,

            """,
            "opening.csv": "contract_id,billed_through,key,value\nA1,2026-02-01,ytd_kwh,12.50\n",
        ]).network()
        let contract = try #require(network.contract("A1"))
        #expect(contract.terms.map(\.tariffID) == ["tou", "flat"])
        #expect(contract.terms.map(\.parameters) == [[:], ["contract_kw": "50"]])
        #expect(contract.start == (try day("2026-01-01")))
        #expect(contract.end == nil)
        #expect(contract.customerID == "K1")
        #expect(
            contract.opening
                == Contract.Opening(
                    billedThrough: try day("2026-02-01"), values: ["ytd_kwh": Exact(25, over: 2)]))
        let servicePoint = try #require(network.servicePoint("S1"))
        let december = try day("2025-12-01")..<day("2026-01-01")
        let january = try day("2025-12-31")..<day("2026-01-02")
        #expect(network.contracts(ofServicePoint: servicePoint, within: december) == [])
        #expect(network.contracts(ofServicePoint: servicePoint, within: january) == [contract])
    }

    @Test(arguments: [
        // rows of contract_points.csv, points as service point, sign and share
        ("", ["S1 1 1"]),
        ("A1,S2,,-1,\n", ["S1 1 1", "S2 -1 1"]),
        ("A1,S1,,1,0.25\nA1,S2,1.8.0,1,0.75\n", ["S1 1 0.25", "S2 1 0.75"]),
    ])
    func `a contract's own service point counts unless a row names it`(
        rows: String, expected: [String]
    ) throws {
        let network = try SmallNetwork([
            "contract_points.csv": "contract_id,service_point_id,quantity,sign,share\n" + rows
        ]).network()
        let points = try #require(network.contract("A1")).points
        #expect(
            points.map { "\(network.servicePointIDs[$0.servicePoint]) \($0.sign) \($0.share)" }
                == expected)
    }
}
