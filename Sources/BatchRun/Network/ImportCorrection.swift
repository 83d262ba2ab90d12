// SPDX-License-Identifier: Apache-2.0

import BillInvoice
import BillTariff
import MeterModel
import Quantities
import Store

/// An issued invoice that an import makes wrong.
public struct ImportCorrection: Hashable, Sendable {
    /// The invoice.
    public let invoice: UncreditedInvoice
    /// Which rows of which tables changed.
    public let detail: String
    /// True where other energy is to be billed.
    public var changesEnergy = false
}

extension TallyStore {
    /// The uncredited invoices whose terms some changes of the network alter.
    func corrections(for changes: [NetworkChange], _ before: Network, _ after: Network) throws
        -> [ImportCorrection]
    {
        guard try read({ try $0.lastBilledDay() }) > .min else { return [] }
        var causes: [String: [String]] = [:]
        for change in changes {
            let contracts = Set(before.contracts(touchedBy: change))
                .union(after.contracts(touchedBy: change))
            for contract in contracts {
                causes[contract, default: []].append("\(change.table.rawValue) \(change.id)")
            }
        }
        var tariffs = KeptTariffs()
        let turns = try RegisterTurns(self)
        return try read { transaction in
            var later = LaterBills(transaction)
            return try causes.sorted { $0.key < $1.key }.flatMap { contract, causes in
                var wrong: [ImportCorrection] = []
                var otherEnergy: [UncreditedInvoice] = []
                for invoice in try transaction.uncreditedInvoices(contract: contract) {
                    let needs = try tariffs.needs(of: invoice, turns, transaction)
                    let (old, new) = (
                        BilledTerms(
                            before, contract: contract, period: invoice.period, needs: needs),
                        BilledTerms(
                            after, contract: contract, period: invoice.period, needs: needs)
                    )
                    if old == new { continue }
                    let changesEnergy = old?.measured != new?.measured
                    wrong.append(
                        ImportCorrection(
                            invoice: invoice, detail: causes.joined(separator: ", "),
                            changesEnergy: changesEnergy))
                    if changesEnergy { otherEnergy.append(invoice) }
                }
                let known = Set(wrong.map(\.invoice))
                let resting = try later.restingOn(otherEnergy)
                    .filter { !known.contains($0.invoice) }
                return wrong
                    + resting.map { ImportCorrection(invoice: $0.invoice, detail: $0.detail) }
            }
        }
    }
}

extension KeptTariffs {
    /// What the tariffs of an invoice need; everything where one can no longer be read.
    fileprivate mutating func needs(
        of invoice: UncreditedInvoice, _ turns: RegisterTurns, _ transaction: StoreTransaction
    ) throws -> BilledNeeds {
        var needs = BilledNeeds(
            registers: BilledChannels(try transaction.determinants(ofInvoice: invoice.invoiceID)),
            turns: turns)
        if invoice.estimatedValues > 0 {
            needs.readsAroundSeconds = Int64(RegisterLookup.searchDays) * 86_400
        }
        for part in try transaction.parts(ofInvoice: invoice.invoiceID) {
            guard let tariff = try tariff(part.tariffSHA256, transaction) else {
                needs.parameters = nil
                needs.yearsByDays = Set(
                    YearAttribution.allCases.map { $0.year(of: invoice.period) })
                return needs
            }
            needs.parameters?.formUnion(tariff.needs.map(\.name))
            if tariff.hasYearlyLimitsByDays, let attribution = tariff.yearAttribution {
                needs.yearsByDays.insert(attribution.year(of: invoice.period))
            }
        }
        return needs
    }
}

extension Network {
    /// The contracts that a change of one id may concern.
    fileprivate func contracts(touchedBy change: NetworkChange) -> [String] {
        switch change.table {
        case .contracts, .contractPoints, .opening: [change.id]
        case .servicePoints: servicePoint(change.id).map(contracts(ofServicePoint:)) ?? []
        case .meters: contracts(ofMeter: change.id)
        case .registerReads: contracts(ofMeter: RegisterReadRow.meterID(ofRead: change.id))
        case .nodes, .terminals, .customers: []
        }
    }

    private func contracts(ofMeter id: String) -> [String] {
        guard let meter = meter(id) else { return [] }
        return Set(spans(of: meter).map(\.servicePoint)).flatMap(contracts(ofServicePoint:))
    }

    private func contracts(ofServicePoint servicePoint: Int) -> [String] {
        contracts(
            ofServicePoint: servicePoint,
            within: CivilDay(number: .min / 2)..<CivilDay(number: .max / 2)
        ).map(\.id)
    }
}
