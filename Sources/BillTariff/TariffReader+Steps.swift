// SPDX-License-Identifier: Apache-2.0

import Quantities

extension TariffReader {
    mutating func usageStep(_ charge: Fields) -> UsageStepCharge? {
        let quantity = quantity(charge)
        let limits = fields.decision(
            charge, "limits", TierCharge.Limits.self,
            question: "what a part of a month does to its limits")
        let basis = timeBasis(charge)
        if let tree = charge["per"], let basis, basis.per == .day || basis.per == .year {
            fields.report(
                tree.position, .badValue, "the energy of a billing period tells the step",
                "write per: month or per: billing_period")
        }
        let steps = fields.required(charge, "steps").flatMap { self.steps($0) }
        guard let quantity, let limits, let basis, let steps else { return nil }
        return UsageStepCharge(quantity: quantity, limits: limits, steps: steps, basis: basis)
    }

    /// A sum for each step: `steps: [{ below: 2, price: 125 }, { below: 5, price: 206 }, { price: 350 }]`.
    mutating func steps(_ tree: YamlTree) -> [SumStep]? {
        let items = fields.list(tree)
        if items.count < 2 {
            fields.report(
                tree.position, .badValue, "\(items.count) steps are no choice",
                "write the steps, the last without a limit, or a charge of kind fixed")
        }
        var steps: [SumStep] = []
        for (index, item) in items.enumerated() {
            let isLast = index == items.count - 1
            if let step = step(item, after: steps.last?.limit, isLast: isLast) {
                steps.append(step)
            }
        }
        return steps.count == items.count && items.count > 1 ? steps : nil
    }

    private mutating func step(
        _ tree: YamlTree, after last: Exact?, isLast: Bool
    ) -> SumStep? {
        guard let item = fields.fields(tree, "a step", allowed: ["below", "up_to", "price"]),
            let price = source(item, "price")
        else { return nil }
        let limits = ["below", "up_to"].compactMap { item[$0] }
        guard let tree = limits.first else {
            if !isLast {
                fields.report(
                    item.position, .undecided, "the step leaves open where it ends",
                    "give it a limit with 'below', or with 'up_to' where the limit lies on it")
            }
            return SumStep(limit: nil, includesLimit: false, price: price)
        }
        let limit = fields.positive(tree)
        if isLast || limits.count > 1 {
            fields.report(
                tree.position, .undecided,
                isLast
                    ? "the steps leave open the sum above \(limit ?? .zero)"
                    : "'below' and 'up_to' differ on the limit itself",
                isLast ? "add a step without a limit" : "keep one")
        } else if let limit, limit <= (last ?? .zero) {
            fields.report(
                tree.position, .unreachable,
                "the step ends at \(limit), not above the one before it",
                "put steps in the order of their limits")
        }
        return limit.map {
            SumStep(limit: $0, includesLimit: item["up_to"] != nil, price: price)
        }
    }
}
