// SPDX-License-Identifier: Apache-2.0

import Quantities

/// All contracts, as they are kept: texts that many share are kept once.
struct ContractBook: Hashable, Sendable {
    /// The contracts without their terms and points, in columns. Shape: `[contract]`, in order of ids.
    struct Heads: Hashable, Sendable {
        var servicePoints = NumberColumn([])
        var customers = NumberColumn([])
        var zones = NumberColumn([])
    }

    /// Terms of contracts; many share them.
    struct StoredTerms: Hashable, Sendable {
        var from: CivilDay
        var to: CivilDay?
        var tariff: UInt32
        var parameters: UInt32
        var billingDay: UInt8
        var cycleMonths: UInt8
    }

    /// The customers, sorted.
    var customerIDs = IdentifierTable([])
    var tariffIDs: [String] = []
    var parameterSets: [[String: String]] = []
    var heads = Heads()
    /// The distinct terms.
    var terms: [StoredTerms] = []
    /// Which of them hold, by contract, then time.
    var termsNumbers = NumberColumn([])
    var termsByContract = GroupedIndexes(keys: [], count: 0)
    var points: [Contract.Point] = []
    var pointsByContract = GroupedIndexes(keys: [], count: 0)
    var openings: [Int: Contract.Opening] = [:]

    /// The terms of a contract, in order of time.
    func terms(of contract: Int) -> [Contract.Terms] {
        termsByContract.places(of: contract).map { place in
            let stored = terms[Int(termsNumbers[termsByContract[place]])]
            return Contract.Terms(
                from: stored.from, to: stored.to, tariffID: tariffIDs[Int(stored.tariff)],
                billingDay: Int(stored.billingDay), cycleMonths: Int(stored.cycleMonths),
                parameters: parameterSets[Int(stored.parameters)])
        }
    }

    /// True where two contracts have the same terms, which are kept once.
    func hasSameTerms(_ contract: Int, as other: Int) -> Bool {
        let (places, others) = (
            termsByContract.places(of: contract), termsByContract.places(of: other)
        )
        return places.count == others.count
            && zip(places, others).allSatisfy {
                termsNumbers[termsByContract[$0]] == termsNumbers[termsByContract[$1]]
            }
    }

    /// The points of a contract: its own, unless a row names it, and those of the rows.
    func points(of contract: Int) -> [Contract.Point] {
        let named = pointsByContract.places(of: contract).map { points[pointsByContract[$0]] }
        let own = Int(heads.servicePoints[contract])
        if named.contains(where: { $0.servicePoint == own }) { return named }
        let point = Contract.Point(
            servicePoint: own, quantity: nil, sign: 1, share: .one,
            span: .distantPast ..< .distantFuture)
        return [point] + named
    }
}

extension Network {
    /// A contract by its index in `contractIDs`.
    public func contract(_ index: Int) -> Contract {
        let heads = contractBook.heads
        return Contract(
            id: contractIDs[index], servicePoint: Int(heads.servicePoints[index]),
            customerID: contractBook.customerIDs[Int(heads.customers[index])],
            zone: Int(heads.zones[index]),
            terms: contractBook.terms(of: index), points: contractBook.points(of: index),
            opening: contractBook.openings[index])
    }

    /// The service point and the clock of a contract, as `Contract` has them.
    public func place(ofContract index: Int) -> (servicePoint: Int, zone: Int) {
        let heads = contractBook.heads
        return (Int(heads.servicePoints[index]), Int(heads.zones[index]))
    }

    /// True where two contracts have the same terms, and neither brings an opening: then their billing
    /// periods are the same.
    public func isBilled(_ index: Int, like other: Int) -> Bool {
        let openings = contractBook.openings
        guard openings.isEmpty || openings[index] == nil && openings[other] == nil else {
            return false
        }
        return contractBook.hasSameTerms(index, as: other)
    }

    /// True where two contracts have the same terms.
    public func hasSameTerms(_ index: Int, as other: Int) -> Bool {
        contractBook.hasSameTerms(index, as: other)
    }

    /// A contract by its id.
    public func contract(_ id: String) -> Contract? {
        contractIDs.index(of: id).map { contract($0) }
    }

    /// The contracts for which service points count that `contract_points.csv` names, by point.
    public var contractsByNamedPoint: [Int: Set<String>] {
        var found: [Int: Set<String>] = [:]
        for (contract, point) in zip(contractBook.pointsByContract.keys, contractBook.points) {
            found[point.servicePoint, default: []].insert(contractIDs[Int(contract)])
        }
        return found
    }

    /// The contracts of a service point within a span of its local days, by id.
    public func contracts(
        ofServicePoint servicePoint: Int, within days: Range<CivilDay>
    ) -> [Contract] {
        contractsByServicePoint.places(of: servicePoint)
            .map { contract(contractsByServicePoint[$0]) }
            .filter { $0.start < days.upperBound && ($0.end.map { days.lowerBound < $0 } ?? true) }
    }
}
