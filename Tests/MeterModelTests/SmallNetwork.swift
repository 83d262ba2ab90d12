// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Quantities

/// A network folder of one branch, two feeders and one meter; tests change files of it.
struct SmallNetwork {
    var files: [String: String] = [
        "nodes.csv": """
        node_id,parent_id,kind,name
        B,,company,Branch
        F1,B,feeder,First
        F2,B,feeder,Second
        T1,F1,transformer,Mill
        T2,F2,transformer,Well

        """,
        "terminals.csv": "terminal_id,node_id\nC1,T1\n",
        "customers.csv": "customer_id,name,class\nK1,Ada,home\nK2,Bo,farm\n",
        "service_points.csv": """
        service_point_id,node_id,timezone
        S1,T1,Asia/Shanghai
        S2,T2,Asia/Shanghai

        """,
        "meters.csv": """
        meter_id,service_point_id,terminal_id,installed,removed,multiplier,digits,interval_minutes
        M1,S1,C1,2026-01-01,,40,6,15

        """,
        "contracts.csv": """
        contract_id,service_point_id,customer_id,tariff_id,starts,ends,billing_day
        A1,S1,K1,tou,2026-01-01,,1

        """,
    ]

    /// The folder with some files replaced, or removed where the text is nil.
    init(_ changes: [String: String?] = [:]) {
        for (name, text) in changes { files[name] = text }
    }

    /// The files as a folder gives them.
    var folder: [NetworkRows.File] {
        files.sorted { $0.key < $1.key }.map { (name: $0.key, bytes: Array($0.value.utf8)) }
    }

    func rows() throws(NetworkErrors) -> NetworkRows {
        try NetworkRows(reading: folder, scope: .whole)
    }

    func network(numbers: NetworkNumbers = NetworkNumbers()) throws(NetworkErrors) -> Network {
        try SmallNetwork.compile(rows(), numbers: numbers)
    }

    static func compile(
        _ rows: NetworkRows, numbers: NetworkNumbers = NetworkNumbers()
    ) throws(NetworkErrors) -> Network {
        try Network(
            rows, numbers: numbers, importedOn: CivilDay(number: 20_454), zones: SmallNetwork.zone)
    }

    /// Shanghai as it is since 1991; Sydney with the two changes of 2026.
    static func zone(_ name: String) throws(TimeZoneError) -> TimeZoneTable {
        switch name {
        case "Asia/Shanghai": TimeZoneTable(name: name, fixedOffset: 28_800)
        case "Australia/Sydney":
            // 2026-04-05T03:00+11:00 and 2026-10-04T02:00+10:00.
            TimeZoneTable(
                name: name, transitions: [1_775_318_400, 1_791_043_200],
                offsets: [39_600, 36_000, 39_600])
        default: throw .unknown(name)
        }
    }
}

/// The day of a date that is right.
func day(_ text: String) throws -> CivilDay {
    struct NoSuchDay: Error {}
    guard let day = CivilDay(iso: text) else { throw NoSuchDay() }
    return day
}

/// The midnight in China at which a day begins.
func midnight(_ text: String) throws -> Instant {
    Instant(day: try day(text), offset: 28_800)
}

/// A small generator of numbers that repeat for a seed.
///
/// Source: Sebastiano Vigna, SplitMix64, public domain.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
