// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import MeterIngest

@Suite struct FormatDetectionTests {
    @Test(arguments: [
        ("meter_id,timestamp,kwh,quality\n", "interval-long"),
        ("\n  \nmeter_id,timestamp,kwh\n", "interval-long"),
        ("timestamp,Wh,meter_id", "interval-long"),
        ("meter_id,date,total,sharp,peak,flat,valley\n", "register-daily"),
        (
            "meter_id,date,total,sharp,peak,flat,valley,deep_valley,reverse_total\n",
            "register-daily"
        ),
        ("100,NEM12,200405011135,MDA1,Ret1\n", "nem12"),
        ("100, nem12 ,200405011135\r\n", "nem12"),
        ("\n200,NMI111,E1,E1,E1,N1,SN,KWH,15\n", "nem12"),
        ("100,NEM13,200401101030,MDA1,Ret1\n", nil),
        ("meter_id,timestamp,kwh,wh\n", nil),
        ("meter_id,timestamp,timestamp,kwh\n", nil),
        ("meter_id,kwh\n", nil),
        ("<?xml version=\"1.0\"?>\n", nil),
        ("", nil),
    ])
    func `a file is known by its first line`(text: String, name: String?) {
        let found = ReadingFormat.detect(Array(text.utf8)[...], profiles: .builtIn)
        #expect(found?.format.name == name)
    }

    @Test func `a profile that asks more of the header comes first`() throws {
        let set = try profiles(
            """
            name: head-end-7
            shape: long
            label: start
            kind: interval_energy
            detect: [batch]
            columns: {meter: meter_id, timestamp: timestamp, value: kwh, quality: quality}
            unit: kWh
            multiplier: applied
            """)
        for (text, name) in [
            ("meter_id,timestamp,kwh,quality,batch\n", "head-end-7"),
            ("meter_id,timestamp,kwh,quality\n", "interval-long"),
        ] {
            let found = ReadingFormat.detect(Array(text.utf8)[...], profiles: set)
            #expect(found?.format.name == name)
            #expect(found?.format.isMultiplierApplied == (name == "head-end-7"))
        }
    }
}
