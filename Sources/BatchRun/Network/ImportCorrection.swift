// SPDX-License-Identifier: Apache-2.0

import BillInvoice
import BillTariff
import MeterModel
import MeterUsage
import Quantities
import Store

/// An issued invoice that an import makes wrong.
public struct ImportCorrection: Hashable, Sendable {
    /// The invoice.
    public let invoice: UncreditedInvoice
    /// Which rows of which tables changed.
    public let detail: String
    /// What of it is other.
    public var changes: CorrectedInputs = .amounts
}

extension TallyStore {
    /// An invoice whose terms changed.
    private struct Candidate {
        var invoice: UncreditedInvoice
        var detail: String
        var changes: CorrectedInputs
        /// The registers that it was billed by, where only they tell whether it changes.
        var registers: [BilledRegister]?
    }

    /// The uncredited invoices whose terms some changes of the network alter.
    func corrections(for changes: [NetworkChange], _ before: Network, _ after: Network) throws
        -> [ImportCorrection]
    {
        guard try read({ try $0.lastBilledDay() }) > .min else { return [] }
        let turns = try RegisterTurns(self)
        let found = try candidates(for: changes, before, after, turns)
        var courses = try RegisterCourses(self, from: before, to: after, turns)
        let wrong = try found.filter { candidate in
            try candidate.registers?.contains { try courses.differ(of: $0) } ?? true
        }
        return try read { transaction in
            var later = LaterBills(transaction)
            let byContract = Dictionary(grouping: wrong, by: \.invoice.contractID)
            return try byContract.sorted { $0.key < $1.key }.flatMap { _, wrong in
                let known = Dictionary(
                    wrong.map { ($0.invoice, $0.changes) }, uniquingKeysWith: { $0.union($1) })
                return wrong.map {
                    ImportCorrection(invoice: $0.invoice, detail: $0.detail, changes: $0.changes)
                }
                    + (try later.restingOn(known).map {
                        ImportCorrection(
                            invoice: $0.invoice, detail: $0.detail, changes: $0.changes)
                    })
            }
        }
    }

    private func candidates(
        for changes: [NetworkChange], _ before: Network, _ after: Network,
        _ turns: RegisterTurns
    ) throws -> [Candidate] {
        var causes: [String: [String]] = [:]
        let (pointsBefore, pointsAfter) = (
            before.contractsByNamedPoint, after.contractsByNamedPoint
        )
        for change in changes {
            let contracts = before.contracts(touchedBy: change, pointsBefore)
                .union(after.contracts(touchedBy: change, pointsAfter))
            for contract in contracts {
                causes[contract, default: []].append("\(change.table.rawValue) \(change.id)")
            }
        }
        var tariffs = KeptTariffs()
        return try read { transaction in
            var found: [Candidate] = []
            for (contract, causes) in causes.sorted(by: { $0.key < $1.key }) {
                for invoice in try transaction.uncreditedInvoices(contract: contract) {
                    let needs = try tariffs.needs(of: invoice, turns, transaction)
                    let (old, new) = (
                        BilledTerms(
                            before, contract: contract, period: invoice.period, needs: needs),
                        BilledTerms(
                            after, contract: contract, period: invoice.period, needs: needs)
                    )
                    if old == new { continue }
                    var candidate = Candidate(
                        invoice: invoice, detail: causes.joined(separator: ", "),
                        changes: old?.measured != new?.measured
                            ? .energy : old?.priced != new?.priced ? .amounts : [])
                    if old?.withoutDials == new?.withoutDials {
                        candidate.registers = try before.registers(of: invoice, transaction)
                    }
                    found.append(candidate)
                }
            }
            return found
        }
    }
}

extension Network {
    /// The registers that an invoice was billed by.
    fileprivate func registers(
        of invoice: UncreditedInvoice, _ transaction: StoreTransaction
    ) throws -> [BilledRegister] {
        guard let contract = contract(invoice.contractID) else { return [] }
        let parts = try transaction.parts(ofInvoice: invoice.invoiceID).map(\.days)
        let determinants = try transaction.determinants(ofInvoice: invoice.invoiceID)
        return contract.servicePoints.flatMap { point in
            billedRegisters(
                atServicePoint: servicePointIDs[point], zones[contract.zone], parts: parts,
                determinants)
        }
    }
}

/// The courses of registers before and after an import.
private struct RegisterCourses {
    let before: Network
    let after: Network
    let turns: RegisterTurns
    /// What was delivered, as yet to the feeders of before.
    private var days: RegisterDays
    /// The group of the meters whose blocks `days` has read.
    private var group: UInt32?

    init(
        _ store: TallyStore, from before: Network, to after: Network, _ turns: RegisterTurns
    ) throws {
        self.turns = turns
        self.before = before
        self.after = after
        days = RegisterDays(
            store: store, network: before, knownSeq: try store.read { try $0.latestSeq() })
    }

    /// True where a bill would take a register for another course.
    mutating func differ(of register: BilledRegister) throws -> Bool {
        // Only blocks of the same meters serve again.
        if group != register.meter.groupNumber {
            days = RegisterDays(store: days.store, network: before, knownSeq: days.knownSeq)
            group = register.meter.groupNumber
        }
        return try RegisterCourse(of: register, in: before, &days, turns)
            != RegisterCourse(of: register, in: after, &days, turns)
    }
}

extension KeptTariffs {
    /// What the tariffs of an invoice need; everything where one can no longer be read.
    fileprivate mutating func needs(
        of invoice: UncreditedInvoice, _ turns: RegisterTurns, _ transaction: StoreTransaction
    ) throws -> BilledNeeds {
        let determinants = try transaction.determinants(ofInvoice: invoice.invoiceID)
        var needs = BilledNeeds(registers: BilledChannels(determinants), turns: turns)
        let closesYear = determinants.contains {
            $0.quantity == Determinants.BilledToDate.quantity
        }
        for part in try transaction.parts(ofInvoice: invoice.invoiceID) {
            guard let tariff = try tariff(part.tariffSHA256, transaction) else {
                needs.parameters = nil
                needs.yearsByDays = Set(
                    YearAttribution.allCases.map { $0.year(of: invoice.period) })
                (needs.countsContractEnd, needs.energyFollowsTerms) = (true, true)
                return needs
            }
            needs.parameters?.formUnion(tariff.needs.map(\.name))
            if tariff.netMetering?.atEnd == .expires { needs.countsContractEnd = true }
            if !tariff.losses.isEmpty || tariff.netMetering != nil {
                needs.energyFollowsTerms = true
            }
            if tariff.hasYearlyLimitsByDays, let attribution = tariff.yearAttribution {
                needs.yearsByDays.insert(attribution.year(of: invoice.period))
            }
            for (_, kind) in tariff.yearlyMinimums {
                needs.countsContractEnd = true
                if closesYear, kind.proration == .days {
                    needs.yearsByDays.insert(kind.year.year(of: invoice.period))
                }
            }
        }
        return needs
    }
}

extension Network {
    /// The contracts that a change of one id may concern.
    ///
    /// - Parameter named: `contractsByNamedPoint`, made once.
    fileprivate func contracts(
        touchedBy change: NetworkChange, _ named: [Int: Set<String>]
    ) -> Set<String> {
        let points: [Int]
        switch change.table {
        case .contracts, .contractPoints, .opening: return [change.id]
        case .nodes, .terminals, .customers: return []
        case .servicePoints: points = servicePoint(change.id).map { [$0] } ?? []
        case .meters: points = servicePoints(ofMeter: change.id)
        case .registerReads:
            points = servicePoints(ofMeter: RegisterReadRow.meterID(ofRead: change.id))
        }
        let always = CivilDay(number: .min / 2)..<CivilDay(number: .max / 2)
        return Set(points).reduce(into: []) { found, point in
            found.formUnion(contracts(ofServicePoint: point, within: always).map(\.id))
            found.formUnion(named[point] ?? [])
        }
    }

    private func servicePoints(ofMeter id: String) -> [Int] {
        meter(id).map { spans(of: $0).map(\.servicePoint) } ?? []
    }
}
