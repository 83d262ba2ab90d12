// SPDX-License-Identifier: Apache-2.0

import BillInvoice
import BillRating
import BillTariff
import MeterModel
import MeterUsage
import MeterValidate
import Quantities
import Store

/// What billing contracts of one feeder came to; the writer issues it.
struct FeederBills: Sendable {
    /// The invoices, for the writer to number.
    private(set) var invoices: InvoiceRows
    /// The contracts of these, each once for each invoice.
    private(set) var billed: [String] = []
    /// Their totals by currency code, in minor units.
    private(set) var totals: [String: Int64] = [:]
    var holds: [PeriodHold] = []
    /// The contracts that were looked at; their other holds are released.
    var contracts: [String] = []
    var estimates: [EstimateRow] = []
    /// The hashes of all tariff files that the drafts were computed from.
    private(set) var tariffs: Set<String> = []
    /// The plan of the draft before; mostly the next one is computed from it too.
    private var lastPlan: RatingPlan?
    /// What billing found doubtful, by the block of the period billed.
    var exceptions: [(block: String, found: [ExceptionRow])] = []
    /// The imported energy of the drafts, in kWh.
    var kilowattHours = Exact.zero

    /// Nothing yet.
    init(as issue: Issue) { invoices = InvoiceRows(as: issue) }

    /// Takes a bill; only its rows are kept.
    mutating func add(_ draft: InvoiceDraft) {
        invoices.add(draft)
        billed.append(draft.contractID)
        totals[draft.bill.currency.code, default: 0] += draft.bill.total.minorUnits
    }

    /// Takes note of what a draft was computed from.
    mutating func add(_ plan: RatingPlan) {
        if plan === lastPlan { return }
        tariffs.insert(plan.tariff.sha256)
        lastPlan = plan
    }
}

/// Bills due periods of one feeder; runs on many threads at once.
struct FeederBilling: Sendable {
    let store: TallyStore
    let network: Network
    let asOf: CivilDay
    let knownSeq: Int
    let waitDays: Int
    let turns: RegisterTurns
    /// The blocks of periods with open exceptions.
    let doubted: Set<String>

    /// Bills due periods of one feeder, which stand by contract, oldest first.
    func bill(_ periods: [DuePeriod], as issue: Issue) throws -> FeederBills {
        var bills = FeederBills(as: issue)
        let usages = try readUsages(periods)
        let histories = try BilledHistories(of: periods, for: self)
        var next = 0
        var before: BilledBefore?
        for period in periods {
            let isNewContract = bills.contracts.last != period.contract.id
            if isNewContract {
                bills.contracts.append(period.contract.id)
                before = nil
            }
            let first = next
            for due in (try? period.spans.get()) ?? [] {
                while next < usages.count, usages[next].due === due { next += 1 }
            }
            let spans = first..<next
            if !isNewContract, bills.holds.last?.contractID == period.contract.id {
                bills.holds.append(
                    period.hold(.earlierPeriod, "an earlier period is held: bill that first"))
                continue
            }
            do throws(PeriodHold) {
                _ = try period.spans.get()
                if before == nil { before = try histories.before(period) }
                bills.add(try bill(period, usages, spans, &before, &bills.kilowattHours))
                let found = spans.flatMap { usages[$0].comparisons }
                if !found.isEmpty || !doubted.isEmpty {
                    let block = FeederBilling.block(of: period)
                    if !found.isEmpty || doubted.contains(block) {
                        bills.exceptions.append((block, found))
                    }
                }
                for index in spans {
                    bills.add(usages[index].due.shared.plan)
                    bills.estimates += usages[index].estimates
                }
            } catch {
                bills.holds.append(error)
            }
        }
        return bills
    }

    /// What the blocks of periods billed begin with.
    static let blockPrefix = "billing "

    private static func block(of period: DuePeriod) -> String {
        "\(blockPrefix)\(period.contract.id) \(period.period.lowerBound)"
    }

    /// The usage of all spans, in order: sums by block first, then what was missing.
    func readUsages(_ periods: [DuePeriod]) throws -> [SpanUsage] {
        var usages: [SpanUsage] = []
        usages.reserveCapacity(periods.count)
        // Once: a network is large to copy.
        let network = network
        for period in periods {
            for due in (try? period.spans.get()) ?? [] {
                if due.contract.hasOnePoint {
                    usages.append(SpanUsage(due, network: network))
                    continue
                }
                for point in due.contract.points(in: due.request.span) {
                    usages.append(SpanUsage(due, at: point, network: network))
                }
            }
        }
        var intervals = IntervalReading(store: store, network: network, knownSeq: knownSeq)
        try intervals.read(into: usages)
        var filling = GapFilling(store: store, network: network, knownSeq: knownSeq)
        var registers = RegisterLookup(
            store: store, network: network, knownSeq: knownSeq, turns: turns)
        for index in usages.indices {
            let mayEstimate = usages[index].due.period.upperBound + waitDays <= asOf
            if mayEstimate, usages[index].missesIntervals(network) {
                try filling.fill(usages[index])
            }
            try registers.read(into: usages[index], mayEstimate: mayEstimate)
            if usages[index].due.shared.detail != nil {
                try registers.readDailyEnergy(into: usages[index])
            }
            try compareKinds(usages[index], &registers)
            noteSilence(usages[index])
        }
        return usages
    }

    /// Bills a period by the usage of its spans, which are some of those given.
    private func bill(
        _ period: DuePeriod, _ usages: [SpanUsage], _ spans: Range<Int>,
        _ before: inout BilledBefore?, _ kilowattHours: inout Exact
    ) throws(PeriodHold) -> InvoiceDraft {
        let dueSpans = try period.spans.get()
        var inputs: [RatingInput] = []
        inputs.reserveCapacity(dueSpans.count)
        var periodToDate = UsageSums.zero
        var kept: EnergyBank?
        var next = spans.lowerBound
        for due in dueSpans {
            let first = next
            while next < spans.upperBound, usages[next].due === due { next += 1 }
            var determinants: Determinants
            switch try outcome(usages[first..<next], of: due, in: period) {
            case .complete(let found): determinants = found
            case .held(let gaps): throw period.hold(gaps, waitDays: waitDays, asOf: asOf)
            }
            before?.complete(&determinants, of: due)
            var input = RatingInput(
                plan: due.shared.plan, determinants: determinants, cycle: due.cycle,
                parameters: due.terms.parameters,
                yearToDate: before?.yearToDate(due, periodToDate: periodToDate) ?? [:],
                periodToDate: periodToDate)
            do throws(RatingHold) {
                try input.addLosses(seconds: Int64(due.request.span.count))
                if input.plan.nets {
                    kept = kept ?? before?.bank(due)
                    try input.net(from: &kept)
                }
            } catch { throw period.hold(error) }
            periodToDate.add(input.totals)
            inputs.append(input)
        }
        let bill: RatedBill
        do throws(RatingHold) { bill = try rate(inputs) } catch { throw period.hold(error) }
        before?.add(period.period, inputs, bill, kept: kept)
        kilowattHours += periodToDate[.activeImport] ?? .zero
        let feeder = dueSpans.last.flatMap { last in
            network.feeder(
                of: period.contract, before: Instant(seconds: last.request.span.upperBound))
        }
        return InvoiceDraft(
            bill, inputs, period,
            servicePointID: network.servicePointIDs[period.contract.servicePoint],
            feederID: feeder.map { network.id(of: $0) } ?? "",
            knownSeq: knownSeq)
    }

    /// What was measured for a span, at the one service point or at several.
    func outcome(
        _ usages: ArraySlice<SpanUsage>, of due: DueSpan, in period: DuePeriod
    ) throws(PeriodHold) -> UsageOutcome {
        guard let first = usages.first else {
            throw period.hold(.noUsage, "no service point counts for the contract")
        }
        if first.point == nil { return first.outcome(network: network) }
        return try SeveralPoints(usages, of: due, network).outcome(in: period)
    }

    /// Says which streams are estimated from end to end: when days are settled, the silence of one
    /// stream of several is found on its first day only.
    private func noteSilence(_ usage: SpanUsage) {
        for use in usage.silentStreams {
            let checks = BlockChecks(network: network, asOf: asOf)
            let meterSpan = usage.meterSpans[use.meterSpan]
            let clipped = usage.clipped(meterSpan)
            let finding = ValidationFinding(
                .missingIntervals, from: Instant(seconds: clipped.lowerBound),
                to: Instant(seconds: clipped.upperBound),
                count: clipped.count / (use.slotMinutes * 60))
            usage.comparisons.append(
                checks.row(
                    finding, meter: meterSpan.meter, channel: use.channel,
                    offset: network.storageOffset(of: meterSpan.meter)))
        }
    }

    /// Compares interval sums with register advances where a meter sends both and its intervals are
    /// read (the billed kind leads).
    private func compareKinds(_ usage: SpanUsage, _ registers: inout RegisterLookup) throws {
        if usage.intervals.isEmpty { return }
        for (index, meterSpan) in usage.meterSpans.enumerated() {
            let clipped = usage.clipped(meterSpan)
            let uses = usage.intervals.filter {
                $0.key.meterSpan == index && $0.key.channel.obis == .activeImport
            }
            guard !uses.isEmpty,
                let register = try registers.advance(
                    of: meterSpan, obis: .activeImport, in: clipped)
            else { continue }
            let sum = uses.reduce(Exact.zero) { $0 + $1.value.total * usage.multiplier(of: $1.key) }
            let comparison = KindComparison(
                span: clipped, intervalSum: sum, registerAdvance: register.amount,
                registerExponent: register.exponent, multiplier: meterSpan.terms.multiplier)
            if let finding = comparison.finding {
                let checks = BlockChecks(network: network, asOf: asOf)
                usage.comparisons.append(
                    checks.row(
                        finding, meter: meterSpan.meter, channel: Channel(.activeImport, .interval),
                        offset: network.storageOffset(of: meterSpan.meter)))
            }
        }
    }
}

extension DuePeriod {
    /// The hold of a usage that cannot be told: its first reason, and how many there are.
    func hold(_ gaps: [UsageGap], waitDays: Int, asOf: CivilDay) -> PeriodHold {
        guard let first = gaps.first else { return hold(.noUsage, "nothing was measured") }
        let at = first.at.map { " at \($0.iso(offset: 0))" } ?? ""
        let more = gaps.count > 1 ? " (and \(gaps.count - 1) more)" : ""
        let until = period.upperBound + waitDays
        let next =
            until > asOf
            ? "; late readings are waited for until \(until)"
            : first.code.isCuredByReadings
                ? "; the wait is over and nothing is near enough to estimate from: readings must come"
                : ""
        return hold(first.code.rawValue, first.detail + at + more + next)
    }
}
