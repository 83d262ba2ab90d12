// SPDX-License-Identifier: Apache-2.0

import BillTariff
import MeterUsage
import Quantities

extension TariffExample {
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
