// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Testing

/// What a folder with one file changed is refused with.
private struct Refusal: Sendable, CustomTestStringConvertible {
    var code: NetworkError.Code
    var file: String
    /// The file's text; nil removes it.
    var text: String?
    /// What the operator reads.
    var message: String

    var testDescription: String { message }

    init(_ code: NetworkError.Code, _ file: String, _ text: String?, _ message: String) {
        (self.code, self.file, self.text, self.message) = (code, file, text, message)
    }
}

private let meterHeader =
    "meter_id,service_point_id,terminal_id,installed,removed,multiplier,digits,interval_minutes"
private let contractHeader =
    "contract_id,service_point_id,customer_id,tariff_id,starts,ends,billing_day"

private let fileRefusals = [
    Refusal(
        .missingFile, "terminals.csv", nil,
        "terminals.csv: missing-file: the folder has no terminals.csv — add it, with the header "
            + "terminal_id,node_id"),
    Refusal(
        .unknownFile, "contract_point.csv", "a\n",
        "contract_point.csv: unknown-file: not a file of a network folder — correct its name, or "
            + "move it out of the folder"),
    Refusal(
        .missingColumn, "customers.csv", "customer_id,name\nK1,Ada\nK2,Bo\n",
        "customers.csv:1: missing-column: no column class — add it to the header"),
    Refusal(
        .missingColumn, "opening.csv", "",
        "opening.csv:1: missing-column: the file is empty — write the header "
            + "contract_id,billed_through,key,value"),
    Refusal(
        .duplicateColumn, "terminals.csv", "terminal_id,node_id,node_id\nC1,T1,T1\n",
        "terminals.csv:1: duplicate-column: two columns node_id — remove one of them"),
    Refusal(
        .badCSV, "terminals.csv", "terminal_id,node_id\nC1,T1\nC2,\"T1\n",
        "terminals.csv:3: bad-csv: a quoted field does not end — close its quotes"),
    Refusal(
        .columnCount, "terminals.csv", "terminal_id,node_id\nC1,T1\nC2\n",
        "terminals.csv:3: column-count: 1 fields where the header has 2 — write one field per column"
    ),
]

private let fieldRefusals = [
    Refusal(
        .badID, "meters.csv", "\(meterHeader)\n\"M,1\",S1,,2026-01-01,,1,6,15\n",
        "meters.csv:2: bad-id: meter_id 'M,1' holds a separator, a quote or a control character — "
            + "write it as reading files can name it"),
    Refusal(
        .emptyValue, "terminals.csv", "terminal_id,node_id\nC1,T1\n,T1\n",
        "terminals.csv:3: empty-value: terminal_id is empty — fill it in"),
    Refusal(
        .emptyValue, "meters.csv", "\(meterHeader),basis\nM1,S1,,2026-01-01,,1,6,,interval\n",
        "meters.csv:2: empty-value: interval_minutes is empty though basis is interval — fill it in, "
            + "or bill by register"),
    Refusal(
        .emptyValue, "meters.csv", "\(meterHeader)\nM1,S1,,2026-01-01,,1,,\n",
        "meters.csv:2: empty-value: digits is empty though registers are billed — fill in the "
            + "register's digits before the point"),
    Refusal(
        .unknownValue, "service_points.csv",
        "service_point_id,node_id,timezone,role\nS1,T1,Asia/Shanghai,total\n",
        "service_points.csv:2: unknown-value: role 'total' is not known — use one of customer, "
            + "transformer_total, feeder_total, check"),
    Refusal(
        .badDate, "meters.csv", "\(meterHeader)\nM1,S1,C1,2026-02-30,,40,6,15\n",
        "meters.csv:2: bad-date: installed '2026-02-30' is not a date — write it as 2026-01-31 or as "
            + "2026-01-31T08:00:00+08:00"),
    Refusal(
        .badNumber, "meters.csv", "\(meterHeader)\nM1,S1,C1,2026-01-01,,0,6,15\n",
        "meters.csv:2: bad-number: multiplier '0' is not a number above 0 — write a plain decimal such "
            + "as 40 or 0.5"),
    Refusal(
        .badNumber, "meters.csv", "\(meterHeader)\nM1,S1,C1,2026-01-01,,1/3,6,15\n",
        "meters.csv:2: bad-number: multiplier '1/3' is not a number above 0 — write a plain decimal "
            + "such as 40 or 0.5"),
    Refusal(
        .badNumber, "meters.csv", "\(meterHeader)\nM1,S1,C1,2026-01-01,,40,6,7\n",
        "meters.csv:2: bad-number: interval_minutes '7' does not divide a day — use 5, 15, 30, 60 or "
            + "another divisor of 1440"),
    Refusal(
        .badNumber, "contracts.csv", "\(contractHeader)\nA1,S1,K1,tou,2026-01-01,,32\n",
        "contracts.csv:2: bad-number: billing_day '32' is not a whole number — write one from 1 to 31"
    ),
    Refusal(
        .badNumber, "contracts.csv",
        "\(contractHeader),cycle_months\nA1,S1,K1,tou,2026-01-01,,1,0\n",
        "contracts.csv:2: bad-number: cycle_months '0' is not a whole number — write one from 1 to 120"
    ),
    Refusal(
        .badNumber, "contract_points.csv",
        "contract_id,service_point_id,quantity,sign,share\nA1,S2,,-2,\n",
        "contract_points.csv:2: bad-number: sign '-2' is not known — use 1 to add, -1 to deduct"),
    Refusal(
        .badNumber, "contract_points.csv",
        "contract_id,service_point_id,quantity,sign,share\nA1,S2,,1,1.5\n",
        "contract_points.csv:2: bad-number: share '1.5' is more than all — write 0.5 for a half"),
    Refusal(
        .badNumber, "register_reads.csv",
        "meter_id,channel,at,kind,value\nM1,1.8.0,2026-01-01,install,x\n",
        "register_reads.csv:2: bad-number: value 'x' is not a number — write a plain decimal such as "
            + "12345.67"),
    Refusal(
        .badChannel, "register_reads.csv",
        "meter_id,channel,at,kind,value\nM1,import,2026-01-01,install,0\n",
        "register_reads.csv:2: bad-channel: channel 'import' is not a register — write an OBIS code "
            + "such as 1.8.0"),
    Refusal(
        .badParameters, "contracts.csv",
        "\(contractHeader),parameters\nA1,S1,K1,tou,2026-01-01,,1,kva=5;1250\n",
        "contracts.csv:2: bad-parameters: parameters has '1250' — write key=value, with ; between pairs"
    ),
    Refusal(
        .unknownTimeZone, "service_points.csv",
        "service_point_id,node_id,timezone\nS1,T1,Asia/Turpan\n",
        "service_points.csv:2: unknown-time-zone: timezone 'Asia/Turpan' is not known — use an IANA "
            + "name such as Asia/Shanghai, and install tzdata"),
]

private let referenceRefusals = [
    Refusal(
        .unknownNode, "terminals.csv", "terminal_id,node_id\nC1,T9\n",
        "terminals.csv:2: unknown-node: node_id 'T9' is not in nodes.csv — add it there, or correct "
            + "the id"),
    Refusal(
        .unknownTerminal, "meters.csv", "\(meterHeader)\nM1,S1,C9,2026-01-01,,40,6,15\n",
        "meters.csv:2: unknown-terminal: terminal_id 'C9' is not in terminals.csv — add it there, or "
            + "correct the id"),
    Refusal(
        .unknownCustomer, "contracts.csv", "\(contractHeader)\nA1,S1,K9,tou,2026-01-01,,1\n",
        "contracts.csv:2: unknown-customer: customer_id 'K9' is not in customers.csv — add it there, "
            + "or correct the id"),
    Refusal(
        .unknownServicePoint, "meters.csv", "\(meterHeader)\nM1,S9,C1,2026-01-01,,40,6,15\n",
        "meters.csv:2: unknown-service-point: service_point_id 'S9' is not in service_points.csv — "
            + "add it there, or correct the id"),
    Refusal(
        .unknownMeter, "register_reads.csv",
        "meter_id,channel,at,kind,value\nM9,1.8.0,2026-01-01,install,0\n",
        "register_reads.csv:2: unknown-meter: meter_id 'M9' is not in meters.csv — add it there, or "
            + "correct the id"),
    Refusal(
        .unknownContract, "opening.csv", "contract_id,billed_through,key,value\nA9,2026-01-01,,\n",
        "opening.csv:2: unknown-contract: contract_id 'A9' is not in contracts.csv — add it there, or "
            + "correct the id"),
]

private let historyRefusals = [
    Refusal(
        .duplicateID, "customers.csv", "customer_id,name,class\nK1,Ada,home\nK1,Ada,home\n",
        "customers.csv:3: duplicate-id: 'K1' repeats its row in line 2 — remove one, or give each its "
            + "from and to"),
    Refusal(
        .emptySpan, "meters.csv", "\(meterHeader)\nM1,S1,C1,2026-05-01,2026-05-01,40,6,15\n",
        "meters.csv:2: empty-span: 'M1' ends before it begins — correct its dates"),
    Refusal(
        .overlappingSpans, "meters.csv",
        "\(meterHeader),to\nM1,S1,C1,2026-01-01,,40,6,15,2026-05-02\n"
            + "M1,S1,C1,2026-05-01,,60,6,15,\n",
        "meters.csv:3: overlapping-spans: 'M1' overlaps its row in line 2 — let one begin where the "
            + "other ends"),
    Refusal(
        .nodeCycle, "nodes.csv",
        "node_id,parent_id,kind,name\nF1,X,feeder,\nF2,,feeder,\nX,F1,station,\nT1,F1,transformer,\n"
            + "T2,F2,transformer,\n",
        "nodes.csv:4: node-cycle: parent_id 'F1' is below 'X' at the same time — correct one of the "
            + "parents"),
    Refusal(
        .noFeeder, "nodes.csv",
        "node_id,parent_id,kind,name,to\nF1,,feeder,,\nF2,,feeder,,\n"
            + "T1,F1,transformer,,2026-06-01\nT2,F2,transformer,,\n",
        "meters.csv:2: no-feeder: service point 'S1' of 'M1' has no feeder above it from 2026-06-01 — "
            + "let its row and the rows of the nodes above it cover that time"),
    Refusal(
        .twoBillingMeters, "meters.csv",
        "\(meterHeader)\nM1,S1,C1,2026-01-01,,40,6,15\nM2,S1,C1,2026-03-01,,40,6,15\n",
        "meters.csv:3: two-billing-meters: 'M2' and 'M1' both bill service point 'S1' from 2026-03-01 "
            + "— end one before the other begins, or set its use to check"),
    Refusal(
        .overlappingContracts, "contracts.csv",
        "\(contractHeader)\nA1,S1,K1,tou,2026-01-01,2026-06-01,1\nA2,S1,K2,tou,2026-05-31,,1\n",
        "contracts.csv:3: overlapping-contracts: 'A2' and 'A1' both hold for service point 'S1' from "
            + "2026-05-31 — end one before the other starts"),
    Refusal(
        .changedContract, "contracts.csv",
        "\(contractHeader)\nA1,S1,K1,tou,2026-01-01,2026-06-01,1\nA1,S1,K2,tou,2026-06-01,,1\n",
        "contracts.csv:3: changed-contract: 'A1' has another service point or customer than its row in "
            + "line 2 — end the contract and give the new one its own id"),
    Refusal(
        .termsGap, "contracts.csv",
        "\(contractHeader)\nA1,S1,K1,tou,2026-01-01,2026-06-01,1\nA1,S1,K1,flat,2026-06-02,,1\n",
        "contracts.csv:3: terms-gap: 'A1' has no terms from 2026-06-01 — let the rows of a contract "
            + "abut, or give the later one its own id"),
    Refusal(
        .billedTotal, "service_points.csv",
        "service_point_id,node_id,timezone,role\nS1,T1,Asia/Shanghai,transformer_total\n",
        "contracts.csv:2: billed-total: 'A1' bills service point 'S1', whose role is transformer_total "
            + "— remove the contract, or correct the role"),
    Refusal(
        .openingConflict, "opening.csv",
        "contract_id,billed_through,key,value\nA1,2026-03-01,ytd_kwh,5\nA1,2026-04-01,bank,5\n",
        "opening.csv:3: opening-conflict: 'A1' is billed through 2026-04-01 here and through 2026-03-01 "
            + "in its row in line 2 — give a contract one billed_through"),
]

@Suite struct NetworkErrorTests {
    /// What a folder is refused with.
    private func errors(_ folder: SmallNetwork) -> NetworkErrors {
        do throws(NetworkErrors) {
            _ = try folder.network()
            return NetworkErrors()
        } catch {
            return error
        }
    }

    @Test(arguments: fileRefusals + fieldRefusals + referenceRefusals + historyRefusals)
    private func `what is wrong is said with its place and its mend`(refusal: Refusal) {
        let found = errors(SmallNetwork([refusal.file: refusal.text]))
        #expect(found.errors.first?.code == refusal.code)
        #expect(found.errors.map(\.description).contains(refusal.message), "\(found)")
    }

    @Test func `every code has a folder that provokes it`() {
        let provoked = fileRefusals + fieldRefusals + referenceRefusals + historyRefusals
        #expect(Set(provoked.map(\.code)) == Set(NetworkError.Code.allCases))
    }

    @Test func `the unchanged folder is accepted`() {
        #expect(errors(SmallNetwork()).isEmpty)
    }

    @Test func `all that is wrong is said at once, and nothing that only follows from it`() {
        let folder = SmallNetwork([
            "terminals.csv": nil,
            "customers.csv": "customer_id,name\nK1,Ada\n",
            "meters.csv": "\(meterHeader)\nM1,S9,C1,yesterday,0206-01-01,-1,6,15\n",
        ])
        #expect(
            errors(folder).errors.map(\.code) == [
                .missingFile, .missingColumn, .badDate, .badDate, .badNumber, .unknownServicePoint,
            ])
    }

    @Test func `a hundred errors are told in full and the rest counted`() {
        let lines = (0..<130).map { "C\($0),T9" }
        let text = "terminal_id,node_id\n" + lines.joined(separator: "\n")
        let found = errors(SmallNetwork(["terminals.csv": text]))
        // The meter's terminal C1 is among the hundred and thirty.
        #expect(found.errors.count == 100)
        #expect(found.omitted == 30)
        #expect(found.description.hasSuffix("\nand 30 more"))
    }

    @Test func `a node under two parents at different times is not a circle`() throws {
        let network = try SmallNetwork([
            "nodes.csv": """
            node_id,parent_id,kind,name,from,to
            F1,,feeder,,,
            F2,,feeder,,,
            X,F1,station,,,2026-06-01
            X,T1,station,,2026-06-01,
            T1,X,transformer,,,2026-06-01
            T1,F2,transformer,,2026-06-01,
            T2,F2,transformer,,,

            """
        ]).network()
        #expect(network.nodeIDs.count == 5)
    }
}
