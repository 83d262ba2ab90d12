// SPDX-License-Identifier: Apache-2.0

import BillInvoice
import BillTariff
import MeterModel
import Quantities
import Store

/// What of the network the bill of a contract and period rests on.
///
/// Where an import changes it, the issued invoice is wrong, and is listed for correction.
struct BilledTerms: Hashable {
    /// A billing meter as it served in the period.
    private struct Meter: Hashable {
        var number: MeterNumber
        var multiplier: Exact
        var digits: Int?
        var intervalMinutes: Int?
        var basis: BillingBasis
    }

    /// What holds for a time.
    private struct Stretch<Bound: Comparable & Hashable & Sendable, Content: Hashable>: Hashable {
        var span: Range<Bound>
        var content: Content
    }

    /// True where the contract still has a period that ends so.
    private let isPeriod: Bool
    private let customerID: String
    private let terms: [Stretch<CivilDay, Contract.Terms>]
    private let opening: Contract.Opening?
    private let zone: String
    private let servicePoints: [String]
    private let meters: [Stretch<Instant, Meter>]
    private let reads: [RegisterRead]

    /// What the network says; nil where it does not know the contract.
    ///
    /// - Parameter needs: The parameters that count; nil where all do.
    init?(
        _ network: Network, contract id: String, period: Range<CivilDay>, needs: Set<String>?
    ) {
        guard let contract = network.contract(id) else { return nil }
        isPeriod = contract.billingPeriods(upTo: period.upperBound).contains {
            $0.upperBound == period.upperBound && $0.lowerBound <= period.lowerBound
        }
        customerID = contract.customerID
        terms = BilledTerms.joined(
            contract.terms.compactMap { terms in
                let days = terms.from..<(terms.to ?? max(terms.from, period.upperBound))
                guard days.overlaps(period) else { return nil }
                // The span is said once.
                var same = terms
                (same.from, same.to) = (period.lowerBound, nil)
                if let needs {
                    same.parameters = same.parameters.filter { needs.contains($0.key) }
                }
                return Stretch(span: days.clamped(to: period), content: same)
            })
        opening = contract.opening
        let clock = network.zones[contract.zone]
        zone = clock.name
        servicePoints = contract.points.map {
            "\(network.servicePointIDs[$0.servicePoint]) \($0.sign) \($0.share) \($0.span)"
        }
        let span = clock.startOfDay(period.lowerBound)..<clock.startOfDay(period.upperBound)
        let served = network.meterSpans(atServicePoint: contract.servicePoint, within: span)
            .filter { $0.terms.use == .billing }
        meters = BilledTerms.joined(
            served.map {
                Stretch(
                    span: $0.span.clamped(to: span),
                    content: Meter(
                        number: $0.meter, multiplier: $0.terms.multiplier,
                        digits: $0.terms.basis == .register ? $0.terms.digits : nil,
                        intervalMinutes: $0.terms.intervalMinutes, basis: $0.terms.basis))
            })
        reads = Set(served.map(\.meter)).sorted().flatMap { meter in
            network.registerReads(of: meter).filter {
                span.lowerBound <= $0.at && $0.at <= span.upperBound
            }
        }
    }

    /// Stretches without the cuts that change nothing, such as the feeder's or a repeated row's.
    private static func joined<Bound, Content>(
        _ stretches: [Stretch<Bound, Content>]
    ) -> [Stretch<Bound, Content>] {
        var joined: [Stretch<Bound, Content>] = []
        for stretch in stretches {
            if let last = joined.last, last.content == stretch.content,
                last.span.upperBound == stretch.span.lowerBound
            {
                joined[joined.count - 1].span = last.span.lowerBound..<stretch.span.upperBound
            } else {
                joined.append(stretch)
            }
        }
        return joined
    }
}

/// An issued invoice that an import makes wrong.
public struct ImportCorrection: Hashable, Sendable {
    /// The invoice.
    public let invoice: UncreditedInvoice
    /// Which rows of which tables changed.
    public let detail: String
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
        return try read { transaction in
            try causes.sorted { $0.key < $1.key }.flatMap { contract, causes in
                try transaction.uncreditedInvoices(contract: contract).filter { invoice in
                    let needs = try tariffs.needs(of: invoice, transaction)
                    func terms(_ network: Network) -> BilledTerms? {
                        BilledTerms(
                            network, contract: contract, period: invoice.period, needs: needs)
                    }
                    return terms(before) != terms(after)
                }.map { ImportCorrection(invoice: $0, detail: causes.joined(separator: ", ")) }
            }
        }
    }
}

extension KeptTariffs {
    /// The parameters that the tariffs of an invoice need; nil where one can no longer be read.
    fileprivate mutating func needs(
        of invoice: UncreditedInvoice, _ transaction: StoreTransaction
    ) throws -> Set<String>? {
        var needs: Set<String> = []
        for part in try transaction.parts(ofInvoice: invoice.invoiceID) {
            guard let tariff = try tariff(part.tariffSHA256, transaction) else { return nil }
            needs.formUnion(tariff.needs.map(\.name))
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
