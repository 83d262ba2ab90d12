// SPDX-License-Identifier: Apache-2.0

import Quantities

extension TariffReader {
    /// The keys of a charge by dated windows.
    static let coincidentDemandKeys = [
        "series", "column", "counts", "if_none", "measure", "window", "round_quantity", "price",
        "per",
        "prorate",
    ]

    mutating func coincidentDemand(_ charge: Fields) -> CoincidentDemandCharge? {
        let series = fields.text(charge, "series")
        let column = charge["column"].flatMap { fields.text($0) } ?? "value"
        let counts = fields.decision(
            charge, "counts", CoincidentDemandCharge.Counts.self,
            question: "which of several events of a billing period are charged")
        let idle = fields.decision(
            charge, "if_none", CoincidentDemandCharge.Idle.self,
            question: "what a billing period without an event does")
        let unit = charge["measure"].map { fields.word($0, DemandMeasure.Unit.self) } ?? .kilowatts
        let minutes = window(charge)
        let rounding = quantityRounding(charge)
        if unit == .kilovoltAmperes { requireRounding(charge) }
        let basis = timeBasis(charge)
        guard let price = source(charge, "price"), let series, let counts, let idle, let unit,
            let minutes, let basis
        else { return nil }
        return CoincidentDemandCharge(
            series: series, column: column, counts: counts, idle: idle, unit: unit,
            windowMinutes: minutes, rounding: rounding, price: price, basis: basis)
    }

    mutating func excessReactive(_ charge: Fields) -> ExcessReactiveCharge? {
        let quantity = quantity(charge)
        if let tree = charge["on"], let quantity, quantity.unit != "kvarh" {
            fields.report(
                tree.position, .badValue, "'\(quantity.rawValue)' is no reactive energy",
                "write reactive_import.kvarh or reactive_export.kvarh")
        }
        let share = fields.required(charge, "free_share").flatMap { fields.positive($0) }
        let over = fields.decision(
            charge, "over", ExcessReactiveCharge.Over.self,
            question: "over what the energies are held against each other")
        guard let price = source(charge, "price"), let quantity, let share, let over else {
            return nil
        }
        return ExcessReactiveCharge(
            quantity: quantity, freeShare: share, over: over, price: price)
    }
}
