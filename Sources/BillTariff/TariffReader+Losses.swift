// SPDX-License-Identifier: Apache-2.0

import Quantities

extension TariffReader {
    private static let commonLossKeys = ["id", "kind", "if", "of", "round", "spread", "if_idle"]
    /// The kinds of loss and the keys that each has beside those of all.
    private static let lossKinds: [String: [String]] = [
        "rate": ["on", "rate", "times"],
        "fixed": ["on", "amount", "per", "prorate"],
        "transformer": [
            "capacity", "no_load_kw", "load_kw", "factor", "reactive", "reactive_loss",
        ],
    ]

    /// Reads `losses` into `self.losses`, in the order in which they are added.
    mutating func readLosses(_ top: Fields) {
        guard let tree = top["losses"] else { return }
        for item in fields.list(tree) {
            if let loss = loss(item) { losses.append(loss) }
        }
    }

    private mutating func loss(_ tree: YamlTree) -> EnergyLoss? {
        guard let any = fields.fields(tree, "a loss", allowed: nil),
            let id = fields.text(any, "id"), let kindTree = fields.required(any, "kind"),
            let kind = fields.text(kindTree)
        else { return nil }
        guard let keys = TariffReader.lossKinds[kind] else {
            fields.report(
                kindTree.position, .badValue, "'\(kind)' is not a kind of loss",
                "use one of " + TariffReader.lossKinds.keys.sorted().joined(separator: ", "))
            return nil
        }
        guard
            let loss = fields.fields(
                tree, "loss '\(id)'", allowed: TariffReader.commonLossKeys + keys)
        else { return nil }
        if losses.contains(where: { $0.id == id }) || !FieldReader.isName(id) {
            fields.report(
                tree.position, .takenName, "the loss cannot be called '\(id)'",
                "use small letters, digits and '_', and no name that is taken")
        }
        let conditions = loss["if"].map { self.conditions($0) } ?? []
        let base = lossBase(loss)
        let rounding = lossRounding(loss)
        let method: EnergyLoss.Method? =
            switch kind {
            case "rate": rateLoss(loss).map(EnergyLoss.Method.rate)
            case "fixed": fixedLoss(loss).map(EnergyLoss.Method.fixed)
            default: transformerLoss(loss).map(EnergyLoss.Method.transformer)
            }
        let isByEnergy = kind == "rate" && rounding?.isExact ?? true
        let spread = spread(loss, isWanted: periods.hasTimeOfUse && !isByEnergy, rounding)
        let idle = idle(loss, isWanted: periods.hasTimeOfUse && kind != "rate")
        guard let base, let rounding, let method else { return nil }
        return EnergyLoss(
            id: id, conditions: conditions, method: method, base: base, rounding: rounding.step,
            spread: spread, idle: idle, position: tree.position)
    }

    /// Which energy a loss is of; of the first it does not matter.
    private mutating func lossBase(_ loss: Fields) -> EnergyLoss.Base? {
        if let tree = loss["of"] { return fields.word(tree, EnergyLoss.Base.self) }
        if losses.isEmpty { return .read }
        return fields.decision(
            loss, "of", EnergyLoss.Base.self, question: "whether it is of the losses above too")
    }

    private struct LossRounding {
        let step: StepRounding?
        var isExact: Bool { step == nil }
    }

    /// `round: none`, or a step and how.
    private mutating func lossRounding(_ loss: Fields) -> LossRounding? {
        guard let tree = loss["round"] else {
            fields.report(
                loss.position, .undecided, "\(loss.subject) leaves open how it is rounded",
                "add round: none, or round: { to: 0.01, mode: half_up }")
            return nil
        }
        if case .scalar("none") = tree.content { return LossRounding(step: nil) }
        guard let entries = fields.fields(tree, "the rounding", allowed: ["to", "mode"]),
            fields.required(entries, "to") != nil
        else { return nil }
        return stepRounding(entries, step: "to").map { LossRounding(step: $0) }
    }

    private mutating func spread(
        _ loss: Fields, isWanted: Bool, _ rounding: LossRounding?
    ) -> EnergyLoss.Spread? {
        guard isWanted else {
            if let tree = loss["spread"] {
                fields.report(
                    tree.position, .badValue, "each period has its loss as it is",
                    "leave spread out")
            }
            return nil
        }
        let spread = fields.decision(
            loss, "spread", EnergyLoss.Spread.self,
            question: "how it is shared out over the periods")
        if let tree = loss["spread"], spread == .largestRemainder, rounding?.isExact ?? false {
            fields.report(
                tree.position, .badValue, "there are no steps where nothing is rounded",
                "write spread: exact, or a step to round to")
        }
        return spread
    }

    /// What becomes of a loss where no period has energy: `hold`, or the `period` that takes it.
    private mutating func idle(_ loss: Fields, isWanted: Bool) -> EnergyLoss.Idle? {
        guard let tree = loss["if_idle"] else {
            if isWanted {
                fields.report(
                    loss.position, .undecided,
                    "\(loss.subject) leaves open which period takes it where none has energy",
                    "add if_idle: hold, or if_idle: { period: \(periods.names[0]) }")
            }
            return nil
        }
        if !isWanted {
            fields.report(
                tree.position, .badValue, "there are no periods to choose from, or no loss",
                "leave if_idle out")
            return nil
        }
        if case .scalar("hold") = tree.content { return .hold }
        guard let entries = fields.fields(tree, "if_idle", allowed: ["period"]),
            let period = fields.text(entries, "period")
        else { return nil }
        if periods.names.contains(period) { return .period(period) }
        fields.report(
            tree.position, .unknownReference, "there is no period '\(period)'",
            "use one of " + periods.names.joined(separator: ", "))
        return nil
    }
}

/// What charges do about losses.
extension TariffReader {
    /// The energies whose losses count in a power factor, which a tariff with losses must name.
    mutating func energiesWithLosses(_ charge: Fields) -> [BilledQuantity]? {
        let lost = Set(losses.flatMap(\.quantities))
        guard let tree = charge["with_losses"] else {
            if lost.isEmpty { return [] }
            fields.report(
                charge.position, .undecided,
                "\(charge.subject) leaves open whether losses count in the power factor",
                "add with_losses: none, or with_losses: [import.kwh, reactive_import.kvarh]")
            return nil
        }
        if case .scalar("none") = tree.content { return [] }
        var found: [BilledQuantity] = []
        for item in fields.list(tree) {
            guard let quantity = fields.word(item, BilledQuantity.self) else { continue }
            if !lost.contains(quantity) || found.contains(quantity) {
                fields.report(
                    item.position, .badValue,
                    "no loss is added to '\(quantity.rawValue)', or it is named twice",
                    "name energies that losses are added to, or write with_losses: none")
            }
            found.append(quantity)
        }
        return found
    }

    /// Reports charges that ask for intervals of an energy whose loss no interval has a share of.
    mutating func reportLossesWithoutIntervals() {
        for charge in charges where charge.kind.needsIntervals {
            let quantities = charge.kind.quantities
            let loss = losses.first { loss in
                !loss.isKnownPerInterval && loss.quantities.contains { quantities.contains($0) }
            }
            if let loss {
                fields.report(
                    loss.position, .badValue,
                    "'\(charge.id)' asks for intervals, and no interval has its share of '\(loss.id)'",
                    "use one rate for all periods with round: none, or a charge that does not ask "
                        + "for intervals")
            }
        }
    }
}
