// SPDX-License-Identifier: Apache-2.0

import BillRating
import BillTariff
import MeterModel
import MeterUsage
import Quantities
import Store

/// What customers of two-part tariffs would have paid over a year by each basis of the basic charge.
public struct DemandOptimisation {
    /// What a contract would have paid by one basis.
    public struct Option: Hashable, Sendable {
        /// What the tariff calls it.
        public let basis: String
        /// The best contract demand in kW; nil for a basis without one.
        public let contractKilowatts: Int128?
        /// The whole bills, taxes among them; or why they cannot be told.
        public let total: Result<Money, RatingHold>
    }

    /// A contract with its choice.
    public struct Advice: Hashable, Sendable {
        /// The contract.
        public let contractID: String
        /// The class of its customer.
        public let customerClass: String
        /// The tariff that billed it last.
        public let tariffID: String
        /// The currency of all amounts.
        public let currency: Currency
        /// How many months were billed: 12, or fewer where no more are known.
        public let months: Int
        /// What they were billed at.
        public let billed: Money
        /// In the order of the tariff.
        public let options: [Option]

        /// The cheapest of the options that can be told, of equal ones the first.
        public var best: Option? {
            func total(_ option: Option) -> Money? { try? option.total.get() }
            return options.filter { total($0) != nil }
                .min { (total($0) ?? .zero) < (total($1) ?? .zero) }
        }

        /// What the best option would have saved; nil where none can be told.
        public var saving: Money? { (try? best?.total.get()).map { billed - $0 } }
    }

    private struct PlanKey: Hashable {
        let tariff: String
        let days: Range<CivilDay>
    }

    private let store: TallyStore
    private let network: Network
    private let series: SeriesSet
    private var plans: [PlanKey: RatingPlan] = [:]

    /// Over an open database.
    public init(store: TallyStore) throws {
        self.store = store
        network = try store.loadNetwork()
        series = try TariffLibrary.storedSeries(in: store)
    }

    /// The contracts whose last bill is of a tariff with a choice, largest saving first.
    ///
    /// - Parameter customerClass: Customers of this class only; nil for all.
    public mutating func advice(customerClass: String? = nil) throws -> [Advice] {
        var tariffs: [String: Tariff] = [:]
        for kept in try store.read({ try $0.keptTariffs() }) {
            tariffs[kept.sha256] = Tariff.kept(kept.body, sha256: kept.sha256)
        }
        let choosing = tariffs.filter { BasisChoice(of: $0.value) != nil }.keys.sorted()
        let contracts = try store.read { try $0.contracts(billedBy: choosing) }
        var found: [Advice] = []
        for contract in contracts {
            let invoices = try store.read { try $0.lastBilledInvoices(contract: contract, 12) }
            if let one = advice(contract, invoices, tariffs),
                customerClass == nil || one.customerClass == customerClass
            {
                found.append(one)
            }
        }
        return found.sorted {
            ($1.saving?.minorUnits ?? .min, $0.contractID)
                < ($0.saving?.minorUnits ?? .min, $1.contractID)
        }
    }

    /// - Parameter invoices: Those that stand, oldest first.
    private mutating func advice(
        _ contractID: String, _ invoices: [BilledInvoice], _ tariffs: [String: Tariff]
    ) -> Advice? {
        guard let contract = network.contract(contractID), let last = invoices.last,
            let tariff = last.parts.last.flatMap({ tariffs[$0.tariffSHA256] }),
            let choice = BasisChoice(of: tariff)
        else { return nil }
        var bills: [[RatingInput]] = []
        var (months, billed) = (0, Money.zero)
        // From the last back, as long as tariffs leave the same choice and no more than a year is reached.
        for invoice in invoices.reversed() {
            let place = contract.cyclePlace(of: invoice.period)
            guard months + place.months <= 12 || bills.isEmpty,
                let inputs = inputs(of: invoice, contract, place, choice, tariffs)
            else { break }
            months += place.months
            billed += invoice.total
            bills.append(inputs)
        }
        guard !bills.isEmpty else { return nil }
        let trial = BasisTrial(choice: choice, bills: bills)
        let options = choice.words.map { word in
            guard let contracted = choice.contracted, contracted.word == word else {
                let total = Result { () throws(RatingHold) in try trial.total(word) }
                return Option(basis: word, contractKilowatts: nil, total: total)
            }
            let best = Result { () throws(RatingHold) in try trial.bestContract(contracted) }
            return Option(
                basis: word, contractKilowatts: (try? best.get())?.kilowatts,
                total: best.map(\.total))
        }
        return Advice(
            contractID: contractID, customerClass: last.customerClass ?? "",
            tariffID: last.tariffID, currency: tariff.currency, months: months, billed: billed,
            options: options)
    }

    /// The spans of an invoice as they were rated; nil where a tariff left another choice.
    private mutating func inputs(
        of invoice: BilledInvoice, _ contract: Contract, _ place: CyclePlace,
        _ choice: BasisChoice, _ tariffs: [String: Tariff]
    ) -> [RatingInput]? {
        var inputs: [RatingInput] = []
        var periodToDate = UsageSums.zero
        for part in invoice.parts {
            guard let tariff = tariffs[part.tariffSHA256],
                BasisChoice(of: tariff)?.words == choice.words,
                let terms = contract.terms(on: part.days.lowerBound)
            else { return nil }
            let key = PlanKey(tariff: part.tariffSHA256, days: part.days)
            let plan =
                plans[key]
                ?? RatingPlan(
                    tariff: tariff, start: part.days.lowerBound, end: part.days.upperBound,
                    series: series)
            plans[key] = plan
            let input = RatingInput(
                plan: plan, determinants: part.determinants, cycle: place,
                parameters: terms.parameters, periodToDate: periodToDate)
            periodToDate.add(input.totals)
            inputs.append(input)
        }
        return inputs
    }
}
