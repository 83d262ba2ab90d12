// SPDX-License-Identifier: Apache-2.0

import BillRating
import BillTariff
import Foundation
import Quantities
import TestSupport
import Testing

/// A night bills a load by every shipped tariff as `tariff price` does.
@Suite struct ShippedTwinTests {
    private static let folder = packageRoot + "/Tariffs"

    /// The names of the tariffs' files.
    static let names: [String] = {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return all.filter {
            $0.hasSuffix(Urdb.ending)
                || $0.hasSuffix(".yaml") && !$0.hasSuffix(Urdb.decisionsEnding)
        }.sorted()
    }()

    @Test(arguments: names)
    func `a shipped tariff bills a load as it prices it`(name: String) throws {
        let loaded = try TariffFolder.load(files: ["\(Self.folder)/\(name)"], sha256: { _ in "" })
        let tariff = try #require(loaded.entries.first).tariff
        let parameters = try #require(tariff.examples.first).parameters
        // Made-up prices of intervals are of a few days.
        let isShort = tariff.charges.contains { $0.kind.intervalPrice != nil }
        let minutes = tariff.id.hasPrefix("gb.") ? 30 : 15
        let load = try Self.load(tariff, days: isShort ? 2 : 27, minutes: minutes)
        let priced = try tariff.price(
            load: load.text, file: "load.csv", parameters: parameters, series: loaded.series)

        let terms = parameters.map { "\($0.key)=\($0.value)" }.sorted().joined(separator: ";")
        let end = isShort ? "2026-01-07" : ""
        let network = MonthlyBranch.network(
            "M1,S1,T1,2025-01-01,,1,6,\(minutes)",
            ["K1,S1,C1,\(tariff.id),2026-01-05,\(end),1,1,\(terms)"],
            "S1,F1,\(tariff.timeZoneName)\n")
        let branch = try TrialBranch(network: network)
        for (channel, text) in load.files { try branch.deliver("\(channel).csv", text) }
        _ = try branch.run(asOf: "2026-02-05", tariffs: Self.folder)
        #expect(try branch.rows("SELECT code, detail FROM hold").isEmpty)
        #expect(priced.periods.count == 1)
        try Twin.expectLines(of: try #require(priced.periods.first).bill, in: branch)
        #expect(
            try branch.rows("SELECT total_minor FROM invoice")
                == [["\(priced.total.minorUnits)"]])
        #expect(try branch.problems().isEmpty)
    }

    /// A load from 5 January, as `tariff price` takes it and as meters send it.
    private static func load(
        _ tariff: Tariff, days: Int, minutes: Int
    ) throws -> (text: String, files: [(String, String)]) {
        let zone = try TimeZoneTable.named(tariff.timeZoneName)
        let first = zone.startOfDay(try #require(CivilDay(iso: "2026-01-05")))
        var text = "start,kwh,kvarh,export_kwh\n"
        let channels = [("1.8.0", "kwh"), ("3.8.0", "kvarh"), ("2.8.0", "kwh")]
        var files = channels.map { "meter_id,timestamp,channel,\($0.1),quality\n" }
        for slot in 0..<days * 1440 / minutes {
            let start = (first + Int64(slot * minutes * 60)).iso(offset: 0)
            text += start
            for channel in channels.indices {
                let value = Twin.decimal(Twin.number(channel, slot))
                text += ",\(value)"
                files[channel] += "M1,\(start),\(channels[channel].0),\(value),A\n"
            }
            text += "\n"
        }
        return (text, zip(channels, files).map { ($0.0, $1) })
    }
}
