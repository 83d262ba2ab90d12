// SPDX-License-Identifier: Apache-2.0

import Quantities

extension TariffReader {
    /// The keys that say what is measured of a demand.
    static let demandKeys = ["measure", "window", "type", "peaks", "round_quantity"]

    /// What is measured of a demand, and how it is rounded.
    mutating func demandQuantity(_ charge: Fields) -> DemandQuantity? {
        let unit = charge["measure"].map { fields.word($0, DemandMeasure.Unit.self) } ?? .kilowatts
        let minutes = window(charge)
        let sequence = fields.decision(
            charge, "type", DemandMeasure.Sequence.self,
            question: "how demand windows follow each other")
        let peaks = meanOfPeaks(charge)
        let rounding = quantityRounding(charge)
        if unit == .kilovoltAmperes {
            requireRounding(charge)
            if let tree = charge["peaks"] {
                fields.report(
                    tree.position, .badValue, "a mean of several peaks is not made of kVA",
                    "leave peaks out, or measure kw")
            }
        }
        guard let unit, let minutes, let sequence, let peaks else { return nil }
        return DemandQuantity(
            measure: DemandMeasure(
                unit, windowMinutes: minutes, sequence: sequence, count: peaks.count,
                days: peaks.days),
            fewer: peaks.fewer, rounding: rounding)
    }

    /// Reports kVA that are not rounded.
    mutating func requireRounding(_ charge: Fields) {
        guard charge["round_quantity"] == nil else { return }
        fields.report(
            charge.position, .undecided,
            "\(charge.subject) leaves open how kVA, which no decimal writes, are rounded",
            "add round_quantity: { to: 1, mode: up } or the like")
    }

    /// The minutes of a demand window: `window: 15min`.
    mutating func window(_ charge: Fields) -> Int? {
        guard let tree = charge["window"] else {
            fields.report(
                charge.position, .undecided, "\(charge.subject) leaves open the demand window",
                "add window: 15min or the like")
            return nil
        }
        guard let text = fields.text(tree) else { return nil }
        if text.hasSuffix("min"), let minutes = Int(text.dropLast(3)), minutes > 0,
            1440 % minutes == 0
        {
            return minutes
        }
        fields.report(
            tree.position, .badValue, "'\(text)' is not a demand window",
            "write minutes that divide a day, such as 15min")
        return nil
    }

    /// Which windows are charged: the highest, or `peaks: { mean_of: 3, on: different_days, fewer: mean }`.
    private mutating func meanOfPeaks(
        _ charge: Fields
    ) -> (count: Int, days: DemandMeasure.Days, fewer: DemandQuantity.Fewer)? {
        guard let tree = charge["peaks"] else { return (1, .any, .hold) }
        guard
            let entries = fields.fields(tree, "peaks", allowed: ["mean_of", "on", "fewer"])
        else { return nil }
        let count = fields.required(entries, "mean_of").flatMap { wholeNumber($0, 2...31) }
        let days = fields.decision(
            entries, "on", DemandMeasure.Days.self, question: "whether a day counts more than once")
        let fewer = fields.decision(
            entries, "fewer", DemandQuantity.Fewer.self,
            question: "what happens where a bill has fewer windows or days")
        guard let count, let days, let fewer else { return nil }
        return (count, days, fewer)
    }

    /// How a measured demand is rounded: `round_quantity: { to: 0.0001, mode: half_up }`.
    mutating func quantityRounding(_ charge: Fields) -> StepRounding? {
        guard let tree = charge["round_quantity"],
            let entries = fields.fields(tree, "round_quantity", allowed: ["to", "mode"])
        else { return nil }
        if entries["to"] == nil { _ = fields.required(entries, "to") }
        return stepRounding(entries, step: "to")
    }

    /// A whole number of a range.
    mutating func wholeNumber(_ tree: YamlTree, _ range: ClosedRange<Int>) -> Int? {
        guard let text = fields.text(tree) else { return nil }
        if text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(text),
            range.contains(number)
        {
            return number
        }
        fields.report(
            tree.position, .badValue,
            "'\(text)' is not a whole number from \(range.lowerBound) to \(range.upperBound)",
            "write such a number")
        return nil
    }
}
