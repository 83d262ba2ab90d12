// SPDX-License-Identifier: Apache-2.0

import BillRating
import BillTariff
import MeterUsage
import Quantities
import Testing

/// Tariffs and inputs that tests put together.
enum Given {
    /// A tariff from its charges, prices without tax, rounded half up at `place`.
    static func tariff(
        _ rest: String, place: String = "line", includesTax: Bool = false
    ) throws -> Tariff {
        try Tariff.parse(
            head(place: place, includesTax: includesTax) + rest, file: "t.yaml", sha256: "00")
    }

    /// What stands before the rest of such a tariff.
    static func head(place: String = "line", includesTax: Bool = false) -> String {
        """
        format: 1
        id: test
        version: 1
        valid_from: 2026-01-01
        currency: CNY
        timezone: Asia/Shanghai
        rounding: { money: 0.01, mode: half_up, at: \(place) }
        prices_include_tax: \(includesTax)
        true_up: next_bill

        """
    }

    static func day(_ text: String) throws -> CivilDay { try #require(CivilDay(iso: text)) }

    static func exact(_ text: String) throws -> Exact { try #require(Exact(text)) }

    /// The input of one span that is a full cycle of one month, or a part of one.
    static func input(
        _ tariff: Tariff, from: String = "2026-01-01", to: String = "2026-02-01",
        kwh: [String: String] = [:], demand: [String: String] = [:],
        parameters: [String: String] = [:], series: SeriesSet = SeriesSet(),
        yearToDate: String? = nil
    ) throws -> RatingInput {
        let (start, end) = (try day(from), try day(to))
        let energy = try kwh.sorted { $0.key < $1.key }.map {
            Determinants.EnergyAmount(
                quantity: .activeImport, period: $0.key, amount: try exact($0.value))
        }
        let peaks = try demand.sorted { $0.key < $1.key }.map {
            (period: $0.key, power: try exact($0.value))
        }
        let demand = tariff.demandMeasures.flatMap { measure in
            peaks.map { peak in
                Determinants.DemandPeak(
                    measure, period: peak.period,
                    windows: [Determinants.DemandPeak.Window](
                        repeating: .init(power: peak.power, at: Instant(day: start, offset: 0)),
                        count: measure.count))
            }
        }
        let full = start.startOfMonth
        return RatingInput(
            tariff: tariff,
            determinants: Determinants(start: start, end: end, energy: energy, demand: demand),
            cycle: CyclePlace(
                fullStart: full, fullEnd: full.addingMonths(1), months: 1, periodStart: start,
                periodEnd: end, contractStart: full),
            parameters: parameters, series: series,
            yearToDate: try yearToDate.map { [.activeImport: try exact($0)] } ?? [:])
    }

    /// Amounts of lines as text, in order.
    static func amounts(_ bill: RatedBill) -> [String] {
        bill.lines.map { $0.amount.text(in: bill.currency) }
    }
}

/// Random numbers that are the same in every run (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
