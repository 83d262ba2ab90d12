// SPDX-License-Identifier: Apache-2.0

import BillTariff
import Quantities

/// A tariff and the prices that it has on some days: what rating looks up once for all contracts.
public final class RatingPlan: Sendable {
    /// The tariff in force on the days.
    public let tariff: Tariff
    /// The first day.
    public let start: CivilDay
    /// The day after the last.
    public let end: CivilDay
    let prices: SpanPrices
    /// The rows of the series that the tariff names, one a line: with what was measured, all that its
    /// amounts follow from.
    public let seriesText: [UInt8]
    /// The charges in the order of the tariff.
    let charges: [PlannedCharge]
    /// Those of the charges that tax others.
    let taxes: [PlannedCharge]
    /// How many lines a bill mostly has at most.
    let lineCount: Int
    /// How money is rounded.
    let rounding: MoneyRounding
    /// The currency of all amounts.
    let currency: Currency
    /// True where prices include tax.
    let pricesIncludeTax: Bool
    /// True where losses are added to what is measured.
    let hasLosses: Bool
    /// True where export is held against import.
    public let nets: Bool

    /// The prices of a tariff from `start` up to, not including, `end`; one that is missing stops only
    /// the bills that need it.
    public init(tariff: Tariff, start: CivilDay, end: CivilDay, series: SeriesSet) {
        var text = ""
        for id in tariff.requiredSeries.sorted() {
            for row in series[id]?.rows ?? [] {
                let values = row.values.map { $0?.description ?? "" }
                text += "\(id),\(row.from),\(values.joined(separator: ","))\n"
            }
        }
        seriesText = Array(text.utf8)
        let prices = SpanPrices(tariff: tariff, start: start, end: end, series: series)
        self.tariff = tariff
        self.start = start
        self.end = end
        self.prices = prices
        rounding = tariff.rounding
        currency = tariff.currency
        pricesIncludeTax = tariff.pricesIncludeTax
        hasLosses = !tariff.losses.isEmpty
        nets = tariff.netMetering != nil
        charges = tariff.charges.map { PlannedCharge($0, prices) }
        taxes = charges.filter { $0.tax != nil }
        lineCount = charges.reduce(0) { $0 + $1.lineCount }
    }
}

/// A charge with what its lines share, whoever is billed.
///
/// An object: a charge is large to copy.
final class PlannedCharge: Sendable {
    let charge: Charge
    /// All must hold for the charge to apply.
    let conditions: [Condition]
    /// How it taxes others, and the rate; nil for a charge of its own.
    let tax: PlannedTax?
    /// What a charge for energy asks for; nil for any other.
    let energy: PlannedEnergy?
    /// Of a charge for energy the forms of its lines, component by component and period by period.
    /// Shape: `[line]`.
    let forms: [Result<LineForm, RatingHold>]
    /// Of a charge by tiers, what it is rated by; nil for any other.
    let tiers: PlannedTiers?
    /// Of a charge with one price, that and the form of its line; nil for any other.
    private let line: PlannedLine?
    /// Forms that say no more than whose line it is. Shape: `[component]`.
    private let names: [LineForm]

    fileprivate init(_ charge: Charge, _ prices: SpanPrices) {
        self.charge = charge
        line = PlannedLine(charge, prices)
        let components: [String?] =
            if case .contractDemand = charge.kind { ["contract", "excess"] } else { [nil] }
        names = components.map {
            LineForm(
                chargeID: charge.id, component: $0, description: "", unit: "", price: .zero,
                currency: prices.tariff.currency)
        }
        conditions = charge.conditions
        tax =
            if case .tax(let tax) = charge.kind {
                PlannedTax(
                    tax,
                    rate: Result { () throws(RatingHold) in try prices.price(tax.rate, charge) },
                    in: prices.tariff)
            } else {
                nil
            }
        energy = if case .energy(let kind) = charge.kind { PlannedEnergy(kind) } else { nil }
        forms = if case .energy(let kind) = charge.kind { prices.forms(kind, charge) } else { [] }
        tiers =
            if case .tiers(let kind) = charge.kind { PlannedTiers(kind, charge, prices) } else {
                nil
            }
    }
}

extension PlannedCharge {
    /// How many lines it mostly has at most.
    fileprivate var lineCount: Int {
        if tax != nil { return 0 }
        guard let tiers else { return max(forms.count, 1) }
        return tiers.lists.reduce(0) { $0 + $1.reduce(0) { $0 + $1.forms.count } }
    }

    /// What a unit costs, of a charge with one price.
    func price() throws(RatingHold) -> Exact { try planned.price.get() }

    /// The form of the line of a charge with one price.
    func form() throws(RatingHold) -> LineForm { try planned.form.get() }

    private var planned: PlannedLine {
        guard let line else { preconditionFailure("the charge has one price") }
        return line
    }

    /// A form that says no more than whose line it is.
    func namesAlone(_ component: String?) -> LineForm {
        guard let form = names.first(where: { $0.component == component }) else {
            preconditionFailure("the components of a charge are known")
        }
        return form
    }
}

/// The price and the form of the line of a charge that has one of each, whoever is billed.
private struct PlannedLine {
    let price: Result<Exact, RatingHold>
    let form: Result<LineForm, RatingHold>

    init?(_ charge: Charge, _ prices: SpanPrices) {
        let money = prices.tariff.currency.code
        let (source, unit): (PriceSource, String)
        switch charge.kind {
        case .fixed(let kind): (source, unit) = (kind.price, kind.basis.per.rawValue)
        case .capacity(let kind): (source, unit) = (kind.price, kind.unit)
        case .freeQuota(let kind): (source, unit) = (kind.price, kind.quantity.unit)
        case .percentage(let kind): (source, unit) = (kind.rate, money)
        case .minimum(let kind): (source, unit) = (kind.price, money)
        default: return nil
        }
        var note: String?
        if case .percentage(let kind) = charge.kind { note = "share of \(kind.of)" }
        price = Result { () throws(RatingHold) in try prices.price(source, charge) }
        // What is lacking to a least amount is money, and its price is one.
        let linePrice =
            if case .minimum = charge.kind { price.map { _ in Exact.one } } else { price }
        form = linePrice.map { prices.form(charge, unit: unit, price: $0, note: note) }
    }
}

/// A tax and its rate.
final class PlannedTax: Sendable {
    let kind: TaxCharge
    let rate: Result<Exact, RatingHold>
    /// What of an amount is tax, which the amount may include; overflow where there is none.
    let share: Exact
    /// True where it taxes all lines.
    let isOfAll: Bool

    fileprivate init(_ kind: TaxCharge, rate: Result<Exact, RatingHold>, in tariff: Tariff) {
        self.kind = kind
        self.rate = rate
        isOfAll =
            kind.of.except.isEmpty
            && tariff.charges.allSatisfy { charge in
                if case .tax = charge.kind { return true }
                return kind.of.contains(charge: charge.id, component: nil)
            }
        guard let rate = try? rate.get(), !rate.isOverflow, Exact.one + rate > .zero else {
            share = .overflow
            return
        }
        share = tariff.pricesIncludeTax ? rate / (Exact.one + rate) : rate
    }
}

/// What a charge for energy is rated by, beside the forms of its lines.
struct PlannedEnergy: Sendable {
    let quantity: BilledQuantity
    let groups: PeriodGroups?
    let isByPeriod: Bool

    fileprivate init(_ kind: EnergyCharge) {
        quantity = kind.quantity
        groups = kind.groups
        isByPeriod = kind.isByPeriod
    }
}

/// Looks up the prices of a tariff on some days.
struct SpanPrices {
    let tariff: Tariff
    let start: CivilDay
    let end: CivilDay
    let series: SeriesSet

    /// A price for the days: looked up, multiplied by `factor`, then rounded as its source says.
    func price(
        _ source: PriceSource, times factor: Exact = .one, _ charge: Charge
    ) throws(RatingHold) -> Exact {
        var price: Exact
        switch source.base {
        case .number(let number): price = number
        case .seasons(let values): price = tariff.seasons.value(of: values, from: start, to: end)
        case .series(let look):
            do {
                price = try series.value(of: look, from: start, to: end)
            } catch {
                throw RatingHold(
                    code: .missingPrice, charge: charge.id, detail: error.description)
            }
        }
        price = price * factor
        if let rounding = source.rounding {
            price = price.rounded(to: rounding.step, rounding.mode)
        }
        if price.isOverflow { throw tooLarge(charge.id) }
        return price
    }

    /// The form of lines at a price.
    ///
    /// - Parameter componentName: What the customer reads of the component; nil for its id.
    func form(
        _ charge: Charge, unit: String, price: Exact, component: String? = nil,
        componentName: String? = nil, period: String? = nil, tier: Int? = nil, note: String? = nil
    ) -> LineForm {
        let parts = [
            charge.name?.sideBySide ?? charge.id, componentName ?? component,
            period.map { tariff.periods.displayNames[$0]?.sideBySide ?? $0 },
            tier.map { "tier \($0)" },
        ]
        return LineForm(
            chargeID: charge.id, component: component, period: period, tier: tier,
            description: parts.compactMap(\.self).joined(separator: " · "), note: note, unit: unit,
            price: price, currency: tariff.currency)
    }

    /// A form per component and period.
    fileprivate func forms(
        _ kind: EnergyCharge, _ charge: Charge
    ) -> [Result<LineForm, RatingHold>] {
        kind.components.flatMap { component in
            kind.periods(of: tariff).map { period in
                Result { () throws(RatingHold) in
                    guard var source = kind.price.source(of: period) else {
                        preconditionFailure("a price by period names every period")
                    }
                    if let component { source = source.column(component) }
                    let factor = kind.floatFactors[period] ?? .one
                    let unitPrice = try price(source, times: factor, charge)
                    let note =
                        factor == .one
                        ? nil : "price \(try price(source, charge)) × \(factor) in \(period)"
                    return form(
                        charge, unit: kind.quantity.unit, price: unitPrice, component: component,
                        componentName: component.flatMap { kind.componentNames[$0]?.sideBySide },
                        period: kind.isByPeriod ? period : nil, note: note)
                }
            }
        }
    }
}

extension EnergyCharge {
    /// The components that give a line each; a lone nil where the charge is not split.
    var components: [String?] { split.isEmpty ? [nil] : split }

    /// The periods or groups that it tells apart; `all` where it tells none.
    func periods(of tariff: Tariff) -> [String] {
        isByPeriod ? groups?.names ?? tariff.periods.names : ["all"]
    }
}
