// SPDX-License-Identifier: Apache-2.0

import Quantities

extension ContractBook {
    /// Days that a row can name, 1900 to 9999, with a day on either side.
    private static let days: ClosedRange<Int64> = -25_568...2_932_897

    /// Writes the contracts; dictionaries in the order of their keys.
    func write(to writer: inout ImageWriter) {
        writer.identifiers(customerIDs)
        writer.number(tariffIDs.count)
        for id in tariffIDs { writer.text(id) }
        writer.number(parameterSets.count)
        for set in parameterSets {
            writer.number(set.count)
            for (key, value) in set.sorted(by: { $0.key < $1.key }) {
                writer.text(key)
                writer.text(value)
            }
        }
        writer.column(heads.servicePoints)
        writer.column(heads.customers)
        writer.column(heads.zones)
        writer.number(termsNumbers.count)
        writer.column(termsByContract.keys)
        writer.number(terms.count)
        writer.column(terms) { Int64($0.from.number) }
        // An open end is written as the day after all others.
        writer.column(terms) { $0.to.map { Int64($0.number) } ?? ContractBook.days.upperBound + 1 }
        writer.column(terms) { Int64($0.tariff) }
        writer.column(terms) { Int64($0.parameters) }
        writer.column(terms) { Int64($0.billingDay) }
        writer.column(terms) { Int64($0.cycleMonths) }
        writer.column(termsNumbers)
        writer.number(points.count)
        writer.column(pointsByContract.keys)
        for point in points {
            writer.number(point.servicePoint)
            writer.number(
                point.quantity.map { Int($0.c) << 16 | Int($0.d) << 8 | Int($0.e) } ?? -1)
            writer.number(point.sign)
            writer.exact(point.share)
            writer.number(point.span.lowerBound.seconds)
            writer.number(point.span.upperBound.seconds)
        }
        writer.number(openings.count)
        for (contract, opening) in openings.sorted(by: { $0.key < $1.key }) {
            writer.number(contract)
            writer.number(opening.billedThrough.number)
            writer.number(opening.values.count)
            for (key, value) in opening.values.sorted(by: { $0.key < $1.key }) {
                writer.text(key)
                writer.exact(value)
            }
        }
    }

    /// Reads what `write` wrote, where the network has these many contracts and other things.
    init(
        _ reader: inout ImageReader, contracts: Int, servicePoints: Int, zones: Int
    ) throws(NetworkImageError) {
        customerIDs = try reader.identifiers()
        for _ in 0..<(try reader.count()) { tariffIDs.append(try reader.text()) }
        for _ in 0..<(try reader.count()) {
            var set: [String: String] = [:]
            for _ in 0..<(try reader.count()) {
                let key = try reader.text()
                set[key] = try reader.text()
            }
            parameterSets.append(set)
        }
        heads.servicePoints = NumberColumn(try reader.column(contracts, below: servicePoints))
        heads.customers = NumberColumn(try reader.column(contracts, below: customerIDs.count))
        heads.zones = NumberColumn(try reader.column(contracts, below: zones))
        try readTerms(&reader, contracts)
        let owners = try reader.column(try reader.count(), below: contracts)
        pointsByContract = GroupedIndexes(keys: owners, count: contracts)
        for _ in owners { self.points.append(try ContractBook.point(&reader, servicePoints)) }
        for _ in 0..<(try reader.count()) {
            let contract = Int(try reader.number(ImageReader.indexes(below: contracts)))
            let through = CivilDay(number: Int32(try reader.number(ContractBook.days)))
            var opening = Contract.Opening(billedThrough: through, values: [:])
            for _ in 0..<(try reader.count()) {
                let key = try reader.text()
                opening.values[key] = try reader.exact()
            }
            openings[contract] = opening
        }
    }

    private mutating func readTerms(
        _ reader: inout ImageReader, _ contracts: Int
    ) throws(NetworkImageError) {
        let owners = try reader.column(try reader.count(), below: contracts)
        termsByContract = GroupedIndexes(keys: owners, count: contracts)
        let count = try reader.count()
        let (days, open) = (ContractBook.days, ContractBook.days.upperBound + 1)
        let from: [Int32] = try reader.column(count, days)
        let to: [Int32] = try reader.column(count, days.lowerBound...open)
        let tariffs = try reader.column(count, below: tariffIDs.count)
        let parameters = try reader.column(count, below: parameterSets.count)
        let billingDays: [UInt8] = try reader.column(count, 1...31)
        let cycles: [UInt8] = try reader.column(count, 1...120)
        terms = (0..<count).map {
            StoredTerms(
                from: CivilDay(number: from[$0]),
                to: to[$0] == open ? nil : CivilDay(number: to[$0]), tariff: tariffs[$0],
                parameters: parameters[$0], billingDay: billingDays[$0], cycleMonths: cycles[$0])
        }
        termsNumbers = NumberColumn(try reader.column(owners.count, below: count))
        guard (0..<contracts).allSatisfy({ isInOrder(termsByContract.places(of: $0)) }) else {
            throw reader.damage
        }
    }

    /// True where some terms are there, and neither begin nor end before those before them.
    private func isInOrder(_ places: Range<Int>) -> Bool {
        let last = CivilDay(number: .max)
        var (from, to) = (CivilDay(number: .min), CivilDay(number: .min))
        for place in places {
            let item = terms[Int(termsNumbers[termsByContract[place]])]
            let end = item.to ?? last
            guard from <= item.from, to <= end, item.from <= end else { return false }
            (from, to) = (item.from, end)
        }
        return !places.isEmpty
    }

    private static func point(
        _ reader: inout ImageReader, _ servicePoints: Int
    ) throws(NetworkImageError) -> Contract.Point {
        let servicePoint = Int(try reader.number(ImageReader.indexes(below: servicePoints)))
        let quantity = try reader.number(-1...0xFF_FFFF)
        let sign = Int(try reader.number(-1...1))
        let share = try reader.exact()
        let from = Instant(seconds: try reader.number(.min ... .max))
        let to = Instant(seconds: try reader.number(.min ... .max))
        guard from < to, sign != 0 else { throw reader.damage }
        return Contract.Point(
            servicePoint: servicePoint,
            quantity: quantity < 0
                ? nil
                : ObisCode(
                    UInt8(truncatingIfNeeded: quantity >> 16),
                    UInt8(truncatingIfNeeded: quantity >> 8), UInt8(truncatingIfNeeded: quantity)),
            sign: sign, share: share, span: from..<to)
    }
}
