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
    /// Contracts of one feeder that have due periods, as their indexes in the network.
    struct FeederWork: Sendable {
        /// A larger feeder is several pieces of work: law 10. As many as the meters of a block, which
        /// each piece reads for itself.
        static let mostContracts = 1024

        var feeder: FeederNumber
        var contracts: [UInt32]
    }

    let network: Network
    let tariffs: TariffFolder
    let asOf: CivilDay
    /// Contracts that began earlier and bring no opening are held: their past was billed elsewhere.
    let liveFrom: CivilDay?
    /// What was billed already.
    let issued: IssuedPeriods
    /// What contracts billed alike share.
    private let shared: TariffSpans

    init(
        network: Network, tariffs: TariffFolder, series: SeriesSet, asOf: CivilDay,
        liveFrom: CivilDay?, issued: IssuedPeriods
    ) {
        self.network = network
        self.tariffs = tariffs
        self.asOf = asOf
        self.liveFrom = liveFrom
        self.issued = issued
        shared = TariffSpans(series: series)
    }

    /// The work of all feeders, by feeder id and contract, and the first day of the earliest period.
    ///
    /// Contracts are named only: the periods of a million of them would not fit a run's memory.
    func work(contract only: String? = nil, feeder onlyFeeder: String? = nil) -> (
        pieces: [FeederWork], start: CivilDay
    ) {
        var byFeeder: [FeederNumber: [UInt32]] = [:]
        var start = asOf
        var terms = LastTerms()
        // The end of most contracts' last period.
        var last: (zone: Int, day: CivilDay, end: Instant)?
        // The due days of the contract before; mostly the next one's are the same.
        var before: (contract: Int, billed: IssuedPeriods.Billed, days: Range<CivilDay>?)?
        for index in 0..<network.contractIDs.count {
            if let only, network.contractIDs[index] != only { continue }
            let billed = issued.billed(at: index, of: network)
            let days: Range<CivilDay>?
            if let before, before.billed == billed, network.isBilled(index, like: before.contract) {
                days = before.days
            } else {
                let due = duePeriods(of: network.contract(index), billed, &terms)
                days = due.first.flatMap { first in
                    due.last.map { first.lowerBound..<$0.upperBound }
                }
            }
            before = (index, billed, days)
            guard let days else { continue }
            let day = days.upperBound
            let (servicePoint, zone) = network.place(ofContract: index)
            if last?.zone != zone || last?.day != day {
                last = (zone, day, network.zones[zone].startOfDay(day))
            }
            guard let end = last?.end,
                let feeder = network.feeder(ofServicePoint: servicePoint, at: end + -1)
            else { continue }
            if let onlyFeeder, network.id(of: feeder) != onlyFeeder { continue }
            byFeeder[feeder, default: []].append(UInt32(index))
            start = min(start, days.lowerBound)
        }
        let pieces = byFeeder.sorted { network.id(of: $0.key) < network.id(of: $1.key) }
            .flatMap { feeder, contracts in
                stride(from: 0, to: contracts.count, by: FeederWork.mostContracts).map { first in
                    let end = min(first + FeederWork.mostContracts, contracts.count)
                    return FeederWork(feeder: feeder, contracts: Array(contracts[first..<end]))
                }
            }
        return (pieces, start)
    }

    /// The due periods of a piece of work, by contract, oldest first.
    func periods(of work: FeederWork) -> [DuePeriod] {
        var terms = LastTerms()
        var due: [DuePeriod] = []
        due.reserveCapacity(work.contracts.count)
        for index in work.contracts {
            let contract = network.contract(Int(index))
            let billed = issued.billed(at: Int(index), of: network)
            for period in duePeriods(of: contract, billed, &terms) {
                due.append(cut(contract, period, followsBills: billed != .nothing, &terms))
            }
        }
        return due
    }

    private func duePeriods(
        of contract: Contract, _ billed: IssuedPeriods.Billed, _ terms: inout LastTerms
    ) -> [Range<CivilDay>] {
        switch billed {
        case .nothing: return terms.billablePeriods(of: contract, from: nil, upTo: asOf)
        case .these(let billed):
            return terms.billablePeriods(of: contract, from: nil, upTo: asOf)
                .filter { !billed.contains($0) }
        case .through(let last):
            // What an opening cut does not begin where a period does.
            let first = contract.opening == nil ? last : nil
            return terms.billablePeriods(of: contract, from: first, upTo: asOf)
                .filter { $0.lowerBound > last }
        }
    }

    /// Cuts a period where terms or tariff versions change.
    func cut(_ contract: Contract, _ period: Range<CivilDay>) -> DuePeriod {
        var terms = LastTerms()
        return cut(contract, period, followsBills: false, &terms)
    }

    private func cut(
        _ contract: Contract, _ period: Range<CivilDay>, followsBills: Bool,
        _ terms: inout LastTerms
    ) -> DuePeriod {
        let spans: Result<[DueSpan], PeriodHold>
        do throws(PeriodHold) {
            try checkBillable(contract, period)
            let parts = try terms.parts(of: contract, period) { () throws(PeriodHold) in
                try self.parts(of: contract, period)
            }
            spans = .success(
                parts.map {
                    DueSpan(
                        contract: contract, period: period, terms: $0.terms, shared: $0.shared)
                })
        } catch {
            spans = .failure(error)
        }
        return DuePeriod(contract, period, spans, followsBills: followsBills)
    }

    private func checkBillable(
        _ contract: Contract, _ period: Range<CivilDay>
    ) throws(PeriodHold) {
        if let invoice = issued.overlap(period, of: contract, network) {
            throw contract.hold(
                period, .overlapsInvoice,
                "\(invoice.number) bills \(invoice.span) to \(invoice.contractID), whose periods "
                    + "are others now: it must be credited first")
        }
        if let liveFrom, contract.start < liveFrom, contract.opening == nil {
            throw contract.hold(
                period, .noOpening,
                "began \(contract.start), before \(liveFrom): add a row to opening.csv")
        }
    }

    private func parts(
        of contract: Contract, _ period: Range<CivilDay>
    ) throws(PeriodHold) -> [PeriodPart] {
        var parts: [PeriodPart] = []
        var day = period.lowerBound
        while day < period.upperBound {
            guard let terms = contract.terms(on: day) else {
                throw contract.hold(period, .noTerms, "the contract has no terms on \(day)")
            }
            guard let tariff = tariffs.tariff(terms.tariffID, on: day) else {
                throw contract.hold(
                    period,
                    .missingTariff, "no version of \(terms.tariffID) is valid on \(day)")
            }
            var end = period.upperBound
            if let other = contract.end(ofTerms: terms, as: tariff) { end = min(end, other) }
            if let other = tariff.validTo { end = min(end, other) }
            do throws(PriceGap) {
                let zone = network.zones[contract.zone]
                parts.append(
                    PeriodPart(terms: terms, shared: try shared.span(day..<end, tariff, zone)))
            } catch {
                throw contract.hold(period, RatingHold.Code.missingPrice.rawValue, "\(error)")
            }
            day = end
        }
        return parts
    }
}

/// Days of a period under the same terms and version of the tariff, whoever has them.
private struct PeriodPart {
    var terms: Contract.Terms
    var shared: TariffSpan
}

/// What follows from the terms of the contract asked for last; many in a row have the same.
private struct LastTerms {
    private var terms: [Contract.Terms] = []
    /// The billable periods of contracts without an opening, from some day on.
    private var periods: (from: CivilDay?, periods: [Range<CivilDay>])?
    /// The parts of the period that was cut last, and by which clock.
    private var cut: (period: Range<CivilDay>, zone: Int, parts: [PeriodPart])?

    /// - Parameter first: Where a period begins, which is given and those after it; nil for all.
    mutating func billablePeriods(
        of contract: Contract, from first: CivilDay?, upTo asOf: CivilDay
    ) -> [Range<CivilDay>] {
        lookAt(contract)
        guard contract.opening == nil else { return contract.billablePeriods(upTo: asOf) }
        if let periods, periods.from == first { return periods.periods }
        let found = contract.billingPeriods(from: first, upTo: asOf)
        periods = (first, found)
        return found
    }

    mutating func parts(
        of contract: Contract, _ period: Range<CivilDay>,
        _ make: () throws(PeriodHold) -> [PeriodPart]
    ) throws(PeriodHold) -> [PeriodPart] {
        lookAt(contract)
        if let cut, cut.period == period, cut.zone == contract.zone { return cut.parts }
        let parts = try make()
        cut = (period, contract.zone, parts)
        return parts
    }

    private mutating func lookAt(_ contract: Contract) {
        if terms == contract.terms { return }
        self = LastTerms()
        terms = contract.terms
    }
}

extension Network {
    /// The feeder of a period: the one above the service point when the period ends.
    func feeder(of contract: Contract, before end: Instant) -> FeederNumber? {
        feeder(ofServicePoint: contract.servicePoint, at: end + -1)
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
