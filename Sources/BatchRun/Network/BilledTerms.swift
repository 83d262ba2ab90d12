// SPDX-License-Identifier: Apache-2.0

import MeterModel
import MeterValidate
import Quantities

/// What of the network the bill of a contract and period rests on.
///
/// Where an import changes it, the issued invoice is wrong, and is listed for correction; of the dials of
/// registers and the reads on site `RegisterCourse` tells whether the bill would differ.
struct BilledTerms: Hashable {
    /// A billing meter as it served in the period.
    private struct Meter: Hashable {
        var number: MeterNumber
        var multiplier: Exact
        var digits: Int?
        var intervalMinutes: Int?
        var basis: BillingBasis
        /// True where the capacity could turn the dial in the period: then its days are billed.
        var mayTurn: Bool
        /// What tells a rollover from a fall; nil where the register did neither.
        var capacityKilowatts: Exact?
    }

    /// What holds for a time.
    private struct Stretch<Bound: Comparable & Hashable & Sendable, Content: Hashable>: Hashable {
        var span: Range<Bound>
        var content: Content
    }

    /// True where the contract still has a period that ends so.
    private let isPeriod: Bool
    private var customerID: String
    private var terms: [Stretch<CivilDay, Contract.Terms>]
    /// The full cycle that the period is of, and its months.
    private var cycle: Stretch<CivilDay, Int>?
    /// The days of each year that limits by days are shared out over.
    private var served: [Range<CivilDay>]
    /// True where the contract ends with the period, and its bill counts that.
    private var isLast: Bool
    /// True where the energy that is billed follows from the terms too.
    private let energyFollowsTerms: Bool
    private let opening: Contract.Opening?
    private let zone: String
    private let servicePoints: [String]
    private var meters: [Stretch<Instant, Meter>]
    private var reads: [RegisterRead]

    /// What the network says; nil where it does not know the contract.
    ///
    /// - Parameter needs: What the bill's tariffs ask for.
    init?(
        _ network: Network, contract id: String, period: Range<CivilDay>, needs: BilledNeeds
    ) {
        guard let contract = network.contract(id) else { return nil }
        isPeriod = contract.billingPeriods(upTo: period.upperBound).contains {
            $0.upperBound == period.upperBound && $0.lowerBound <= period.lowerBound
        }
        customerID = contract.customerID
        cycle = contract.terms(on: period.lowerBound).map {
            Stretch(
                span: Contract.cycle(around: period.lowerBound, $0), content: $0.cycleMonths)
        }
        terms = BilledTerms.joined(
            contract.terms.compactMap { terms in
                let days = terms.from..<(terms.to ?? max(terms.from, period.upperBound))
                guard days.overlaps(period) else { return nil }
                // The span is said once, and the cycle is that of the period's start.
                var same = terms
                (same.from, same.to) = (period.lowerBound, nil)
                (same.billingDay, same.cycleMonths) = (1, 1)
                if let names = needs.parameters {
                    same.parameters = same.parameters.filter { names.contains($0.key) }
                }
                return Stretch(span: days.clamped(to: period), content: same)
            })
        served = needs.yearsByDays.sorted().map { year in
            let days = CivilDay.newYear(year)..<CivilDay.newYear(year + 1)
            return (contract.start..<max(contract.start, contract.end ?? days.upperBound))
                .clamped(to: days)
        }
        isLast =
            needs.countsContractEnd && (contract.end.map { $0 <= period.upperBound } ?? false)
        energyFollowsTerms = needs.energyFollowsTerms
        opening = contract.opening
        let clock = network.zones[contract.zone]
        zone = clock.name
        servicePoints = contract.points.map {
            "\(network.servicePointIDs[$0.servicePoint]) \($0.quantity?.description ?? "") "
                + "\($0.sign) \($0.share) \($0.span)"
        }
        let span = clock.startOfDay(period.lowerBound)..<clock.startOfDay(period.upperBound)
        let seconds = span.upperBound.seconds - span.lowerBound.seconds
        let served = contract.servicePoints
            .flatMap { network.meterSpans(atServicePoint: $0, within: span) }
            .filter { $0.terms.use == .billing }
        meters = BilledTerms.joined(
            served.map {
                Stretch(
                    span: $0.span.clamped(to: span),
                    content: Meter(
                        number: $0.meter, multiplier: $0.terms.multiplier,
                        digits: $0.terms.basis == .register ? $0.terms.digits : nil,
                        intervalMinutes: $0.terms.intervalMinutes, basis: $0.terms.basis,
                        mayTurn: $0.terms.basis == .register
                            && RegisterDial($0.terms).mayTurn(in: seconds),
                        capacityKilowatts: $0.terms.basis == .register
                            && needs.turned(network.id(of: $0.meter), span)
                            ? $0.terms.capacityKilowatts : nil))
            })
        let byRegister = served.filter { $0.terms.basis == .register }
        // A meter may be read on the day before it is installed, and on the day after it is removed.
        reads = Set(byRegister.map(\.meter)).sorted().flatMap { meter in
            network.registerReads(of: meter).filter { read in
                needs.registers.hasRegister(read.channel.obis)
                    && byRegister.contains {
                        let part = $0.span.clamped(to: span)
                        return $0.meter == meter && part.lowerBound + -86_400 <= read.at
                            && read.at <= part.upperBound + 86_400
                    }
            }
        }
    }

    /// What the energy of the bill follows from; the rest changes its price or its receiver.
    var measured: BilledTerms {
        var measured = self
        (measured.customerID, measured.cycle, measured.served) = ("", nil, [])
        if !energyFollowsTerms { (measured.terms, measured.isLast) = ([], false) }
        return measured
    }

    /// What the amounts of the bill follow from: all but who receives it.
    var priced: BilledTerms {
        var priced = self
        priced.customerID = ""
        return priced
    }

    /// All but what only the course of registers follows from: their dials, and reads on site.
    var withoutDials: BilledTerms {
        var terms = self
        terms.reads = []
        terms.meters = BilledTerms.joined(
            terms.meters.map { stretch in
                var stretch = stretch
                (stretch.content.digits, stretch.content.mayTurn) = (nil, false)
                stretch.content.capacityKilowatts = nil
                return stretch
            })
        return terms
    }

    /// Stretches without the cuts that change nothing, such as the feeder's or a repeated row's.
    private static func joined<Bound, Content>(
        _ stretches: [Stretch<Bound, Content>]
    ) -> [Stretch<Bound, Content>] {
        var joined: [Stretch<Bound, Content>] = []
        for stretch in stretches {
            if let last = joined.last, last.content == stretch.content,
                last.span.upperBound == stretch.span.lowerBound
            {
                joined[joined.count - 1].span = last.span.lowerBound..<stretch.span.upperBound
            } else {
                joined.append(stretch)
            }
        }
        return joined
    }
}

/// What the tariffs of a bill ask the network for.
struct BilledNeeds {
    /// The parameters that count; nil where all do.
    var parameters: Set<String>? = []
    /// The calendar years whose limits shrink to the days that the contract has in them.
    var yearsByDays: Set<Int> = []
    /// True where the last bill of a contract is another than one amidst, as for what its bank holds.
    var countsContractEnd = false
    /// True where the energy that is billed is not what was measured: losses are added, or it is netted.
    var energyFollowsTerms = false
    /// The registers that are billed, where a meter is billed by them.
    var registers: BilledChannels
    /// Where registers fell or rolled over.
    var turns: RegisterTurns

    /// True where a meter's billed register fell or rolled over in a period.
    func turned(_ meter: String, _ span: Range<Instant>) -> Bool {
        turns.contains(
            meter: meter, within: span.lowerBound.seconds..<span.upperBound.seconds,
            where: registers.hasRegister)
    }
}
