// SPDX-License-Identifier: Apache-2.0

import BillInvoice
import BillRating
import BillTariff
import MeterModel
import MeterUsage
import Quantities

/// Days of one contract under one version of one tariff and the same terms: what is rated at once.
///
/// A billing period is one of these, or several where tariff or terms change inside it.
struct DueSpan: Sendable {
    var contract: Contract
    /// The billing period that it is of.
    var period: Range<CivilDay>
    /// Its own days.
    var days: Range<CivilDay>
    var terms: Contract.Terms
    var tariff: Tariff
    var calendar: TimeOfUseCalendar
    var zone: TimeZoneTable
    var request: UsageRequest

    /// A span; throws where the tariff's calendar needs days that no series gives.
    init(
        contract: Contract, period: Range<CivilDay>, days: Range<CivilDay>,
        terms: Contract.Terms, tariff: Tariff, series: SeriesSet, zone: TimeZoneTable
    ) throws(PriceGap) {
        self.contract = contract
        self.period = period
        self.days = days
        self.terms = terms
        self.tariff = tariff
        self.zone = zone
        calendar = try tariff.periods.calendar(series: series)
        let registers = tariff.registerOfPeriod.compactMapValues { ObisCode($0) }
        let items = tariff.usageQuantities.sorted { $0.rawValue < $1.rawValue }.map { quantity in
            UsageRequest.Item(
                quantity, byPeriod: quantity == .activeImport,
                registers: quantity == .activeImport ? registers : [:])
        }
        request = UsageRequest(
            start: days.lowerBound, end: days.upperBound,
            span: zone.startOfDay(days.lowerBound)
                .seconds..<zone.startOfDay(days.upperBound).seconds,
            periods: calendar.periods, items: items,
            needsDemand: tariff.demandWindowMinutes != nil)
    }

    /// The contract's billing cycle around the period: by the terms that it begins under, as its end.
    var cycle: CyclePlace {
        let first = contract.terms(on: period.lowerBound) ?? terms
        let full = Contract.cycle(around: period.lowerBound, first)
        return CyclePlace(
            fullStart: full.lowerBound, fullEnd: full.upperBound,
            months: first.cycleMonths, periodStart: period.lowerBound,
            periodEnd: period.upperBound, contractStart: contract.start, contractEnd: contract.end)
    }
}

/// A period that is due, cut into spans; or why it cannot be billed.
struct DuePeriod: Sendable {
    var contract: Contract
    var period: Range<CivilDay>
    var spans: Result<[DueSpan], PeriodHold>

    func hold(_ code: PeriodHold.Code, _ detail: String) -> PeriodHold {
        hold(code.rawValue, detail)
    }

    func hold(_ code: String, _ detail: String) -> PeriodHold {
        PeriodHold(
            contractID: contract.id, periodStart: period.lowerBound, periodEnd: period.upperBound,
            code: code, detail: detail)
    }
}
