// SPDX-License-Identifier: Apache-2.0

import Quantities

extension NetworkBuilder {
    /// Checks that each contract has one customer, one place and terms without gaps, and each
    /// service point one contract at a time.
    mutating func checkContracts() {
        for row in rows.contracts {
            let zone = zone(ofServicePoint: row.servicePointID)
            guard let servicePoint = servicePoints.index[row.servicePointID],
                let span = row.span(in: zone)
            else { continue }
            checkFeeder(of: servicePoint, during: span, row)
            let total = network.spans(ofServicePoint: servicePoint).first {
                $0.role != .customer && $0.span.overlaps(span)
            }
            if let total {
                errors.append(
                    .billedTotal, row,
                    found:
                        "'\(row.id)' bills service point '\(row.servicePointID)', "
                        + "whose role is \(total.role.rawValue)",
                    mend: "remove the contract, or correct the role")
            }
        }
        for index in contracts.ids.indices where contracts[index].count > 1 {
            checkTerms(contracts[index].map { rows.contracts[Int($0)] })
        }
        checkOneContractEach()
        checkOpenings()
    }

    private mutating func checkTerms(_ rows: [ContractRow]) {
        guard let first = rows.first else { return }
        for row in rows.dropFirst()
        where row.servicePointID != first.servicePointID || row.customerID != first.customerID {
            errors.append(
                .changedContract, row,
                found: "'\(row.id)' has another service point or customer than \(place(first))",
                mend: "end the contract and give the new one its own id")
            return
        }
        let zone = zone(ofServicePoint: first.servicePointID)
        let sorted = rows.compactMap { row in row.span(in: zone).map { (row: row, span: $0) } }
            .sorted { $0.span.lowerBound < $1.span.lowerBound }
        for (earlier, later) in zip(sorted, sorted.dropFirst())
        where earlier.span.upperBound < later.span.lowerBound {
            let start = written(earlier.span.upperBound, zone)
            errors.append(
                .termsGap, later.row, found: "'\(later.row.id)' has no terms from \(start)",
                mend: "let the rows of a contract abut, or give the later one its own id")
        }
    }

    private mutating func checkOneContractEach() {
        let groups = RowGroups(rows.contracts.map(\.servicePointID))
        for index in groups.ids.indices where groups[index].count > 1 {
            let id = groups.ids[index]
            let zone = zone(ofServicePoint: id)
            let sorted = groups[index].compactMap { item in
                let row = rows.contracts[Int(item)]
                return row.span(in: zone).map { (row: row, span: $0) }
            }
            .sorted { $0.span.lowerBound < $1.span.lowerBound }
            for (earlier, later) in zip(sorted, sorted.dropFirst())
            where earlier.row.id != later.row.id && earlier.span.overlaps(later.span) {
                let start = written(later.span.lowerBound, zone)
                errors.append(
                    .overlappingContracts, later.row,
                    found:
                        "'\(later.row.id)' and '\(earlier.row.id)' both hold for service point "
                        + "'\(id)' from \(start)",
                    mend: "end one before the other starts")
            }
        }
    }

    private mutating func checkOpenings() {
        var first: [String: OpeningRow] = [:]
        for row in rows.opening {
            let known = first[row.id] ?? row
            if known.billedThrough != row.billedThrough {
                errors.append(
                    .openingConflict, row,
                    found:
                        "'\(row.id)' is billed through \(row.billedThrough) here and through "
                        + "\(known.billedThrough) in \(place(known))",
                    mend: "give a contract one billed_through")
            }
            first[row.id] = known
        }
    }

    /// Enters the checked contracts.
    mutating func enterContracts() {
        let customers = Set(rows.customers.map(\.id)).sorted()
        var book = ContractBook()
        book.customerIDs = IdentifierTable(customers)
        var tariffs = DistinctValues<String>()
        var parameterSets = DistinctValues<[String: String]>()
        var owners: [UInt32] = []
        var (termsNumbers, terms) = ([UInt32](), DistinctValues<ContractBook.StoredTerms>())
        var (heldAt, heldBy, zones) = ([UInt32](), [UInt32](), [UInt32]())
        for index in contracts.ids.indices {
            var held: [ContractBook.StoredTerms] = []
            for row in contracts[index].map({ rows.contracts[Int($0)] }) {
                let zone = zone(ofServicePoint: row.servicePointID)
                held.append(
                    ContractBook.StoredTerms(
                        from: row.starts.map { $0.day(in: zone) }.max() ?? CivilDay(number: 0),
                        to: row.ends.map { $0.day(in: zone) }.min(),
                        tariff: tariffs.number(of: row.tariffID),
                        parameters: parameterSets.number(of: row.parameters),
                        billingDay: UInt8(row.billingDay), cycleMonths: UInt8(row.cycleMonths)))
                if held.count > 1 { continue }
                heldAt.append(UInt32(servicePoints.index[row.servicePointID] ?? 0))
                heldBy.append(UInt32(book.customerIDs.index(of: row.customerID) ?? 0))
                zones.append(UInt32(zoneIndex(ofServicePoint: row.servicePointID)))
            }
            for row in held.sorted(by: { $0.from < $1.from }) {
                termsNumbers.append(terms.number(of: row))
                owners.append(UInt32(index))
            }
        }
        book.heads = ContractBook.Heads(
            servicePoints: NumberColumn(heldAt), customers: NumberColumn(heldBy),
            zones: NumberColumn(zones))
        (book.terms, book.termsNumbers) = (terms.values, NumberColumn(termsNumbers))
        book.tariffIDs = tariffs.values
        book.parameterSets = parameterSets.values
        book.termsByContract = GroupedIndexes(keys: owners, count: contracts.ids.count)
        network.contractsByServicePoint = GroupedIndexes(
            keys: heldAt, count: servicePoints.ids.count)
        network.contractBook = book
        enterPointsAndOpenings()
    }

    private mutating func enterPointsAndOpenings() {
        var owners: [UInt32] = []
        for row in rows.contractPoints {
            guard let contract = contracts.index[row.id],
                let servicePoint = servicePoints.index[row.servicePointID],
                let span = row.span(in: zone(ofServicePoint: row.servicePointID))
            else { continue }
            owners.append(UInt32(contract))
            network.contractBook.points.append(
                Contract.Point(
                    servicePoint: servicePoint, quantity: row.quantity, sign: row.sign,
                    share: row.share, span: span))
        }
        network.contractBook.pointsByContract = GroupedIndexes(
            keys: owners, count: contracts.ids.count)
        for row in rows.opening {
            guard let contract = contracts.index[row.id] else { continue }
            let zone = network.zones[Int(network.contractBook.heads.zones[contract])]
            let through = row.billedThrough.day(in: zone)
            var opening =
                network.contractBook.openings[contract]
                ?? Contract.Opening(billedThrough: through, values: [:])
            if !row.key.isEmpty { opening.values[row.key] = row.value }
            network.contractBook.openings[contract] = opening
        }
    }
}
