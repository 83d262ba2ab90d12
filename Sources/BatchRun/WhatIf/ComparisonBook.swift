// SPDX-License-Identifier: Apache-2.0

import BillTariff
import Quantities

/// An invoice and what it would be under other tariffs.
struct ComparedInvoice: Sendable {
    let contractID: String
    let customerClass: String
    /// The tariff that billed it.
    let tariffID: String
    let now: Money
    let kilowattHours: Exact
    /// Shape: `[other tariff]`.
    let others: [Result<Money, ComparisonGap>]
}

/// What comparing comes to, contract by contract.
struct ComparisonBook: Sendable {
    /// The sums of a contract over its invoices.
    private struct Entry: Sendable {
        let contractID: String
        let customerClass: String
        let tariffID: String
        var now: Money
        var kilowattHours: Exact
        var others: [Result<Money, ComparisonGap>]
    }

    private let others: Int
    private var places: [String: Int] = [:]
    private var entries: [Entry] = []

    /// - Parameter others: How many tariffs contracts are billed under in thought.
    init(others: Int) { self.others = others }

    /// Adds an invoice to its contract, whose class and tariff are those of its first.
    mutating func add(_ invoice: ComparedInvoice) {
        guard let place = places[invoice.contractID] else {
            places[invoice.contractID] = entries.count
            entries.append(
                Entry(
                    contractID: invoice.contractID, customerClass: invoice.customerClass,
                    tariffID: invoice.tariffID, now: invoice.now,
                    kilowattHours: invoice.kilowattHours, others: invoice.others))
            return
        }
        entries[place].now += invoice.now
        entries[place].kilowattHours += invoice.kilowattHours
        for other in 0..<others {
            // A contract that one of its invoices cannot be priced of is in no sum.
            if case .success(let sum) = entries[place].others[other] {
                entries[place].others[other] = invoice.others[other].map { sum + $0 }
            }
        }
    }

    /// The sums under each tariff.
    func report(of tariffs: [ComparedTariff]) -> ComparisonReport {
        ComparisonReport(
            tariffs: tariffs.enumerated().map { place, compared in
                var found = ComparisonReport.Tariff(
                    file: compared.file, id: compared.tariff.id,
                    version: compared.tariff.version, currency: compared.tariff.currency)
                for entry in entries {
                    let contract = (entry.contractID, entry.customerClass, entry.tariffID)
                    switch entry.others[place] {
                    case .success(let then):
                        found.add(
                            contract, entry.kilowattHours, now: entry.now, then: then)
                    case .failure(let gap): found.add(contract, gap)
                    }
                }
                found.sort()
                return found
            })
    }
}
