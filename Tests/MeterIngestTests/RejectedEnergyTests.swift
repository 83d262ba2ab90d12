// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Testing

@testable import MeterIngest

/// Energy balances over all verdicts, so what is refused takes its energy with it.
@Suite struct RejectedEnergyTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    /// The energies of a file's rejections, which both ways of reading must agree on.
    private func energies(_ text: String, _ context: IngestContext) throws -> [String] {
        let (fast, _) = try ingest(try folder.write("file", text), context)
        let slow = try ingestCellByCell(Array(text.utf8), context)
        #expect(fast.difference(from: slow) == [])
        return fast.energies
    }

    @Test(arguments: [
        ("X9,2026-01-01 00:00,1.50,A", "unknown-meter 1.5"),
        ("M1,2025-12-31 23:45,0.25,A", "outside-installation 0.25"),
        ("M1,2026-01-01 00:07,2,E", "off-grid 2"),
        ("M1,2031-01-01 00:00,-3,A", "future-time -3"),
        ("M1,yesterday,4,A", "bad-time 4"),
        ("M1,2026-01-01 00:00,5,Q", "bad-quality 5"),
        ("R1,2026-01-01 00:00,6,A", "wrong-interval-length 6"),
        ("B1,2026-10-25 02:00,8,A", "ambiguous-time 8"),
        ("B1,2026-03-29 02:00,9,A", "nonexistent-time 9"),
    ])
    func `a good value is refused with its energy`(row: String, energy: String) throws {
        let found = try energies(
            "meter_id,timestamp,kwh,quality\n\(row)\n", try SmallNetwork.context())
        #expect(found == ["@2 \(energy) kWh 1.8.0"])
    }

    @Test(arguments: [
        ("kwh,quality", "X9,2026-01-01 00:00,7,N"),
        ("kwh,quality", "X9,2026-01-01 00:00,,A"),
        ("kwh,quality", "X9,2026-01-01 00:00,x,A"),
        ("kwh,quality", "X9,2026-01-01 00:00,0.00,A"),
        ("kwh,quality", "M1,2026-01-01 00:00,7"),
        ("kwh,channel", "M1,2026-01-01 00:00,7,import"),
        ("kvarh,channel", "M1,2026-01-01 00:00,7,1.8.0"),
    ])
    func `a cell without value, channel or unit has no energy`(columns: String, row: String) throws
    {
        let found = try energies(
            "meter_id,timestamp,\(columns)\n\(row)\n", try SmallNetwork.context())
        #expect(found == [])
    }

    @Test func `a channel column names what the energy is of`() throws {
        let found = try energies(
            """
            meter_id,timestamp,wh,quality,channel
            X9,2026-01-01 00:00,1500,A,2.8.0
            X9,2026-01-01 00:00,12,A,

            """, try SmallNetwork.context())
        #expect(found == ["@2 unknown-meter 1500 Wh 2.8.0", "@3 unknown-meter 12 Wh 1.8.0"])
    }

    @Test func `hours of a meter of quarter-hours are refused each with its energy`() throws {
        let found = try energies(
            """
            meter_id,timestamp,kwh,quality
            M1,2026-01-01 00:00,1,A
            M1,2026-01-01 01:00,2.5,A
            M1,2026-01-01 02:00,,A
            M1,2026-01-01 03:00,30,A

            """, try SmallNetwork.context())
        #expect(
            found == [
                "@2 wrong-interval-length 1 kWh 1.8.0", "@3 wrong-interval-length 2.5 kWh 1.8.0",
                "@5 wrong-interval-length 30 kWh 1.8.0",
            ])
    }

    private static func values(_ count: Int, _ value: String = "1.5") -> String {
        Array(repeating: value, count: count).joined(separator: ",")
    }

    // 47 × 1.5 = 70.5 and 48 × 1.5 = 72.
    @Test(arguments: [
        (
            "X9,E1,1,E1,N1,SN,kWh,30,", "20260101,0.25,\(values(47)),A",
            "unknown-meter 70.75 kWh 1.8.0:E1"
        ),
        (
            "X9,E1,1,E1,N1,SN,kWh,30,", "20260101,,\(values(46)),x,A",
            "unknown-meter 69 kWh 1.8.0:E1"
        ),
        (
            "NMI1,E1,1,B1,N1,SN,Wh,30,", "20260101,\(values(23)),1x,\(values(24)),A",
            "bad-number 70.5 Wh 2.8.0:B1"
        ),
        ("NMI1,E1,1,K2,N1,SN,kvarh,30,", "20260132,\(values(48)),A", "bad-time 72 kvarh 4.8.0:K2"),
        (
            "NMI1,E1,1,E1,N1,SN,kWh,30,", "20260101,\(values(48)),,,,20260102030405",
            "bad-quality 72 kWh 1.8.0:E1"
        ),
        ("NMI1,E1,1,E1,N1,SN,kWh,30,", "20260101,\(values(48)),Z", "bad-quality 72 kWh 1.8.0:E1"),
        ("NMI1,E1,1,E1,N1,SN,kWh,30,", "20260101,\(values(48)),V", "quality-rows 72 kWh 1.8.0:E1"),
        (
            "NMI1,E1,1,E1,N1,SN,kWh,30,", "20260101,\(values(48)),V\n400,1,24,N,,",
            "quality-rows 72 kWh 1.8.0:E1"
        ),
        (
            "NMI1,E1,1,E1,N1,SN,kWh,30,", "20260101,\(values(47)),A",
            "column-count 70.5 kWh 1.8.0:E1"
        ),
        (
            "NMI1,E1,1,E1,N1,SN,kWh,10,", "20260101,\(values(144)),A",
            "wrong-interval-length 216 kWh 1.8.0:E1"
        ),
        (
            "NMI1,E1,1,E1,N1,SN,kWh,15,", "20260101,\(values(96)),A",
            "wrong-interval-length 144 kWh 1.8.0:E1"
        ),
        ("NMI1,E1,1,E1,N1,SN,kWh,30,", "20300101,\(values(48)),A", "future-time 72 kWh 1.8.0:E1"),
        (
            "X9,E1,1,E1,N1,SN,kWh,30,",
            "20260101,0.000000001,\(values(47, "999999999999999999")),A",
            "unknown-meter 46999999999999999953.000000001 kWh 1.8.0:E1"
        ),
    ])
    func `a NEM12 row is refused with the energy found in it`(
        stream: String, row: String, energy: String
    ) throws {
        let text = "100,NEM12,202601010000,MDP,RET\n200,\(stream)\n300,\(row)\n900\n"
        #expect(try energies(text, try SmallNetwork.context()) == ["@3 \(energy)"])
    }

    @Test(arguments: [
        ("NMI1,E1,1,E1,N1,SN,kW,30,", "20260101,\(values(48)),A"),
        ("NMI1,E1,1,E1,N1,SN,kW-min,30,", "20260101,\(values(48)),A"),
        ("NMI1,E1,1,E1,N1,SN,kvarh,30,", "20260101,\(values(48)),A"),
        ("NMI1,E1,1,T1,N1,SN,kWh,30,", "20260101,\(values(48)),A"),
        ("X9,E1,1,E1,N1,SN,kWh,30,", "20260101,\(values(48)),N"),
        ("NMI1,E1,1,E1,N1,SN,kWh,30,", "20260132,\(values(48)),N"),
        // Without a quality, a time of update could not be told from a value.
        ("NMI1,E1,1,E1,N1,SN,kWh,30,", "20260101,\(values(48)),20260102030405"),
    ])
    func `a NEM12 row of no known energy has none`(stream: String, row: String) throws {
        let text = "100,NEM12,202601010000,MDP,RET\n200,\(stream)\n300,\(row)\n900\n"
        let (fast, _) = try ingest(try folder.write("file", text), try SmallNetwork.context())
        #expect(fast.rejections.count == 1)
        #expect(try energies(text, try SmallNetwork.context()) == [])
    }

    @Test func `values that 400 records hide are absent and no energy`() throws {
        // The first half is missing by the 400 records, the rest is 24 × 1.5 = 36.
        let text =
            "100,NEM12,202601010000,MDP,RET\n200,NMI1,E1,1,E1,N1,SN,kWh,30,\n"
            + "300,20300101,\(Self.values(48)),V\n400,1,24,N,,\n400,25,48,A,,\n900\n"
        #expect(
            try energies(text, try SmallNetwork.context()) == ["@3 future-time 36 kWh 1.8.0:E1"])
    }

    @Test(arguments: [
        ("interval_energy", "kWh", "X9", "unknown-meter -0.7"),
        ("interval_energy", "kWh", "M2", "wrong-interval-length -0.7"),
        // A quarter of an hour at −0.7 kW.
        ("mean_power", "kW", "X9", "unknown-meter -0.175"),
        ("mean_power", "kW", "M2", "wrong-interval-length -0.175"),
    ])
    func `a wide line is refused with the energy of its cells`(
        kind: String, unit: String, id: String, energy: String
    ) throws {
        let set = try profiles(
            """
            name: wide
            shape: wide
            kind: \(kind)
            columns:
              meter: meter_id
              timestamp: date
              values: {prefix: P, count: 96}
            unit: \(unit)
            label: start
            multiplier: not_applied
            """)
        let header = "meter_id,date," + (1...96).map { "P\($0)" }.joined(separator: ",")
        let row = "\(id),2026-01-02,1.3,-2" + String(repeating: ",", count: 94)
        let found = try energies("\(header)\n\(row)\n", try SmallNetwork.context(set))
        #expect(found == ["@2 \(energy) kWh 1.8.0"])
    }

    @Test(arguments: [
        // Lengths in minutes, the columns of a day: at 1.3 and −2 kW.
        ("X9", 144, "unknown-meter -7 kW-min"), ("X9", 72, "unknown-meter -14 kW-min"),
        ("M2", 288, "wrong-interval-length -3.5 kW-min"),
        ("M2", 96, "wrong-interval-length -0.175 kWh"),
    ])
    func `power over minutes is refused in its own unit`(id: String, count: Int, energy: String)
        throws
    {
        let set = try profiles(
            """
            name: wide
            shape: wide
            kind: mean_power
            columns:
              meter: meter_id
              timestamp: date
              values: {prefix: P, count: \(count)}
            unit: kW
            label: start
            multiplier: not_applied
            """)
        let header = "meter_id,date," + (1...count).map { "P\($0)" }.joined(separator: ",")
        let row = "\(id),2026-01-02,1.3,-2" + String(repeating: ",", count: count - 2)
        let found = try energies("\(header)\n\(row)\n", try SmallNetwork.context(set))
        #expect(found == ["@2 \(energy) 1.8.0"])
    }

    @Test func `registers are counted, not summed`() throws {
        let text = "meter_id,date,total,sharp,peak,flat,valley\nX9,2026-01-02,100,20,30,40,10\n"
        #expect(try energies(text, try SmallNetwork.context()) == [])
    }
}
