// SPDX-License-Identifier: Apache-2.0

import MeterModel
import MeterScan
import Testing

@testable import MeterIngest

/// Every code that reading a file can give, each from a small file of its own.
@Suite struct RejectionCodeTests {
    private static let long = "meter_id,timestamp,kwh,quality\n"
    private static let row = Array(repeating: "1", count: 48).joined(separator: ",")
    private static let stream = "100,NEM12,202601010000,MDP,RET\n200,NMI1,E1,1,E1,N1,SN,kWh,30,\n"

    private static let texts: [RejectionCode: String] = [
        .unknownMeter: long + "X9,2026-01-01 00:00,1,A\n",
        .outsideInstallation: long + "M1,2025-12-31 23:45,1,A\n",
        .wrongUnit: "meter_id,timestamp,kvarh\nM1,2026-01-01 00:00,1\n",
        .wrongIntervalLength: long + "R1,2026-01-01 00:00,1,A\n",
        .badNumber: long + "M1,2026-01-01 00:00,one,A\n",
        .badTime: long + "M1,2026-01-01,1,A\n",
        .ambiguousTime: long + "B1,2026-10-25 02:00,1,A\n",
        .nonexistentTime: long + "B1,2026-03-29 02:00,1,A\n",
        .futureTime: long + "M1,2031-01-01 00:00,1,A\n",
        .offGrid: long + "M1,2026-01-01 00:01,1,A\n",
        .badQuality: long + "M1,2026-01-01 00:00,1,Q\n",
        .badChannel: "meter_id,timestamp,kwh,channel\nM1,2026-01-01 00:00,1,E1\n",
        .badUnit: stream.replacing("kWh", with: "kilos") + "300,20260101,\(row),A\n",
        .columnCount: long + "M1,2026-01-01 00:00,1\n",
        .lineTooLong: long + String(repeating: "1", count: 1 << 17) + "\n",
        .recordOrder: stream.prefix(31) + "300,20260101,\(row),A\n",
        .unknownRecord: stream + "<html>\n",
        .qualityRows: stream + "300,20260101,\(row),V\n",
        .unknownFormat: "<html>\n",
        .emptyFile: "",
    ]

    private static let files: [RejectionCode: [UInt8]] = [
        .truncatedCompression: gzip(Array(long.utf8)).dropLast(),
        .corruptCompression: gzip(Array(long.utf8)) + [1],
        .unsupportedContainer: Array("BZh91AY&SY".utf8),
    ]

    /// The codes that a file gives, by the way a run reads it.
    private func codes(_ path: String?, _ context: IngestContext) -> Set<RejectionCode> {
        do throws(FileQuarantine) {
            var file = try FileIngest(path: path ?? "/nowhere", context: context)
            var batch = ReadingBatch()
            var rejections: [ReadingRejection] = []
            while try file.next(into: &batch, rejections: &rejections, cellBudget: 1000) {}
            #expect(batch.intervals.qualities.allSatisfy { $0 == 0 })
            return Set(rejections.map(\.code))
        } catch {
            #expect(error.code.isQuarantine)
            return [error.code]
        }
    }

    @Test(arguments: RejectionCode.allCases)
    func `every code has a file that provokes it and nothing else`(code: RejectionCode) throws {
        let folder = try TemporaryFolder()
        var context = try SmallNetwork.context()
        let path: String?
        switch code {
        case .tooLarge: return  // More than a gigabyte; the reader of containers tests it smaller.
        case .unreadableFile: path = nil
        case .badText:
            // Only a profile of another encoding looks at all characters.
            context.profiles = try profiles(
                """
                name: gbk
                shape: long
                label: start
                kind: interval_energy
                encoding: gb18030
                columns: {meter: meter_id, timestamp: timestamp, value: kwh}
                unit: kWh
                multiplier: applied
                """)
            path = try folder.write("file", bytes: Array("meter_id,timestamp,kwh\n".utf8) + [0xFF])
        default:
            if let text = Self.texts[code] {
                path = try folder.write("file", text)
            } else {
                path = try folder.write("file", bytes: try #require(Self.files[code]))
            }
        }
        #expect(codes(path, context) == [code])
    }
}
