// SPDX-License-Identifier: Apache-2.0

import BillTariff
import MeterUsage
import Quantities

extension TariffExample {
    /// Adds the usage of an example that gives it by days, or by intervals.
    func measure(
        into determinants: inout Determinants, _ tariff: Tariff, _ series: SeriesSet
    ) throws(RatingHold) {
        for (place, amount) in dailyEnergy.enumerated() {
            let day = determinants.start + place
            determinants.stretches.append(
                Determinants.StretchEnergy(
                    quantity: .activeImport, day: day, period: "all",
                    from: Instant(day: day, offset: 0), amount: amount))
        }
        if !dailyEnergy.isEmpty {
            determinants.energy.append(
                Determinants.EnergyAmount(
                    quantity: .activeImport, period: "all", amount: dailyEnergy.reduce(.zero, +)))
        }
        guard let intervals else { return }
        let load = LoadProfile(
            quantities: intervals.quantities, minutes: intervals.minutes,
            starts: intervals.intervals.map(\.start),
            columns: intervals.quantities.indices.map { column in
                LoadColumn(intervals.intervals.map { $0.amounts[column] })
            })
        let calendar: TimeOfUseCalendar
        do throws(PriceGap) { calendar = try tariff.periods.calendar(series: series) } catch {
            throw RatingHold(code: .missingPrice, charge: nil, detail: error.description)
        }
        guard let zone = try? TimeZoneTable.named(tariff.timeZoneName) else { return }
        let usage = LoadUsage(load, of: tariff, calendar: calendar, zone: zone, series: series)
        determinants = usage.determinants(
            load.starts.indices, from: determinants.start, to: determinants.end)
    }
}
