// SPDX-License-Identifier: Apache-2.0

import BillRating
import BillTariff
import MeterUsage
import Quantities

/// The choice that a two-part tariff leaves its customers: what the basic charge is taken of.
///
/// Source: 发改办价格〔2016〕1583号.
struct BasisChoice: Sendable {
    /// What is charged for contracted kilowatts.
    struct Contracted: Sendable {
        let word: String
        let charge: ContractDemandCharge
    }

    /// The parameter that chooses, such as `basic_method`.
    let parameter: String
    /// Its words, in the order of the charges.
    let words: [String]
    /// The basis by contract demand; nil where the tariff has none.
    let contracted: Contracted?

    /// Nil for a tariff that leaves no choice of several.
    init?(of tariff: Tariff) {
        var found: [(parameter: String, word: String, charge: Charge)] = []
        for charge in tariff.charges {
            switch charge.kind {
            case .capacity, .contractDemand, .demand: break
            default: continue
            }
            for condition in charge.conditions where condition.comparison == .equal {
                found.append((condition.parameter, condition.value, charge))
            }
        }
        let parameter = found.map(\.parameter).first { name in
            Set(found.filter { $0.parameter == name }.map(\.word)).count > 1
        }
        guard let parameter else { return nil }
        self.parameter = parameter
        var words: [String] = []
        var contracted: Contracted?
        for entry in found where entry.parameter == parameter {
            if !words.contains(entry.word) { words.append(entry.word) }
            if case .contractDemand(let charge) = entry.charge.kind, contracted == nil {
                contracted = Contracted(word: entry.word, charge: charge)
            }
        }
        self.words = words
        self.contracted = contracted
    }
}

/// The bills of a contract, to be priced again by each basis.
struct BasisTrial: Sendable {
    let choice: BasisChoice
    /// Shape: `[bill][span]`.
    let bills: [[RatingInput]]

    /// What all bills come to by a basis.
    func total(
        _ word: String, contractKilowatts: Int128? = nil
    ) throws(RatingHold) -> Money {
        var sum = Money.zero
        for bill in bills {
            var inputs = bill
            for index in inputs.indices {
                inputs[index].parameters[choice.parameter] = word
                if let contractKilowatts, let contracted = choice.contracted {
                    inputs[index].parameters[contracted.charge.parameter] =
                        "\(contractKilowatts)"
                }
            }
            sum += try BillRating.total(of: inputs)
        }
        return sum
    }

    /// The contract demand in whole kilowatts that costs least, not below the floor; of equal ones the
    /// lowest.
    ///
    /// The cost is piecewise linear in it and bends where a demand begins to exceed it, so the least is
    /// beside a bend or at the floor.
    func bestContract(
        _ contracted: BasisChoice.Contracted
    ) throws(RatingHold) -> (kilowatts: Int128, total: Money) {
        let charge = contracted.charge
        var least = Int128(0)
        var bends: Set<Int128> = []
        for input in bills.joined() {
            if let floor = charge.floor {
                guard let given = input.parameters[floor.parameter].flatMap({ Exact($0) }) else {
                    throw RatingHold(
                        code: .missingParameter, charge: nil,
                        detail: "the contract gives no '\(floor.parameter)' as a number")
                }
                least = max(least, (given * floor.share).wholePart(.up))
            }
            for peak in input.determinants.demand
            where peak.period == "all" && peak.measure == charge.demand.measure {
                guard var demand = peak.power else { continue }
                if let rounding = charge.demand.rounding {
                    demand = demand.rounded(to: rounding.step, rounding.mode)
                }
                let bend = demand / charge.overFrom
                if bend.isOverflow { throw tooLarge }
                bends.formUnion([bend.wholePart(.down), bend.wholePart(.up)])
            }
        }
        bends = bends.filter { $0 >= least }
        bends.insert(least)
        var best: (kilowatts: Int128, total: Money)?
        for kilowatts in bends.sorted() {
            let total = try total(contracted.word, contractKilowatts: kilowatts)
            if best.map({ total < $0.total }) ?? true { best = (kilowatts, total) }
        }
        guard let best else { preconditionFailure("the floor is one of them") }
        return best
    }

    private var tooLarge: RatingHold {
        RatingHold(
            code: .amountOverflow, charge: nil, detail: "a demand is too large to be exact")
    }
}
