// SPDX-License-Identifier: Apache-2.0

import Quantities

extension Tariff {
    /// Prices per kWh that look as if they were per MWh, or in hundredths of the currency.
    ///
    /// No unit of energy is dearer than `highestEnergyPrice`, a market's highest price included; where
    /// the currency's money is too small to tell, nothing is said.
    func unitSlips(file: String, series: SeriesSet) -> [TariffProblem] {
        guard let highest = Tariff.highestEnergyPrice[currency.code].map({ Exact($0) }) else {
            return []
        }
        return charges.flatMap { charge -> [TariffProblem] in
            var found = charge.kind.energyPrices.flatMap {
                slips($0, charge, above: highest, series)
            }
            // What is added to a price is a small part of one.
            if let added = charge.kind.intervalPrice?.plus, added * Exact(10) > highest {
                found.append((charge.position, added, nil))
            }
            return found.map { place, price, of in
                TariffProblem(
                    file: of?.file ?? file, position: place, code: .unitSlip,
                    what: "charge '\(charge.id)' takes \(price) \(currency.code) per "
                        + (charge.kind.quantities.first?.unit ?? "kWh"),
                    mend: "write the price per kWh and in \(currency.code): 1 MWh is 1000 kWh")
            }
        }
    }

    /// The price of a source, or the first of its series, that is above all.
    private func slips(
        _ source: PriceSource, _ charge: Charge, above highest: Exact, _ series: SeriesSet
    ) -> [(place: SourcePosition, price: Exact, of: Series?)] {
        switch source.base {
        case .number(let price): price > highest ? [(charge.position, price, nil)] : []
        case .seasons(let prices):
            prices.values.max().flatMap { $0 > highest ? [(charge.position, $0, nil)] : nil } ?? []
        case .series(let look):
            series[look.series].flatMap { found in
                guard let column = found.columns.firstIndex(of: look.column) else { return nil }
                return found.rows.lazy.compactMap { row in
                    row.values[column].flatMap { price in
                        price > highest
                            ? [(SourcePosition(line: row.line, column: 1), price, found)] : nil
                    }
                }.first
            } ?? []
        }
    }

    /// What a kWh costs at the very most, in currencies of which that is little. Source: the highest
    /// market price caps that are paid per kWh (AU 2025: 20.3 AUD, US-TX: 5 USD), rounded up.
    private static let highestEnergyPrice: [String: Int] = [
        "AUD": 25, "CAD": 20, "CHF": 20, "CNY": 20, "DKK": 50, "EUR": 20, "GBP": 20, "HKD": 50,
        "ILS": 20, "MYR": 20, "NOK": 50, "NZD": 25, "PLN": 50, "SEK": 50, "SGD": 20, "USD": 20,
    ]
}

extension Charge.Kind {
    /// The prices that it takes per unit of energy.
    fileprivate var energyPrices: [PriceSource] {
        switch self {
        case .energy, .tiers, .freeQuota: priceSources
        default: []
        }
    }
}
