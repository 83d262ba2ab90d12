// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

/// What `verify` finds in a database that somebody changed behind our back.
@Suite struct VerificationTests {
    private func billed() throws -> TrialBranch {
        let branch = try TwoFeeders.branch()
        for meter in ["M1", "M2", "M3"] {
            for day in ["2026-03-10", "2026-03-11"] {
                let rows = TwoFeeders.rows(meter, day: day, "0.125", slots: 0..<96)
                try branch.deliver("\(meter)-\(day).csv", TwoFeeders.header + rows)
            }
        }
        try branch.bill(asOf: "2026-03-12")
        return branch
    }

    @Test(arguments: [
        ("DELETE FROM source_file_energy", "law 1: a file's energy"),
        ("UPDATE source_file_energy SET sum = '1'", "law 1: a file's energy"),
        ("UPDATE source_file SET accepted = accepted - 1", "law 1: a file's readings are the sum"),
        (
            "UPDATE source_file SET accepted = accepted - 1, readings = readings - 1",
            "law 1: a file's readings are in its parts"
        ),
        ("DELETE FROM block WHERE day = (SELECT min(day) FROM block)", "law 1: what came"),
        ("DELETE FROM part WHERE part_id = 2", "law 1: what is settled is listed"),
        ("UPDATE part SET month = month + 1", "missing"),
        ("UPDATE tariff_file SET body = body || ' '", "law 8: a tariff is kept as it was used"),
        ("DELETE FROM tariff_file", "law 8: the tariff behind an invoice"),
        (
            "INSERT INTO invoice SELECT 99, 'INV-2026-000004', kind, contract_id, customer_id, "
                + "service_point_id, feeder_id, '2026-03-11', '2026-03-12', tariff_id, "
                + "tariff_version, tariff_sha256, inputs_sha256, known_seq, engine_version, "
                + "currency, minor_digits, 0, 0, 0, 0, NULL, NULL, issued_on, run_id "
                + "FROM invoice WHERE contract_id = 'K1'", "law 6: a contract and period"
        ),
    ])
    func `what breaks a law is found`(statement: String, problem: String) throws {
        let branch = try billed()
        #expect(try branch.problems() == [])
        #expect(try branch.attempt(statement) == nil)
        let problems = try branch.problems()
        #expect(problems.contains { $0.contains(problem) }, "\(problems)")
    }
}
