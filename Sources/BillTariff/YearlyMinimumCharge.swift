// SPDX-License-Identifier: Apache-2.0

import Quantities

/// What the bills of a calendar year together lack to a least amount (annual minimum bill).
///
/// It stands on the bill that closes the year, or the contract.
public struct YearlyMinimumCharge: Hashable, Sendable {
    /// The charges that count, each as a whole; of bills of the year that came before, what they billed.
    public let of: ChargeSelection
    /// The least amount of a year.
    public let price: PriceSource
    /// Which year a billing period across New Year counts in.
    public let year: YearAttribution
    /// What a part of a year does to the least amount.
    public let proration: Proration
}

extension Tariff {
    /// Its charges that bring the bills of a year up to a least amount.
    public var yearlyMinimums: [(id: String, kind: YearlyMinimumCharge)] {
        charges.compactMap { charge in
            if case .yearlyMinimum(let kind) = charge.kind { (charge.id, kind) } else { nil }
        }
    }
}

extension TariffReader {
    mutating func yearlyMinimum(_ charge: Fields) -> YearlyMinimumCharge? {
        let of = selection(charge)
        if let tree = charge["base"], of?.base == .exact {
            fields.report(
                tree.position, .badValue, "of earlier bills what was billed is known, and not more",
                "write base: as_billed")
        }
        let part = (of?.of ?? []) + (of?.except ?? [])
        if let tree = charge["of"], let component = part.first(where: { $0.component != nil }) {
            fields.report(
                tree.position, .badValue,
                "'\(component)' is a component, and a year counts charges",
                "name '\(component.charge)' as a whole")
        }
        let year = fields.decision(
            charge, "year_of", YearAttribution.self,
            question: "which year a billing period across New Year belongs to")
        let proration = fields.decision(
            charge, "prorate", Proration.self,
            question: "what a part of a year does to the least amount")
        guard let price = source(charge, "price"), let of, let year, let proration else {
            return nil
        }
        return YearlyMinimumCharge(of: of, price: price, year: year, proration: proration)
    }
}
