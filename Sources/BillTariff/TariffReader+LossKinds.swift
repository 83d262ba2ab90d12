// SPDX-License-Identifier: Apache-2.0

import Quantities

/// The kinds of loss.
extension TariffReader {
    mutating func rateLoss(_ loss: Fields) -> LossRate? {
        let quantity = measuredQuantity(loss)
        guard (loss["rate"] == nil) != (loss["times"] == nil),
            let tree = loss["rate"] ?? loss["times"]
        else {
            fields.report(
                loss.position, .undecided, "\(loss.subject) leaves open how much is lost",
                "add either rate: 0.083, which is added, or times: 1.083")
            return nil
        }
        let isFactor = loss["times"] != nil
        let isPossible: (Exact) -> Bool = { isFactor ? $0 > .zero : $0 >= .zero && $0 < .one }
        let mend =
            isFactor
            ? "write a factor above zero" : "write a share below one: 0.02 for two per cent"
        guard case .mapping = tree.content else {
            let rate = contractNumber(tree, where: isPossible, mend)
            guard let quantity, let rate else { return nil }
            return LossRate(quantity: quantity, rate: rate, ratesByPeriod: [:], isFactor: isFactor)
        }
        if let quantity, quantity != .activeImport {
            fields.report(
                tree.position, .badValue, "\(quantity.rawValue) is not billed by period",
                "write one number")
        }
        let rates = byPeriod(tree) { reader, tree in
            reader.decimal(tree, where: isPossible, mend)
        }
        guard let quantity, let rates else { return nil }
        return LossRate(quantity: quantity, rate: nil, ratesByPeriod: rates, isFactor: isFactor)
    }

    mutating func fixedLoss(_ loss: Fields) -> FixedLoss? {
        let quantity = measuredQuantity(loss)
        let amount = lossNumber(loss, "amount", "write an amount of energy, not below zero")
        guard let basis = timeBasis(loss), let quantity, let amount else { return nil }
        return FixedLoss(quantity: quantity, amount: amount, basis: basis)
    }

    mutating func transformerLoss(_ loss: Fields) -> TransformerLoss? {
        let capacity = fields.required(loss, "capacity").flatMap {
            contractNumber($0, where: { $0 > .zero }, "write kVA above zero")
        }
        let noLoad = lossNumber(loss, "no_load_kw", "write kW, not below zero")
        let load = lossNumber(loss, "load_kw", "write kW, not below zero")
        let factor = lossNumber(loss, "factor", "write a factor such as 1.05, or 1")
        let reactive = reactive(loss)
        var reactiveLoss: TransformerLoss.Reactive?
        if let tree = loss["reactive_loss"] {
            if case .scalar("none") = tree.content {
                reactiveLoss = nil
            } else if let entries = fields.fields(
                tree, "the reactive loss", allowed: ["no_load_current", "impedance"])
            {
                let current = lossShare(entries, "no_load_current")
                let impedance = lossShare(entries, "impedance")
                guard let current, let impedance else { return nil }
                reactiveLoss = TransformerLoss.Reactive(
                    noLoadCurrent: current, impedance: impedance)
            }
        } else {
            fields.report(
                loss.position, .undecided,
                "\(loss.subject) leaves open whether reactive energy is lost",
                "add reactive_loss: none, or reactive_loss: { no_load_current: 0.01, impedance: 0.04 }"
            )
        }
        guard let capacity, let noLoad, let load, let factor, !reactive.isEmpty else { return nil }
        return TransformerLoss(
            capacity: capacity, noLoadPower: noLoad, loadPower: load, factor: factor,
            reactive: reactive, reactiveLoss: reactiveLoss)
    }

    private mutating func measuredQuantity(_ loss: Fields) -> BilledQuantity? {
        guard let quantity = quantity(loss) else { return nil }
        if let tree = loss["on"], !quantity.isMeasured {
            fields.report(
                tree.position, .badValue, "no meter tells \(quantity.rawValue)",
                "add losses to what is netted: import.kwh or export.kwh")
        }
        return quantity
    }

    private mutating func lossNumber(
        _ loss: Fields, _ key: String, _ mend: String
    ) -> ContractNumber? {
        fields.required(loss, key).flatMap { contractNumber($0, where: { $0 >= .zero }, mend) }
    }

    private mutating func lossShare(_ entries: Fields, _ key: String) -> ContractNumber? {
        fields.required(entries, key).flatMap {
            contractNumber(
                $0, where: { $0 >= .zero && $0 < .one }, "write 0.04 for four per cent")
        }
    }

    /// A parameter that is a number, or a number of the file.
    private mutating func contractNumber(
        _ tree: YamlTree, where isPossible: (Exact) -> Bool, _ mend: String
    ) -> ContractNumber? {
        if case .scalar(let text) = tree.content, parameters[text]?.kind == .number {
            return .parameter(text)
        }
        return decimal(tree, where: isPossible, mend + ", or name a number of needs").map(
            ContractNumber.number)
    }

    private mutating func decimal(
        _ tree: YamlTree, where isPossible: (Exact) -> Bool, _ mend: String
    ) -> Exact? {
        guard let value = fields.decimal(tree) else { return nil }
        if isPossible(value) { return value }
        fields.report(tree.position, .badValue, "\(value) cannot be", mend)
        return nil
    }
}
