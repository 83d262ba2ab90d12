// SPDX-License-Identifier: Apache-2.0

import BillTariff
import Quantities

/// An invoice that is compared.
struct ComparedInvoice: Sendable {
    let contractID: String
    /// As an index in `Network.contractIDs`; nil for one that the network no longer has.
    let contract: Int?
    let customerClass: String
    /// The tariff that billed it.
    let tariffID: String
    let now: Money
    let kilowattHours: Exact
}

/// Some invoices, and what they would be under other tariffs.
struct ComparedPiece: Sendable {
    var invoices: [ComparedInvoice] = []
    /// Shape: `[invoice × other tariff]`.
    var others: [Result<Money, ComparisonGap>] = []
}

/// What comparing comes to, contract by contract.
struct ComparisonBook: Sendable {
    /// The sums of a contract over its invoices.
    private struct Entry: Sendable {
        let contractID: String
        /// Its class and tariff, as an index in `groups`.
        let group: Int
        var now: Money
        var kilowattHours: Exact
    }

    /// Why contracts are in no sum of a tariff.
    private struct Reason: Sendable {
        let code: String
        let charge: String?
        /// The first contract of it, as an index in `entries`, and what is missing of that one.
        var example: Int
        var detail: String
    }

    private let others: Int
    /// Where the entry of each contract is; below zero for none. Shape: `[contract of the network]`.
    private var places: [Int32]
    /// The same of contracts that the network no longer has.
    private var placesByID: [String: Int] = [:]
    private var groups: [ComparisonReport.Group] = []
    private var entries: [Entry] = []
    /// What contracts would pay. Shape: `[entry × other tariff]`.
    private var then: [Money] = []
    /// Why they cannot be told, as an index in the reasons of the tariff; below zero where they can.
    /// Shape: `[entry × other tariff]`.
    private var reasonOf: [Int32] = []
    /// Shape: `[other tariff][reason]`.
    private var reasons: [[Reason]]

    /// - Parameters:
    ///   - contracts: How many the network has.
    ///   - others: How many tariffs contracts are billed under in thought.
    init(contracts: Int, others: Int) {
        self.others = others
        places = [Int32](repeating: -1, count: contracts)
        reasons = [[Reason]](repeating: [], count: others)
    }

    /// Adds invoices to their contracts, whose class and tariff are those of their first.
    mutating func add(_ piece: ComparedPiece) {
        for (place, invoice) in piece.invoices.enumerated() {
            let first = place * others
            guard let entry = entry(of: invoice) else {
                append(invoice, piece.others[first..<(first + others)])
                continue
            }
            entries[entry].now += invoice.now
            entries[entry].kilowattHours += invoice.kilowattHours
            for other in 0..<others {
                // A contract that one of its invoices cannot be priced of is in no sum.
                let cell = entry * others + other
                if reasonOf[cell] >= 0 { continue }
                switch piece.others[first + other] {
                case .success(let sum): then[cell] += sum
                case .failure(let gap): reasonOf[cell] = note(gap, of: entry, other)
                }
            }
        }
    }

    private func entry(of invoice: ComparedInvoice) -> Int? {
        guard let contract = invoice.contract else { return placesByID[invoice.contractID] }
        return places[contract] < 0 ? nil : Int(places[contract])
    }

    private mutating func append(
        _ invoice: ComparedInvoice, _ found: ArraySlice<Result<Money, ComparisonGap>>
    ) {
        let entry = entries.count
        if let contract = invoice.contract {
            places[contract] = Int32(entry)
        } else {
            placesByID[invoice.contractID] = entry
        }
        let group = ComparisonReport.Group(
            customerClass: invoice.customerClass, tariffID: invoice.tariffID)
        let known = groups.firstIndex(of: group)
        if known == nil { groups.append(group) }
        entries.append(
            Entry(
                contractID: invoice.contractID, group: known ?? groups.count - 1, now: invoice.now,
                kilowattHours: invoice.kilowattHours))
        for (other, result) in found.enumerated() {
            switch result {
            case .success(let sum):
                then.append(sum)
                reasonOf.append(-1)
            case .failure(let gap):
                then.append(.zero)
                reasonOf.append(note(gap, of: entry, other))
            }
        }
    }

    /// The reason of a gap; its example is its first contract.
    private mutating func note(_ gap: ComparisonGap, of entry: Int, _ other: Int) -> Int32 {
        let known = reasons[other].firstIndex { $0.code == gap.code && $0.charge == gap.charge }
        guard let known else {
            reasons[other].append(
                Reason(code: gap.code, charge: gap.charge, example: entry, detail: gap.detail))
            return Int32(reasons[other].count - 1)
        }
        if entry < reasons[other][known].example {
            reasons[other][known].example = entry
            reasons[other][known].detail = gap.detail
        }
        return Int32(known)
    }

    /// The sums under each tariff.
    func report(of tariffs: [ComparedTariff]) -> ComparisonReport {
        ComparisonReport(
            tariffs: tariffs.enumerated().map { other, compared in
                var found = ComparisonReport.Tariff(
                    file: compared.file, id: compared.tariff.id,
                    version: compared.tariff.version, currency: compared.tariff.currency,
                    groups: groups)
                var counts = [Int](repeating: 0, count: reasons[other].count)
                for place in entries.indices {
                    let cell = place * others + other
                    if reasonOf[cell] >= 0 {
                        counts[Int(reasonOf[cell])] += 1
                    } else {
                        found.add(
                            entries[place].contractID, of: entries[place].group,
                            entries[place].kilowattHours, now: entries[place].now,
                            then: then[cell])
                    }
                }
                found.finish(
                    unpriced: zip(reasons[other], counts)
                        .sorted { $0.0.example < $1.0.example }
                        .map { reason, count in
                            ComparisonReport.Unpriced(
                                code: reason.code, charge: reason.charge,
                                example: entries[reason.example].contractID,
                                detail: reason.detail, contracts: count)
                        })
                return found
            })
    }
}
