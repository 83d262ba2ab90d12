// SPDX-License-Identifier: Apache-2.0

import BillRating
import BillTariff
import MeterScan
import MeterUsage
import Quantities
import Store
import Synchronization

/// Why a contract cannot be billed under another tariff by what is stored of its invoices.
public struct ComparisonGap: Error, Hashable, Sendable {
    /// A code of `RatingHold`, or one of a comparison. Stable.
    public let code: String
    /// The charge; nil where it is about the whole bill.
    public let charge: String?
    /// What is missing or wrong.
    public let detail: String

    /// Energy was summed by periods that cut those of the other tariff.
    static let otherPeriods = "other-periods"
    /// The invoice is in another currency.
    static let otherCurrency = "other-currency"
    /// The tariff that billed can no longer be read.
    static let unreadableTariff = "unreadable-tariff"
    /// What the other tariff needs changes within days that were billed as one.
    static let changedTerms = "changed-terms"
    /// The network no longer has the contract, or its terms of the days.
    static let unknownContract = "unknown-contract"

    init(_ code: String, charge: String? = nil, _ detail: String) {
        (self.code, self.charge, self.detail) = (code, charge, detail)
    }

    init(_ hold: RatingHold) { self.init(hold.code.rawValue, charge: hold.charge, hold.detail) }
}

/// A tariff that contracts are billed under in thought, with what is made of it once for all of them.
///
/// The days on which it is valid do not matter: a draft for next year is tried on last month.
final class ComparedTariff: Sendable {
    private struct FitKey: Hashable {
        let tariff: String
        let days: Range<CivilDay>
    }

    let file: String
    let tariff: Tariff
    private let series: SeriesSet
    private let calendar: Result<TimeOfUseCalendar, PriceGap>
    private let plans = Mutex<[Range<CivilDay>: RatingPlan]>([:])
    private let spans: TariffSpans
    private let fits = Mutex<[FitKey: PeriodFit?]>([:])

    /// A tariff of a file; throws where its own examples fail, as the nightly job does.
    ///
    /// - Parameter stored: The series on record, which serve where the folder beside the file has none.
    init(file: String, stored: SeriesSet) throws {
        let folder = try TariffFolder.load(files: [file], sha256: MeterScan.sha256)
        let failures = TariffCheck.findings(in: folder).filter { $0.code == .exampleFailed }
        guard failures.isEmpty, let entry = folder.entries.first else {
            throw TariffProblems(failures)
        }
        let series = SeriesSet(Array(stored.all.values) + Array(folder.series.all.values))
        self.file = file
        self.series = series
        spans = TariffSpans(series: series)
        tariff = entry.tariff
        calendar = Result { () throws(PriceGap) in
            try entry.tariff.periods.calendar(series: series)
        }
    }

    /// True where it adds no losses to energy, and nets none.
    var takesEnergyAsMeasured: Bool { tariff.losses.isEmpty && tariff.netMetering == nil }

    /// Throws where it counts losses in a year of which earlier bills stand: what it would have added to those is
    /// not followed.
    func checkYear(
        _ found: FoundInvoice, _ attribution: YearAttribution
    ) throws(ComparisonGap) {
        guard !tariff.losses.isEmpty,
            found.year?.hasBills(before: found.invoice.period, attribution) ?? false
        else { return }
        throw ComparisonGap(
            RatingHold.Code.missingYearToDate.rawValue,
            "the losses of \(tariff.id) \(tariff.version) on earlier bills of the year are not known"
        )
    }

    /// How many months back its charges look for the demand of earlier bills; 0 where they do not, or
    /// where they ask it of periods, which bills of other tariffs had otherwise.
    var monthsBack: Int { tariff.looksBackByPeriod ? 0 : tariff.demandMonthsBack }

    /// What is asked of the readings of some days, by a clock.
    func span(
        _ days: Range<CivilDay>, _ zone: TimeZoneTable
    ) throws(PriceGap) -> TariffSpan {
        try spans.span(days, tariff, zone)
    }

    /// The tariff and its prices on some days.
    func plan(_ days: Range<CivilDay>) -> RatingPlan {
        plans.withLock { plans in
            if let plan = plans[days] { return plan }
            let plan = RatingPlan(
                tariff: tariff, start: days.lowerBound, end: days.upperBound, series: series)
            plans[days] = plan
            return plan
        }
    }

    /// How the periods of the tariff that billed some days lie in those of this one; nil where they do not.
    func fit(
        of billed: Tariff, _ billedCalendar: TimeOfUseCalendar, _ days: Range<CivilDay>
    ) throws(ComparisonGap) -> PeriodFit? {
        let other: TimeOfUseCalendar
        do throws(PriceGap) { other = try calendar.get() } catch {
            throw ComparisonGap(RatingHold.Code.missingPrice.rawValue, "\(error)")
        }
        let key = FitKey(tariff: billed.sha256, days: days)
        return fits.withLock { fits in
            if let fit = fits[key] { return fit }
            let fit = PeriodFit(of: billedCalendar, to: other, days: days)
            fits[key] = .some(fit)
            return fit
        }
    }
}
