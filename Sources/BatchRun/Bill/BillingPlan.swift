// SPDX-License-Identifier: Apache-2.0

import BillInvoice
import BillRating
import BillTariff
import MeterModel
import MeterUsage
import Quantities
import Store

/// Which contract periods are due, feeder by feeder.
struct BillingPlan: Sendable {
    /// The due periods of the contracts of one feeder, by contract, oldest first.
    struct FeederWork: Sendable {
        var feeder: FeederNumber
        var periods: [DuePeriod]
    }

    let network: Network
    let tariffs: TariffFolder
    let series: SeriesSet
    let asOf: CivilDay
    /// Contracts that began earlier and bring no opening are held: their past was billed elsewhere.
    let liveFrom: CivilDay?
    /// What was billed already.
    let issued: IssuedPeriods

    /// The work of all feeders, by feeder id.
    func work(contract only: String? = nil, feeder onlyFeeder: String? = nil) -> [FeederWork] {
        var byFeeder: [FeederNumber: [DuePeriod]] = [:]
        var spans = TariffSpans(series: series)
        for index in 0..<network.contractIDs.count {
            if let only, network.contractIDs[index] != only { continue }
            let contract = network.contract(index)
            let periods = duePeriods(of: contract, &spans)
            guard let last = periods.last, let feeder = network.feeder(of: last) else { continue }
            if let onlyFeeder, network.id(of: feeder) != onlyFeeder { continue }
            byFeeder[feeder, default: []] += periods
        }
        return byFeeder.map { FeederWork(feeder: $0.key, periods: $0.value) }
            .sorted { network.id(of: $0.feeder) < network.id(of: $1.feeder) }
    }

    private func duePeriods(of contract: Contract, _ shared: inout TariffSpans) -> [DuePeriod] {
        contract.billablePeriods(upTo: asOf).filter { !issued.isBilled($0, of: contract) }
            .map { cut(contract, $0, &shared) }
    }

    /// Cuts a period where terms or tariff versions change.
    func cut(
        _ contract: Contract, _ period: Range<CivilDay>, _ shared: inout TariffSpans
    ) -> DuePeriod {
        var due = DuePeriod(contract: contract, period: period, spans: .success([]))
        do throws(PeriodHold) {
            try checkBillable(due)
            due.spans = .success(try spans(of: due, &shared))
        } catch {
            due.spans = .failure(error)
        }
        return due
    }

    private func checkBillable(_ due: DuePeriod) throws(PeriodHold) {
        let contract = due.contract
        let servicePoint = network.servicePointIDs[contract.servicePoint]
        if let invoice = issued.overlap(due.period, servicePoint: servicePoint) {
            throw due.hold(
                .overlapsInvoice,
                "\(invoice.number) bills \(invoice.span) to \(invoice.contractID), whose periods "
                    + "are others now: it must be credited first")
        }
        if let liveFrom, contract.start < liveFrom, contract.opening == nil {
            throw due.hold(
                .noOpening,
                "began \(contract.start), before \(liveFrom): add a row to opening.csv")
        }
        let isPlain =
            contract.points.count == 1
            && contract.points.allSatisfy { $0.sign == 1 && $0.share == .one }
        if !isPlain {
            throw due.hold(.severalPoints, "contract_points are stored, and not billed yet")
        }
    }

    private func spans(
        of due: DuePeriod, _ shared: inout TariffSpans
    ) throws(PeriodHold) -> [DueSpan] {
        var spans: [DueSpan] = []
        var day = due.period.lowerBound
        while day < due.period.upperBound {
            guard let terms = due.contract.terms(on: day) else {
                throw due.hold(.noTerms, "the contract has no terms on \(day)")
            }
            guard let tariff = tariffs.tariff(terms.tariffID, on: day) else {
                throw due.hold(
                    .missingTariff, "no version of \(terms.tariffID) is valid on \(day)")
            }
            let ends = [
                due.contract.end(ofTerms: terms, as: tariff), tariff.validTo,
                due.period.upperBound,
            ].compactMap(\.self)
            let end = ends.min() ?? due.period.upperBound
            do throws(PriceGap) {
                spans.append(
                    DueSpan(
                        contract: due.contract, period: due.period, terms: terms,
                        shared: try shared.span(
                            day..<end, tariff, network.zones[due.contract.zone])))
            } catch {
                throw due.hold(RatingHold.Code.missingPrice.rawValue, "\(error)")
            }
            day = end
        }
        return spans
    }
}

extension Network {
    /// The feeder of a period: the one above the service point when the period ends.
    func feeder(of due: DuePeriod) -> FeederNumber? {
        let spans = try? due.spans.get()
        let end =
            spans?.last?.request.span.upperBound
            ?? zones[due.contract.zone].startOfDay(due.period.upperBound).seconds
        return feeder(
            ofServicePoint: due.contract.servicePoint, at: Instant(seconds: end - 1))
    }
}

extension Contract {
    /// The day on which something that the tariff asks for changes; nil where nothing does.
    ///
    /// Terms that differ in what the tariff does not need are one stretch to it.
    fileprivate func end(ofTerms first: Terms, as tariff: Tariff) -> CivilDay? {
        var last = first
        while let end = last.to, let next = terms(on: end), next.tariffID == first.tariffID,
            tariff.needs.allSatisfy({ first.parameters[$0.name] == next.parameters[$0.name] })
        {
            last = next
        }
        return last.to
    }
}
