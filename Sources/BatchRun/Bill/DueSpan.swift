// SPDX-License-Identifier: Apache-2.0

import BillInvoice
import BillRating
import BillTariff
import MeterModel
import MeterUsage
import Quantities

/// Days of one contract under one version of one tariff and the same terms: what is rated at once.
///
/// A billing period is one of these, or several where tariff or terms change inside it. An object: its
/// usage is handed from step to step, and it with it.
final class DueSpan: Sendable {
    let contract: Contract
    /// The billing period that it is of.
    let period: Range<CivilDay>
    let terms: Contract.Terms
    /// What it has in common with other contracts.
    let shared: TariffSpan

    /// A span of a period.
    init(
        contract: Contract, period: Range<CivilDay>, terms: Contract.Terms, shared: TariffSpan
    ) {
        self.contract = contract
        self.period = period
        self.terms = terms
        self.shared = shared
    }

    /// True where a charge that applies to the contract takes a demand.
    var asksDemand: Bool { tariff.asksDemand(of: terms.parameters) }

    /// What is asked of its meters.
    var request: UsageRequest { shared.request }

    /// Its own days.
    var days: Range<CivilDay> { shared.days }
    var tariff: Tariff { shared.tariff }
    var calendar: TimeOfUseCalendar { shared.calendar }
    var zone: TimeZoneTable { shared.zone }

    /// The contract's billing cycle around the period.
    var cycle: CyclePlace { contract.cyclePlace(of: period, else: terms) }
}

extension Contract {
    /// The billing cycle around a period: by the terms that it begins under, as its end.
    ///
    /// - Parameter other: The terms where it has none then; nil for its last.
    func cyclePlace(of period: Range<CivilDay>, else other: Terms? = nil) -> CyclePlace {
        let first = terms(on: period.lowerBound) ?? other ?? terms[terms.count - 1]
        let full = Contract.cycle(around: period.lowerBound, first)
        return CyclePlace(
            fullStart: full.lowerBound, fullEnd: full.upperBound,
            months: first.cycleMonths, periodStart: period.lowerBound,
            periodEnd: period.upperBound, contractStart: start, contractEnd: end)
    }
}

/// A period that is due, cut into spans; or why it cannot be billed.
///
/// An object, as its spans are.
final class DuePeriod: Sendable {
    let contract: Contract
    let period: Range<CivilDay>
    let spans: Result<[DueSpan], PeriodHold>
    /// True where the contract has invoices that stand.
    let followsBills: Bool

    /// A period of a contract.
    init(
        _ contract: Contract, _ period: Range<CivilDay>, _ spans: Result<[DueSpan], PeriodHold>,
        followsBills: Bool
    ) {
        self.contract = contract
        self.period = period
        self.spans = spans
        self.followsBills = followsBills
    }

    func hold(_ code: PeriodHold.Code, _ detail: String) -> PeriodHold {
        hold(code.rawValue, detail)
    }

    func hold(_ code: String, _ detail: String) -> PeriodHold {
        contract.hold(period, code, detail)
    }

    func hold(_ hold: RatingHold) -> PeriodHold {
        let charge = hold.charge.map { "\($0): " } ?? ""
        return self.hold(hold.code.rawValue, charge + hold.detail)
    }
}

extension Contract {
    func hold(
        _ period: Range<CivilDay>, _ code: PeriodHold.Code, _ detail: String
    ) -> PeriodHold {
        hold(period, code.rawValue, detail)
    }

    /// The hold of a period.
    func hold(_ period: Range<CivilDay>, _ code: String, _ detail: String) -> PeriodHold {
        PeriodHold(
            contractID: id, periodStart: period.lowerBound, periodEnd: period.upperBound,
            code: code, detail: detail)
    }
}
