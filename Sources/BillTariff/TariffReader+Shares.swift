// SPDX-License-Identifier: Apache-2.0

import Quantities

/// Charges that are computed from earlier ones.
extension TariffReader {
    mutating func percentage(_ charge: Fields) -> PercentageCharge? {
        let of = selection(charge)
        guard let rate = source(charge, "rate"), let of else { return nil }
        return PercentageCharge(of: of, rate: rate)
    }

    mutating func minimum(_ charge: Fields) -> MinimumCharge? {
        let of = selection(charge)
        let basis = timeBasis(charge)
        guard let price = source(charge, "price"), let of, let basis else { return nil }
        return MinimumCharge(of: of, price: price, basis: basis)
    }

    mutating func powerFactor(_ charge: Fields) -> PowerFactorCharge? {
        let of = selection(charge)
        let table = fields.required(charge, "table").flatMap {
            fields.word($0, PowerFactorTable.self)
        }
        let standard = fields.required(charge, "standard").flatMap {
            self.standard($0, of: table ?? .cn1983)
        }
        let reactive = reactive(charge)
        let mode = fields.decision(
            charge, "mode", RoundingMode.self,
            question: "how the hundredths of the power factor are rounded")
        let idle = fields.decision(
            charge, "if_idle", PowerFactorCharge.Idle.self,
            question: "what a period without any energy does, which has no power factor")
        let withLosses = energiesWithLosses(charge)
        guard let of, let table, let standard, !reactive.isEmpty, let mode, let idle,
            let withLosses
        else { return nil }
        return PowerFactorCharge(
            of: of, reactive: reactive, table: table, standard: standard, mode: mode, idle: idle,
            withLosses: withLosses)
    }

    /// A standard of the table, or a parameter that is a number.
    private mutating func standard(
        _ tree: YamlTree, of table: PowerFactorTable
    ) -> PowerFactorCharge.Standard? {
        guard let text = fields.text(tree) else { return nil }
        if parameters[text]?.kind == .number { return .parameter(text) }
        let standards = table.standards.map { Exact($0) / Exact(100) }
        if let value = Exact(text), standards.contains(value) { return .number(value) }
        fields.report(
            tree.position, .badValue,
            "'\(text)' is neither a standard of the table nor a parameter",
            "write one of \(standards.map(\.description).joined(separator: ", ")), or a number that "
                + "needs names")
        return nil
    }

    /// The reactive energies that `reactive` names.
    mutating func reactive(_ charge: Fields) -> [BilledQuantity] {
        guard let tree = charge["reactive"] else {
            fields.report(
                charge.position, .undecided,
                "\(charge.subject) leaves open which reactive energy counts",
                "add reactive: [reactive_import.kvarh, reactive_export.kvarh], or one of them")
            return []
        }
        var found: [BilledQuantity] = []
        for item in fields.list(tree) {
            guard let quantity = fields.word(item, BilledQuantity.self) else { continue }
            if quantity.unit != "kvarh" || found.contains(quantity) {
                fields.report(
                    item.position, .badValue,
                    "'\(quantity.rawValue)' is no reactive energy, or named twice",
                    "name reactive_import.kvarh, reactive_export.kvarh or both")
            }
            found.append(quantity)
        }
        return found
    }

    mutating func freeQuota(_ charge: Fields) -> FreeQuotaCharge? {
        let quantity = quantity(charge)
        let upTo = fields.required(charge, "up_to").flatMap { fields.positive($0) }
        let basis = timeBasis(charge)
        guard let price = source(charge, "price"), let quantity, let upTo, let basis else {
            return nil
        }
        return FreeQuotaCharge(quantity: quantity, upTo: upTo, basis: basis, price: price)
    }

    mutating func tax(_ charge: Fields) -> TaxCharge? {
        let category = fields.text(charge, "category")
        let of = selection(charge, ofLines: false)
        guard let rate = source(charge, "rate"), let of, let category else { return nil }
        reportSlip(rate, in: charge["rate"])
        return TaxCharge(category: category, of: of, rate: rate)
    }

    /// What a charge is taken of: `of`, `except` and `base`.
    ///
    /// - Parameter ofLines: True where the charge gives a line itself, so that lines are not yet billed
    ///   where money is rounded at the invoice.
    mutating func selection(_ charge: Fields, ofLines: Bool = true) -> ChargeSelection? {
        let of = fields.required(charge, "of").map { references($0) } ?? []
        let except = charge["except"].map { references($0) } ?? []
        if let tree = charge["of"], of.isEmpty, fields.problems.isEmpty {
            fields.report(
                tree.position, .badValue, "there is no earlier charge that it is taken of",
                "put it below the charges it is taken of")
        }
        if !ofLines, taxOfAll == nil, let tree = charge["of"],
            case .scalar("all") = tree.content
        {
            taxOfAll = (tree.position, charges.count)
        }
        let base = fields.decision(
            charge, "base", AmountBase.self, question: "which amount of those charges counts")
        if ofLines, let tree = charge["base"], base == .asBilled, roundingPlace == .invoice {
            fields.report(
                tree.position, .badValue,
                "lines have no billed amount yet where money is rounded at the invoice",
                "write base: exact, or round at the line")
        }
        return base.map { ChargeSelection(of: of, except: except, base: $0) }
    }

    /// Reports a rate of tax that seems to be written as a percentage.
    private mutating func reportSlip(_ rate: PriceSource, in tree: YamlTree?) {
        guard let tree, case .number(let number) = rate.base, number > .one else { return }
        fields.report(
            tree.position, .badValue, "the rate \(number) is more than the whole",
            "write 0.13 for thirteen per cent")
    }

    /// Earlier charges; `all` stands for every earlier one that is no tax.
    private mutating func references(_ tree: YamlTree) -> [ChargeReference] {
        let earlier = charges.filter { !$0.kind.isTax }
        if case .scalar("all") = tree.content {
            return earlier.map { ChargeReference(charge: $0.id) }
        }
        var found: [ChargeReference] = []
        for item in fields.list(tree) {
            guard let text = fields.text(item) else { continue }
            let parts = text.split(separator: ".", maxSplits: 1).map(String.init)
            let target = earlier.first { $0.id == parts.first }
            let component = parts.count == 2 ? parts[1] : nil
            var components: [String] = []
            if case .energy(let energy) = target?.kind { components = energy.split }
            if target == nil || component.map({ !components.contains($0) }) ?? false {
                fields.report(
                    item.position, .unknownReference,
                    "no earlier charge is called '\(text)'",
                    "name charges that stand above this one, or components of their split")
                continue
            }
            let reference = ChargeReference(charge: parts[0], component: component)
            if found.contains(where: { $0.overlaps(reference) }) {
                fields.report(
                    item.position, .badValue, "'\(text)' would count twice", "name it once")
            }
            found.append(reference)
        }
        return found
    }
}
