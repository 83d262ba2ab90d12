// SPDX-License-Identifier: Apache-2.0

import BillRating
import BillTariff
import MeterUsage
import Quantities
import Store

/// The days of an invoice that one tariff billed at once.
struct BilledSpan {
    let days: Range<CivilDay>
    let billed: Tariff
    let calendar: TimeOfUseCalendar
    /// Those of the contract on its first day.
    let parameters: [String: String]
    /// Those of later days, where its terms change within; mostly none.
    let laterParameters: [[String: String]]
}

/// How invoices of the same days, tariffs and terms are priced under one other tariff.
///
/// What they share is made once; what rating takes is written anew for each.
struct ComparedSpans {
    private let other: ComparedTariff
    private let yearAttribution: YearAttribution?
    /// How many months back demand is looked for; 0 where none is, or where its periods may have been others.
    private let monthsBack: Int
    private let parts: [BilledSpan]
    /// The clock of the contracts.
    private let zone: TimeZoneTable
    /// How the periods of each part lie in those of the tariff. Shape: `[part]`.
    private let fits: Result<[PeriodFit?], ComparisonGap>
    /// Which parts each span has.
    private var partsOfSpan: [Range<Int>] = []
    private var inputs: [RatingInput] = []

    /// - Parameter parts: The parts of the invoices, in order.
    init(
        _ parts: [BilledSpan], _ cycle: CyclePlace, _ zone: TimeZoneTable,
        under other: ComparedTariff
    ) {
        self.parts = parts
        self.zone = zone
        self.other = other
        yearAttribution = other.tariff.yearAttribution
        monthsBack = other.monthsBack
        fits = Result { () throws(ComparisonGap) in
            var fits: [PeriodFit?] = []
            for part in parts {
                for need in other.tariff.needs
                where part.laterParameters.contains(where: {
                    $0[need.name] != part.parameters[need.name]
                }) {
                    throw ComparisonGap(
                        ComparisonGap.changedTerms,
                        "'\(need.name)' changes between \(part.days.lowerBound) and "
                            + "\(part.days.upperBound), which were billed as one")
                }
                fits.append(try other.fit(of: part.billed, part.calendar, part.days))
            }
            return fits
        }
        guard let fits = try? fits.get(), fits.allSatisfy({ $0 != nil }) else { return }
        for (place, part) in parts.enumerated() {
            // Days that only another tariff, or what this one does not need, parted are one span to it.
            let isOne =
                partsOfSpan.last.map { span in
                    other.tariff.needs.allSatisfy {
                        parts[span.lowerBound].parameters[$0.name] == part.parameters[$0.name]
                    }
                } ?? false
            if isOne {
                partsOfSpan[partsOfSpan.count - 1] =
                    partsOfSpan[partsOfSpan.count - 1].lowerBound..<(place + 1)
            } else {
                partsOfSpan.append(place..<(place + 1))
            }
        }
        inputs = partsOfSpan.map { span in
            let days =
                parts[span.lowerBound].days.lowerBound..<parts[span.upperBound - 1].days.upperBound
            return RatingInput(
                plan: other.plan(days),
                determinants: Determinants(
                    start: days.lowerBound, end: days.upperBound, energy: []),
                cycle: cycle, parameters: parts[span.lowerBound].parameters, periodToDate: .zero)
        }
    }

    /// What is to pay for the days of an invoice.
    mutating func total(of found: FoundInvoice) throws(ComparisonGap) -> Money {
        let invoice = found.invoice
        let fits = try fits.get()
        if inputs.isEmpty { throw misfit(of: invoice, fits) }
        var periodToDate = UsageSums.zero
        for (place, span) in partsOfSpan.enumerated() {
            for part in span {
                guard let fit = fits[part] else { throw otherPeriods(part) }
                if part == span.lowerBound {
                    let isWritten = inputs[place].measure { determinants in
                        fit.write(invoice.parts[part].determinants, into: &determinants)
                    }
                    guard isWritten else { throw otherPeriods(part) }
                    continue
                }
                var next = Determinants(of: parts[part].days)
                guard fit.write(invoice.parts[part].determinants, into: &next) else {
                    throw otherPeriods(part)
                }
                inputs[place].measure { $0.append(next) }
            }
            if let yearAttribution {
                try other.checkYear(found, yearAttribution)
                inputs[place].yearToDate =
                    found.year?.before(
                        invoice.period, yearAttribution,
                        netted: other.tariff.netMetering != nil, periodToDate: periodToDate) ?? [:]
            }
            if monthsBack > 0, let earlier = found.earlier {
                let demand = earlier.before(
                    invoice.period, months: monthsBack, other.tariff.demandMeasures)
                inputs[place].measure { $0.earlierDemand = demand.map(\.overall) }
            }
            if inputs.count > 1 { inputs[place].periodToDate = periodToDate }
            do throws(RatingHold) { try takeLosses(place) } catch { throw ComparisonGap(error) }
            if inputs.count > 1 { periodToDate.add(inputs[place].totals) }
        }
        do throws(RatingHold) { return try BillRating.total(of: inputs) } catch {
            throw ComparisonGap(error)
        }
    }

    /// Adds the losses of the tariff to the energy of a span, and nets it.
    private mutating func takeLosses(_ place: Int) throws(RatingHold) {
        if other.takesEnergyAsMeasured { return }
        let days = inputs[place].plan.start..<inputs[place].plan.end
        try inputs[place].addLosses(
            seconds: zone.seconds(from: days.lowerBound, to: days.upperBound))
        // What the tariff would have kept is not followed from bill to bill.
        var bank: EnergyBank?
        try inputs[place].net(from: &bank)
    }

    /// The gap of the first part whose energy the tariff's periods do not tell.
    private func misfit(of invoice: BilledInvoice, _ fits: [PeriodFit?]) -> ComparisonGap {
        for part in parts.indices {
            var fitted = Determinants(of: parts[part].days)
            guard let fit = fits[part], fit.write(invoice.parts[part].determinants, into: &fitted)
            else {
                return otherPeriods(part)
            }
        }
        preconditionFailure("without inputs some part does not fit")
    }

    private func otherPeriods(_ part: Int) -> ComparisonGap {
        ComparisonGap(
            ComparisonGap.otherPeriods,
            "periods of \(parts[part].billed.id) \(parts[part].billed.version) lie in several of "
                + "\(other.tariff.id) \(other.tariff.version)")
    }
}

extension Determinants.EarlierDemand {
    /// Its peaks over all periods: those of single ones are of the tariff that billed them.
    fileprivate var overall: Determinants.EarlierDemand {
        Determinants.EarlierDemand(
            start: start, end: end, peaks: peaks.filter { $0.period == "all" })
    }
}

extension Determinants {
    /// Nothing yet, of some days.
    fileprivate init(of days: Range<CivilDay>) {
        self.init(start: days.lowerBound, end: days.upperBound, energy: [])
    }
}
