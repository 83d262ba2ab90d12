// SPDX-License-Identifier: Apache-2.0

import BillTariff
import MeterUsage
import Quantities

extension TariffExample {
    /// The demand in dated windows, the same for each charge that asks it; none where it is not given.
    func events(from start: CivilDay, _ tariff: Tariff) -> [Determinants.EventDemand] {
        guard let eventDemand else { return [] }
        return tariff.charges.compactMap { charge in
            charge.kind.coincidentDemand.map { kind in
                let isApparent = kind.unit == .kilovoltAmperes
                return Determinants.EventDemand(
                    charge: charge.id, unit: kind.unit,
                    outcome: .success(
                        eventDemand.map {
                            Determinants.DemandPeak.Window(
                                power: $0, reactive: isApparent ? .zero : nil,
                                at: Instant(day: start, offset: 0))
                        }))
            }
        }
    }

    /// The demand of a bill, the same by each measure of the tariff.
    ///
    /// One number is the demand itself, so that all windows it is the mean of have it; several are the
    /// highest windows.
    func peaks(
        ofBill bill: Int, from start: CivilDay, _ tariff: Tariff
    ) -> [Determinants.DemandPeak] {
        let given =
            demand.count == 1 ? demand[0] : demand.indices.contains(bill) ? demand[bill] : [:]
        let at = Instant(day: start, offset: 0)
        return tariff.demandMeasures.flatMap { measure in
            given.sorted { $0.key < $1.key }.map { period, values in
                let windows =
                    values.count == 1
                    ? [Exact](repeating: values[0], count: measure.count)
                    : Array(values.sorted(by: >).prefix(measure.count))
                let isApparent = measure.unit == .kilovoltAmperes
                return Determinants.DemandPeak(
                    measure, period: period,
                    windows: windows.map {
                        Determinants.DemandPeak.Window(
                            power: $0, reactive: isApparent ? .zero : nil, at: at)
                    })
            }
        }
    }
}
