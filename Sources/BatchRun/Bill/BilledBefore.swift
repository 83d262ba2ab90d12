// SPDX-License-Identifier: Apache-2.0

import BillInvoice
import BillRating
import MeterModel
import MeterUsage
import Quantities
import Store

/// What one contract was billed before, as far as a charge of its due periods rests on it.
struct BilledBefore {
    fileprivate var year: YearToDate
    fileprivate var peaks: EarlierPeaks?
    fileprivate var money: EarlierMoney?
    fileprivate var bank: BankHistory?

    /// Takes what the charges of a span need of earlier bills into its determinants.
    func complete(_ determinants: inout Determinants, of due: DueSpan) {
        if due.shared.demandMonthsBack > 0 {
            determinants.earlierDemand = peaks?.before(due) ?? []
        }
        if due.shared.hasYearlyMinimum { determinants.billedToDate = money?.before(due) ?? [] }
    }

    /// The energy of the year before a span.
    ///
    /// - Parameter periodToDate: That of earlier spans of its period.
    func yearToDate(_ due: DueSpan, periodToDate: UsageSums) -> UsageSums {
        year.before(due, periodToDate: periodToDate)
    }

    /// What is kept in kWh before a period; nil where nobody knows it.
    func bank(_ due: DueSpan) -> EnergyBank? {
        bank?.before(due.period, accounts: due.tariff.bankAccounts)
    }

    /// Adds a period that was billed just now.
    ///
    /// - Parameter kept: What is kept in kWh after it; nil where nothing is netted.
    mutating func add(
        _ period: Range<CivilDay>, _ inputs: [RatingInput], _ bill: RatedBill, kept: EnergyBank?
    ) {
        let determinants = inputs.map(\.determinants)
        year.add(period, determinants)
        peaks?.add(period, determinants)
        if money != nil, let last = inputs.last { money?.add(period, last.tariff, bill) }
        if let kept { bank?.add(period, kept) }
    }
}

/// What the contracts of some due periods were billed before.
struct BilledHistories {
    private let years: [String: Result<YearToDate, any Error>]
    private let peaks: [String: EarlierPeaks]
    private let money: [String: EarlierMoney]
    private let banks: [String: BankHistory]

    /// Reads what the charges of the periods rest on, and no more.
    init(of periods: [DuePeriod], for billing: FeederBilling) throws {
        years = try billing.yearsToDate(of: periods)
        peaks = try billing.earlierPeaks(of: periods)
        money = try billing.earlierMoney(of: periods)
        banks = try billing.bankHistories(of: periods)
    }

    /// What a contract was billed before its first due period.
    func before(_ period: DuePeriod) throws(PeriodHold) -> BilledBefore {
        let id = period.contract.id
        let year: YearToDate
        switch years[id] {
        case .success(let known): year = known
        case .failure(let error): throw period.hold(.unreadableHistory, "\(error)")
        case nil: year = YearToDate(contract: period.contract, billed: [])
        }
        // Mostly nothing else is asked.
        return BilledBefore(
            year: year, peaks: peaks.isEmpty ? nil : peaks[id],
            money: money.isEmpty ? nil : money[id], bank: banks.isEmpty ? nil : banks[id])
    }
}

extension FeederBilling {
    /// What contracts were billed before, in the years of their due periods; those without bills have no
    /// entry.
    fileprivate func yearsToDate(
        of periods: [DuePeriod]
    ) throws -> [String: Result<YearToDate, any Error>] {
        try store.read { transaction in
            var found: [String: Result<YearToDate, any Error>] = [:]
            var last = ""
            for period in periods where period.contract.id != last {
                last = period.contract.id
                guard period.followsBills else { continue }
                // The first due period is the earliest, and counts in no year before that of its start.
                let year = CivilDay.newYear(period.period.lowerBound.components.year)
                found[last] = Result {
                    YearToDate(
                        contract: period.contract,
                        billed: try transaction.billedQuantities(contract: last, after: year))
                }
            }
            return found
        }
    }
}
