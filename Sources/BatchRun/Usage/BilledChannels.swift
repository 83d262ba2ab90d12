// SPDX-License-Identifier: Apache-2.0

import BillInvoice
import MeterModel
import MeterUsage
import Quantities

/// Which channels an invoice's determinants were measured by: of a meter that is billed by intervals
/// those, of one that is billed by registers these, and intervals that its demand is found in.
struct BilledChannels {
    /// The quantities that a demand is found in.
    private(set) var demand: Set<ObisCode> = []
    private var intervals: Set<ObisCode> = []
    /// Quantities that a total register counts, and those that registers of periods do.
    private var (total, byPeriod): (Set<ObisCode>, Set<ObisCode>) = ([], [])

    private struct Entry: Hashable {
        var partStart: CivilDay
        var quantity: UsageQuantity
    }

    init(_ determinants: [InvoiceDeterminant]) {
        // Each part of a period has a tariff of its own, with periods of time or without.
        var periods: [Entry: Int] = [:]
        for determinant in determinants {
            guard let quantity = UsageQuantity(rawValue: determinant.quantity) else {
                // Demand has the energy that it is the peak of beside it.
                let names = determinant.quantity.split(separator: ".")
                if names.first == "reactive_excess" {
                    demand.formUnion(DemandMeasure.Unit.kilovoltAmperes.quantities.map(\.obis))
                } else if names.count > 1, ["demand", "event_demand"].contains(names[0]),
                    let unit = DemandMeasure.Unit(rawValue: String(names[1]))
                {
                    demand.formUnion(unit.quantities.map(\.obis))
                }
                continue
            }
            // What is netted has beside it what it was netted from.
            guard quantity.isMeasured else { continue }
            periods[Entry(partStart: determinant.partStart, quantity: quantity), default: 0] += 1
        }
        for (entry, count) in periods {
            let obis = entry.quantity.obis
            intervals.insert(obis)
            if count > 1 { byPeriod.insert(obis) } else { total.insert(obis) }
        }
    }

    /// True for an interval channel of a billed quantity.
    func hasIntervals(_ obis: ObisCode) -> Bool { intervals.contains(obis) }

    /// True for an interval channel of a meter that the bill rests on.
    func hasIntervals(_ obis: ObisCode, of terms: MeterTerms) -> Bool {
        switch terms.basis {
        case .interval: hasIntervals(obis)
        case .register: demand.contains(obis) && terms.tellsDemand(obis)
        }
    }

    /// True where the bill rests on intervals of a meter.
    func readsIntervals(of terms: MeterTerms) -> Bool {
        terms.basis == .interval || demand.contains { hasIntervals($0, of: terms) }
    }

    /// True for a register: those of time-of-use periods where the quantity is billed by period, for
    /// one that no period has must not have counted.
    func hasRegister(_ obis: ObisCode) -> Bool {
        obis.e == 0
            ? total.contains(obis) : byPeriod.contains(ObisCode(obis.c, obis.d, 0))
    }

    /// The registers, by code.
    var registers: [ObisCode] {
        (total + byPeriod.flatMap { obis in (1...5).map { ObisCode(obis.c, obis.d, $0) } })
            .sorted { ($0.c, $0.d, $0.e) < ($1.c, $1.d, $1.e) }
    }
}
