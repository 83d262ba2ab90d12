// SPDX-License-Identifier: Apache-2.0

import BillTariff
import MeterUsage
import Quantities

/// What one of a tariff's own examples gave.
public struct TariffExampleRun: Sendable {
    /// An amount that is not what the example expects.
    public struct Difference: Hashable, Sendable {
        /// What the example expects.
        public let expectation: TariffExample.Expectation
        /// What the tariff gives.
        public let found: Exact
    }

    /// The example.
    public let example: TariffExample
    /// Amounts that differ; empty where the example passes or could not be rated.
    public let differences: [Difference]
    /// Why it could not be rated; nil where it could.
    public let hold: RatingHold?

    /// True where every expected amount came out.
    public var passes: Bool { differences.isEmpty && hold == nil }

    /// Rates an example and compares.
    ///
    /// The example's contract starts with it. With `to`, it is one bill from `from` to `to`: a full
    /// cycle where that is a number of whole months, else a part of a cycle of one month. Without,
    /// there is a bill per month, and energy counts from one to the next.
    public init(_ example: TariffExample, of tariff: Tariff, series: SeriesSet) {
        self.example = example
        do {
            let bills = try TariffExampleRun.bills(example, tariff, series)
            differences = example.expectations.compactMap { expectation in
                let found = bills.reduce(Exact.zero) { sum, bill in
                    sum + bill.amount(named: expectation.subject).exact(in: tariff.currency)
                }
                return found == expectation.amount
                    ? nil : Difference(expectation: expectation, found: found)
            }
            hold = nil
        } catch {
            differences = []
            hold = error
        }
    }

    private static func bills(
        _ example: TariffExample, _ tariff: Tariff, _ series: SeriesSet
    ) throws(RatingHold) -> [RatedBill] {
        var bills: [RatedBill] = []
        var yearToDate: [Int: UsageSums] = [:]
        var bank: EnergyBank? = EnergyBank()
        var earlier: [Determinants.EarlierDemand] = []
        var years = BilledYears()
        let count = max(
            example.energy.count, example.exportedEnergy.count, example.demand.count, 1)
        for month in 0..<count {
            let start = example.start.addingMonths(month)
            let nextMonth = example.start.addingMonths(month + 1)
            let end = example.end ?? nextMonth
            let whole = (1...120).first { start.addingMonths($0) == end }
            let cycle = CyclePlace(
                fullStart: start, fullEnd: whole == nil ? nextMonth : end, months: whole ?? 1,
                periodStart: start, periodEnd: end, contractStart: example.start)
            let energy =
                example.energy.indices.contains(month)
                ? amounts(example.energy[month], tariff, .activeImport) : []
            let exported =
                example.exportedEnergy.indices.contains(month)
                ? amounts(example.exportedEnergy[month], tariff, .activeExport) : []
            let other = example.otherQuantities.sorted { $0.key.rawValue < $1.key.rawValue }.map {
                Determinants.EnergyAmount(quantity: $0.key.usage, period: "all", amount: $0.value)
            }
            var determinants = Determinants(
                start: start, end: end, energy: energy + exported + other,
                demand: example.peaks(ofBill: month, from: start, tariff))
            determinants.events = example.events(from: start, tariff)
            try example.measure(into: &determinants, tariff, series)
            if tariff.demandMonthsBack > 0 { determinants.earlierDemand = earlier }
            earlier.append(
                Determinants.EarlierDemand(start: start, end: end, peaks: determinants.demand))
            determinants.billedToDate = years.toDate(tariff, cycle)
            let year = (tariff.yearAttribution ?? .periodStart).year(from: start, to: end)
            let before =
                yearToDate[year] ?? [.activeImport: .zero, .activeExport: .zero, .net: .zero]
            var input = RatingInput(
                tariff: tariff, determinants: determinants, cycle: cycle,
                parameters: example.parameters, series: series,
                yearToDate: before)
            try input.addLosses(seconds: tariff.seconds(from: start, to: end))
            try input.net(from: &bank)
            let bill = try rate(input)
            years.add(bill, tariff, cycle)
            bills.append(bill)
            var through = before
            for quantity in [UsageQuantity.activeImport, .activeExport, .net] {
                through.add(input.totals[quantity] ?? .zero, of: quantity)
            }
            yearToDate[year] = through
        }
        return bills
    }

    private static func amounts(
        _ energy: TariffExample.Energy, _ tariff: Tariff, _ quantity: UsageQuantity
    ) -> [Determinants.EnergyAmount] {
        switch energy {
        case .total(let amount):
            [Determinants.EnergyAmount(quantity: quantity, period: "all", amount: amount)]
        case .byPeriod(let amounts):
            tariff.periods.names.map {
                Determinants.EnergyAmount(
                    quantity: quantity, period: $0, amount: amounts[$0] ?? .zero)
            }
        }
    }
}

extension Tariff {
    /// The length of some days by its own clock.
    func seconds(from start: CivilDay, to end: CivilDay) -> Int64 {
        guard let zone = try? TimeZoneTable.named(timeZoneName) else {
            preconditionFailure("a tariff is read with its clock")
        }
        return zone.seconds(from: start, to: end)
    }
}

extension RatedBill {
    /// The sum that examples call so: `net`, `tax`, `total`, a charge or a component of one.
    func amount(named subject: String) -> Money {
        switch subject {
        case "net": return net
        case "tax": return tax
        case "total": return total
        default:
            let parts = subject.split(separator: ".", maxSplits: 1).map(String.init)
            return amount(
                of: ChargeReference(
                    charge: parts[0], component: parts.count == 2 ? parts[1] : nil))
        }
    }
}
