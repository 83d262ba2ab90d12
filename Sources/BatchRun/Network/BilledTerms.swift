// SPDX-License-Identifier: Apache-2.0

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
        var span: Range<Instant>
        var multiplier: Exact
        var digits: Int?
        var intervalMinutes: Int?
        var basis: BillingBasis
    }

    /// True where the contract still has a period that ends so.
    private let isPeriod: Bool
    private let customerID: String
    private let terms: [Contract.Terms]
    private let opening: Contract.Opening?
    private let zone: String
    private let servicePoints: [String]
    private let meters: [Meter]
    private let reads: [RegisterRead]

    /// What the network says; nil where it does not know the contract.
    init?(_ network: Network, contract id: String, period: Range<CivilDay>) {
        guard let contract = network.contract(id) else { return nil }
        isPeriod = contract.billingPeriods(upTo: period.upperBound).contains {
            $0.upperBound == period.upperBound && $0.lowerBound <= period.lowerBound
        }
        customerID = contract.customerID
        var joined: [Contract.Terms] = []
        for var terms in contract.terms {
            terms.from = max(terms.from, period.lowerBound)
            terms.to = min(terms.to ?? period.upperBound, period.upperBound)
            guard terms.from < terms.to ?? period.upperBound else { continue }
            // A history row that changes nothing cuts nothing.
            if let last = joined.last {
                var same = terms
                (same.from, same.to) = (last.from, last.to)
                if same == last {
                    joined[joined.count - 1].to = terms.to
                    continue
                }
            }
            joined.append(terms)
        }
        terms = joined
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
                Meter(
                    number: $0.meter, span: $0.span.clamped(to: span),
                    multiplier: $0.terms.multiplier,
                    digits: $0.terms.basis == .register ? $0.terms.digits : nil,
                    intervalMinutes: $0.terms.intervalMinutes, basis: $0.terms.basis)
            })
        reads = Set(served.map(\.meter)).sorted().flatMap { meter in
            network.registerReads(of: meter).filter {
                span.lowerBound <= $0.at && $0.at <= span.upperBound
            }
        }
    }

    /// Spans that only a change of no concern, such as the feeder's, cut in two.
    private static func joined(_ meters: [Meter]) -> [Meter] {
        var joined: [Meter] = []
        for meter in meters {
            if var last = joined.last, last.span.upperBound == meter.span.lowerBound {
                last.span = meter.span
                if last == meter {
                    let start = joined[joined.count - 1].span.lowerBound
                    joined[joined.count - 1].span = start..<meter.span.upperBound
                    continue
                }
            }
            joined.append(meter)
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
        return try causes.sorted { $0.key < $1.key }.flatMap { contract, causes in
            try read { try $0.uncreditedInvoices(contract: contract) }.filter { invoice in
                BilledTerms(before, contract: contract, period: invoice.period)
                    != BilledTerms(after, contract: contract, period: invoice.period)
            }.map { ImportCorrection(invoice: $0, detail: causes.joined(separator: ", ")) }
        }
    }
}

extension Network {
    /// The contracts that a change of one id may concern.
    fileprivate func contracts(touchedBy change: NetworkChange) -> [String] {
        switch change.table {
        case .contracts, .contractPoints, .opening: [change.id]
        case .servicePoints: servicePoint(change.id).map(contracts(ofServicePoint:)) ?? []
        case .meters: contracts(ofMeter: change.id)
        // The id of a read is the meter's, channel, time and kind.
        case .registerReads:
            contracts(ofMeter: change.id.split(separator: " ").dropLast(3).joined(separator: " "))
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
