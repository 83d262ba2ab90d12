// SPDX-License-Identifier: Apache-2.0

import BillTariff
import MeterUsage
import Quantities

/// Why a load cannot be priced.
public enum PricingStop: Error, Hashable, Sendable, CustomStringConvertible {
    /// The load file cannot be read.
    case load(LoadProblem)
    /// The tariff's time zone is not on this system.
    case zone(TimeZoneError)
    /// The series of dated days is missing.
    case calendar(PriceGap)
    /// The load's intervals are longer than the tariff's demand window, or do not divide it.
    case window(needed: Int, given: Int)
    /// A month of it cannot be rated.
    case hold(RatingHold, from: CivilDay)

    /// What is wrong and how to mend it.
    public var description: String {
        switch self {
        case .load(let problem): problem.description
        case .zone(let error): error.description
        case .calendar(let gap): gap.description
        case .window(let needed, let given):
            "the tariff's demand is the mean of \(needed) minutes, the load has intervals of "
                + "\(given): give intervals that divide \(needed) minutes"
        case .hold(let hold, let from): "from \(from): \(hold)"
        }
    }
}

/// What a load costs under a tariff, month by month.
public struct PricedLoad: Sendable {
    /// One calendar month, or the part of it that the load covers.
    public struct Period: Sendable {
        /// The first day.
        public let from: CivilDay
        /// The day after the last.
        public let to: CivilDay
        /// What it costs.
        public let bill: RatedBill
    }

    /// The currency of all amounts.
    public let currency: Currency
    /// The months in order.
    public let periods: [Period]
    /// The sum of their totals.
    public let total: Money
    /// The first day, priced, on which the tariff is not valid; nil where it is on all.
    public let notValid: CivilDay?
}

extension Tariff {
    /// Prices a load file: a bill per calendar month of the tariff's zone.
    ///
    /// The contract starts with the load, so that a first or last part of a month is treated as the
    /// tariff treats it; the year to date starts from nothing. An interval belongs to the period in
    /// which it begins.
    ///
    /// - Parameters:
    ///   - text: The load, `start,kwh[,kvarh][,export_kwh]`.
    ///   - file: What problems call it.
    ///   - parameters: Values of the tariff's parameters.
    ///   - series: The loaded series.
    public func price(
        load text: String, file: String, parameters: [String: String], series: SeriesSet
    ) throws(PricingStop) -> PricedLoad {
        let zone = try step(PricingStop.zone) { () throws(TimeZoneError) in
            try TimeZoneTable.named(timeZoneName)
        }
        let load = try step(PricingStop.load) { () throws(LoadProblem) in
            try LoadProfile.parse(text, file: file, zone: zone)
        }
        let calendar = try step(PricingStop.calendar) { () throws(PriceGap) in
            try periods.calendar(series: series, for: load.days(in: zone))
        }
        for measure in demandMeasures where !measure.isMadeOf(intervalMinutes: load.minutes) {
            throw .window(needed: measure.windowMinutes, given: load.minutes)
        }
        let usage = LoadUsage(load, of: self, calendar: calendar, zone: zone, series: series)
        let months = usage.months()
        var yearToDate: [Int: UsageSums] = [:]
        var bank: EnergyBank? = EnergyBank()
        var priced: [PricedLoad.Period] = []
        var earlier: [Determinants.EarlierDemand] = []
        var years = BilledYears()
        for var month in months {
            let (start, end) = (month.start, month.end)
            month.earlierDemand = demandMonthsBack > 0 ? earlier : []
            earlier.append(
                Determinants.EarlierDemand(start: start, end: end, peaks: month.demand))
            let year = (yearAttribution ?? .periodStart).year(from: start, to: end)
            var before = yearToDate[year] ?? [:]
            for quantity in load.quantities { before.add(.zero, of: quantity.usage) }
            if netMetering != nil { before.add(.zero, of: .net) }
            let full = start.startOfMonth
            let cycle = CyclePlace(
                fullStart: full, fullEnd: full.addingMonths(1), months: 1, periodStart: start,
                periodEnd: end, contractStart: months[0].start)
            month.billedToDate = years.toDate(self, cycle)
            var input = RatingInput(
                tariff: self, determinants: month, cycle: cycle, parameters: parameters,
                series: series, yearToDate: before)
            let bill = try step({ .hold($0, from: start) }) { () throws(RatingHold) in
                try input.addLosses(seconds: zone.seconds(from: start, to: end))
                try input.net(from: &bank)
                return try rate(input)
            }
            years.add(bill, self, cycle)
            before.add(input.totals)
            yearToDate[year] = before
            priced.append(PricedLoad.Period(from: start, to: end, bill: bill))
        }
        let total = priced.reduce(into: Money.zero) { $0 += $1.bill.total }
        let first = priced.first.map { $0.from }.flatMap { isValid(on: $0) ? nil : $0 }
        let after = priced.last.flatMap { last in
            validTo.flatMap { $0 < last.to ? $0 : nil }
        }
        return PricedLoad(
            currency: currency, periods: priced, total: total, notValid: first ?? after)
    }
}

/// Runs a step whose failure stops pricing.
private func step<Value, Failure: Error>(
    _ stop: (Failure) -> PricingStop, _ body: () throws(Failure) -> Value
) throws(PricingStop) -> Value {
    do throws(Failure) { return try body() } catch { throw stop(error) }
}
