// SPDX-License-Identifier: Apache-2.0

import BillInvoice
import BillTariff
import MeterModel
import MeterUsage
import Quantities
import Store

/// The determinants of contracts over any days, computed as billing would compute them.
public struct UsageQuery {
    /// What is wanted.
    public struct Request: Sendable {
        /// This contract only.
        public var contract: String?
        /// The contracts below this feeder at the end of the days.
        public var feeder: String?
        /// The first day.
        public var from: CivilDay
        /// The day after the last.
        public var to: CivilDay
        /// The date that stands for today: it says whether late readings are still waited for.
        public var asOf: CivilDay
        /// The folder of tariffs.
        public var tariffs: String

        /// A request from its parts.
        public init(
            contract: String?, feeder: String?, from: CivilDay, to: CivilDay, asOf: CivilDay,
            tariffs: String
        ) {
            self.contract = contract
            self.feeder = feeder
            self.from = from
            self.to = to
            self.asOf = asOf
            self.tariffs = tariffs
        }
    }

    /// The usage of a contract on days under one version of one tariff; or why it cannot be told.
    public struct Usage: Hashable, Sendable {
        /// The contract.
        public let contractID: String
        /// The tariff; nil where the days have none.
        public let tariffID: String?
        /// The first day.
        public let from: CivilDay
        /// The day after the last.
        public let to: CivilDay
        /// Energy per quantity and time-of-use period, and demand peaks.
        public let determinants: [InvoiceDeterminant]
        /// How many values behind them are estimates.
        public let estimatedValues: Int
        /// Why there are none; nil where there are.
        public let hold: PeriodHold?
    }

    private let store: TallyStore
    private let configuration: RunConfiguration

    /// A query on an open database.
    public init(store: TallyStore, configuration: RunConfiguration) {
        self.store = store
        self.configuration = configuration
    }

    /// The usage of the contracts asked for, by contract id, then day.
    ///
    /// - Throws: `FarDate` where the days end far after all readings: they would be looked at one by one.
    public func usage(_ request: Request) throws -> [Usage] {
        let today = Clock.today(in: try TimeZoneTable.named(configuration.timezone))
        try FarDate.refuse(request.to, option: "--from or --to", today: today, in: store)
        let tariffs = try TariffLibrary.load(request.tariffs)
        let network = try store.loadNetwork()
        let stored = try TariffLibrary.storedSeries(in: store)
        let newest = stored.all.merging(tariffs.folder.series.all) { $1 }
        let series = SeriesSet(newest.sorted { $0.key < $1.key }.map(\.value))
        let plan = BillingPlan(
            network: network, tariffs: tariffs.folder, series: series, asOf: request.asOf,
            liveFrom: nil, issued: IssuedPeriods())
        let periods = try periods(of: request, plan)
        let billing = FeederBilling(
            store: store, network: network, asOf: request.asOf,
            knownSeq: try store.read { try $0.latestSeq() }, waitDays: configuration.waitDays,
            turns: try RegisterTurns(store, from: request.from), doubted: [])
        let usages = try billing.readUsages(periods)
        var next = 0
        return periods.flatMap { period -> [Usage] in
            switch period.spans {
            case .failure(let hold): return [Usage(hold)]
            case .success(let spans):
                defer { next += spans.count }
                return usages[next..<(next + spans.count)].map { span in
                    Usage(span, of: period, network: network, billing)
                }
            }
        }
    }

    /// The days asked for, cut to each contract's life.
    private func periods(of request: Request, _ plan: BillingPlan) throws -> [DuePeriod] {
        let network = plan.network
        try UnknownName.refuse(contract: request.contract, feeder: request.feeder, in: network)
        var periods: [DuePeriod] = []
        for index in 0..<network.contractIDs.count {
            let id = network.contractIDs[index]
            if let only = request.contract, id != only { continue }
            let contract = network.contract(index)
            let from = max(request.from, contract.start)
            let to = min(request.to, contract.end ?? request.to)
            guard from < to else { continue }
            let period = plan.cut(contract, from..<to)
            if let feeder = request.feeder,
                network.feeder(of: contract, before: network.zones[contract.zone].startOfDay(to))
                    != network.feeder(feeder)
            {
                continue
            }
            periods.append(period)
        }
        return periods.sorted { $0.contract.id < $1.contract.id }
    }
}

extension UsageQuery.Usage {
    fileprivate init(_ hold: PeriodHold) {
        self.init(
            contractID: hold.contractID, tariffID: nil, from: hold.periodStart,
            to: hold.periodEnd, determinants: [], estimatedValues: 0, hold: hold)
    }

    fileprivate init(
        _ span: SpanUsage, of period: DuePeriod, network: Network, _ billing: FeederBilling
    ) {
        let due = span.due
        var found: Determinants?
        var hold: PeriodHold?
        switch span.outcome(network: network) {
        case .complete(let determinants): found = determinants
        case .held(let gaps):
            hold = period.hold(gaps, waitDays: billing.waitDays, asOf: billing.asOf)
        }
        self.init(
            contractID: due.contract.id, tariffID: due.tariff.id, from: due.days.lowerBound,
            to: due.days.upperBound,
            determinants: found.map(InvoiceDeterminant.list) ?? [],
            estimatedValues: found?.estimatedValues ?? 0, hold: hold)
    }
}
