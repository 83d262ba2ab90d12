// SPDX-License-Identifier: Apache-2.0

import BillInvoice
import BillRating
import BillTariff
import MeterModel
import MeterUsage
import Quantities
import Store

/// Prices invoices under other tariffs from the readings of their days, measured again as a night does, where
/// what is stored with them does not tell it.
///
/// Thousands of times the work of pricing stored sums: one that those tell is left as it is.
struct ReadingsPricing: Sendable {
    private let store: TallyStore
    private let network: Network
    private let parameters: [String: String]
    private let knownSeq: Int
    private let turns: RegisterTurns

    /// - Parameter parameters: What contracts lack that a tariff needs.
    init(store: TallyStore, network: Network, parameters: [String: String]) throws {
        self.store = store
        self.network = network
        self.parameters = parameters
        knownSeq = try store.read { try $0.latestSeq() }
        turns = try RegisterTurns(store)
    }

    /// Prices what readings may tell of a piece.
    ///
    /// - Parameter found: The invoices of the piece, in its order.
    func complete(
        _ piece: inout ComparedPiece, of found: [FoundInvoice], under others: [ComparedTariff]
    ) throws {
        for (place, other) in others.enumerated() {
            let missing = found.indices.filter { index in
                if case .failure(let gap) = piece.others[index * others.count + place] {
                    ComparisonGap.curedByReadings.contains(gap.code)
                } else {
                    false
                }
            }
            if missing.isEmpty { continue }
            for (index, total) in zip(missing, try totals(of: missing.map { found[$0] }, other)) {
                piece.others[index * others.count + place] = total
            }
        }
    }

    private func totals(
        of found: [FoundInvoice], _ other: ComparedTariff
    ) throws -> [Result<Money, ComparisonGap>] {
        let periods = found.map { period(of: $0, other) }
        // The wait for late readings is over: a bill stands.
        let asOf = found.map(\.invoice.period.upperBound).max() ?? CivilDay.newYear(1970)
        let billing = FeederBilling(
            store: store, network: network, asOf: asOf, knownSeq: knownSeq, waitDays: 0,
            turns: turns, doubted: [])
        let usages = try billing.readUsages(periods)
        var next = 0
        return zip(found, periods).map { item, period in
            let first = next
            for due in (try? period.spans.get()) ?? [] {
                while next < usages.count, usages[next].due === due { next += 1 }
            }
            let own = usages[first..<next]
            return Result { () throws(ComparisonGap) in
                if let year = other.tariff.yearAttribution { try other.checkYear(item, year) }
                do throws(PeriodHold) {
                    return try total(of: item, period, own, billing, other)
                } catch { throw ComparisonGap(error.code, error.detail) }
            }
        }
    }

    /// The billing period of an invoice, cut where something changes that the other tariff asks for.
    private func period(of found: FoundInvoice, _ other: ComparedTariff) -> DuePeriod {
        let period = found.invoice.period
        guard let place = found.contract else {
            preconditionFailure("of a contract that the network lacks nothing is measured")
        }
        let contract = network.contract(place)
        let needs = other.tariff.needs.map(\.name)
        var spans: [DueSpan] = []
        do throws(PeriodHold) {
            var day = period.lowerBound
            while day < period.upperBound {
                guard let terms = contract.terms(on: day) else {
                    throw contract.hold(
                        period, ComparisonGap.unknownContract, "there are no terms on \(day)")
                }
                var end = terms.to
                while let later = end, later < period.upperBound,
                    let next = contract.terms(on: later),
                    needs.allSatisfy({ terms.parameters[$0] == next.parameters[$0] })
                { end = next.to }
                let days = day..<min(end ?? period.upperBound, period.upperBound)
                do throws(PriceGap) {
                    spans.append(
                        DueSpan(
                            contract: contract, period: period, terms: terms,
                            shared: try other.span(days, network.zones[contract.zone])))
                } catch {
                    throw contract.hold(
                        period, RatingHold.Code.missingPrice.rawValue, "\(error)")
                }
                day = days.upperBound
            }
            return DuePeriod(contract, period, .success(spans), followsBills: true)
        } catch {
            return DuePeriod(contract, period, .failure(error), followsBills: true)
        }
    }

    private func total(
        of found: FoundInvoice, _ period: DuePeriod, _ usages: ArraySlice<SpanUsage>,
        _ billing: FeederBilling, _ other: ComparedTariff
    ) throws(PeriodHold) -> Money {
        var inputs: [RatingInput] = []
        var periodToDate = UsageSums.zero
        var bank: EnergyBank?
        var rest = usages
        for due in try period.spans.get() {
            let own = rest.prefix { $0.due === due }
            rest = rest.dropFirst(own.count)
            var determinants: Determinants
            switch try billing.outcome(own, of: due, in: period) {
            case .complete(let measured): determinants = measured
            case .held(let gaps):
                throw period.hold(gaps, waitDays: 0, asOf: period.period.upperBound)
            }
            if other.monthsBack > 0 {
                determinants.earlierDemand =
                    found.earlier?.before(
                        period.period, months: other.monthsBack, other.tariff.demandMeasures) ?? []
            }
            let before =
                other.tariff.yearAttribution.flatMap {
                    found.year?.before(
                        period.period, $0, netted: other.tariff.netMetering != nil,
                        periodToDate: periodToDate)
                } ?? [:]
            var input = RatingInput(
                plan: due.shared.plan, determinants: determinants, cycle: due.cycle,
                parameters: parameters.merging(due.terms.parameters) { $1 },
                yearToDate: before, periodToDate: periodToDate)
            do throws(RatingHold) {
                try input.addLosses(seconds: Int64(due.request.span.count))
                try input.net(from: &bank)
            } catch { throw period.hold(error) }
            periodToDate.add(input.totals)
            inputs.append(input)
        }
        do throws(RatingHold) { return try BillRating.total(of: inputs) } catch {
            throw period.hold(error)
        }
    }
}

extension ComparisonGap {
    /// The codes of what readings may tell where stored sums do not.
    static let curedByReadings = [
        otherPeriods, changedTerms, RatingHold.Code.missingDeterminant.rawValue,
    ]
}
