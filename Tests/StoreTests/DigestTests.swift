// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

/// What counts as content, and what does not.
@Suite struct DigestTests {
    private static let network = [
        "nodes.csv": "node_id,parent_id,kind,name\nB,,company,Branch\nF1,B,feeder,First\n",
        "terminals.csv": "terminal_id,node_id\nT1,F1\n",
        "customers.csv": "customer_id,name,class\nC1,Ada,home\n",
        "service_points.csv": "service_point_id,node_id,timezone\nS1,F1,Asia/Shanghai\n",
        "meters.csv": """
        meter_id,service_point_id,terminal_id,installed,removed,multiplier,digits,interval_minutes
        M1,S1,T1,2026-01-01,,1,6,15

        """,
        "contracts.csv": """
        contract_id,service_point_id,customer_id,tariff_id,starts,ends,billing_day
        K1,S1,C1,flat,2026-03-10,,12

        """,
        "register_reads.csv":
            "meter_id,channel,at,kind,value\nM1,1.8.0,2026-01-01T00:00:00+08:00,install,5\n",
        "opening.csv": "contract_id,billed_through,key,value\nK1,2026-03-10,year_to_date.kwh,5\n",
    ]

    private func branch() throws -> TrialBranch {
        let branch = try TrialBranch(network: DigestTests.network)
        try branch.deliver(
            "night.csv",
            "meter_id,timestamp,kwh,quality\nM1,2026-03-10T00:00:00+08:00,1,A\nM9,x,1,A\n")
        try branch.run(asOf: "2026-03-12")
        return branch
    }

    @Test(arguments: [
        "UPDATE node SET name = 'Other' WHERE node_id = 'F1'",
        "UPDATE terminal SET node_id = 'B'",
        "UPDATE customer SET name = 'Bo'",
        "UPDATE service_point SET timezone = 'Asia/Urumqi'",
        "UPDATE meter SET multiplier = '2'",
        "UPDATE contract SET tariff_id = 'other'",
        "UPDATE register_read SET value = '6'",
        "UPDATE opening SET value = '6'",
        "UPDATE setting SET value = '2026-01-02' WHERE name = 'live_from'",
        "UPDATE source_file SET accepted = accepted + 1",
        "UPDATE source_file_energy SET sum = '2'",
        "UPDATE rejection SET closed_by = 1",
        "UPDATE exception SET status = 'closed'",
        "UPDATE delivery SET as_of = '2026-03-13'",
        "UPDATE change SET subject = 'other' WHERE seq = 1",
        "UPDATE feeder_delivery SET displaced = 1",
        "DELETE FROM block",
    ])
    func `a change of content changes the digest`(statement: String) throws {
        let branch = try branch()
        let before = try branch.digest()
        #expect(try branch.attempt(statement) == nil)
        #expect(try branch.digest() != before)
    }

    @Test(arguments: [
        "UPDATE run SET run_id = 100, started_at = '2000-01-01T00:00:00Z', finished_at = NULL",
        "UPDATE source_file SET name = 'other.csv'",
        "DELETE FROM seen_file",
        "UPDATE delivery_file SET path = '/elsewhere'",
        "UPDATE change SET user = 'another'",
        "UPDATE rejection SET rejection_id = rejection_id + 10",
    ])
    func `clocks, names and numbers of no meaning leave it`(statement: String) throws {
        let branch = try branch()
        let before = try branch.digest()
        #expect(try branch.attempt(statement) == nil)
        #expect(try branch.digest() == before)
    }
}
