// SPDX-License-Identifier: Apache-2.0

import Quantities

extension NetworkBuilder {
    /// Finds the feeder of each service point over time, and numbers the feeders.
    mutating func placeServicePoints(_ knownFeeders: [String]) {
        let feeders = Set(rows.nodes.lazy.filter { $0.kind == .feeder }.map(\.id))
        let ids = knownFeeders + feeders.subtracting(knownFeeders).sorted()
        network.feederIDs = IdentifierTable(ids)
        let numbers = Dictionary(uniqueKeysWithValues: ids.enumerated().map { ($1, UInt32($0)) })
        var owners: [UInt32] = []
        var placed: [Network.StoredServicePointSpan] = []
        var terms = DistinctValues<Network.ServicePointTerms>()
        for index in servicePoints.ids.indices {
            var spans: [Network.StoredServicePointSpan] = []
            for item in servicePoints[index] {
                let row = rows.servicePoints[Int(item)]
                let zone = zoneIndex(row.zoneName)
                guard let held = row.span(in: network.zones[zone]),
                    let node = topology.nodes.index[row.nodeID]
                else { continue }
                let number = terms.number(
                    of: Network.ServicePointTerms(
                        zone: zone, role: row.role, capacityKilowatts: row.capacityKilowatts))
                for above in topology.feederSpans(node, in: network.zones[zone]) {
                    let span = above.span.clamped(to: held)
                    guard !span.isEmpty, let feeder = numbers[topology.nodes.ids[above.feeder]]
                    else { continue }
                    spans.append(
                        Network.StoredServicePointSpan(
                            period: Network.Period(span), node: UInt32(node), feeder: feeder,
                            terms: number))
                }
            }
            placed += spans.sorted { $0.period.from < $1.period.from }
            owners += Array(repeating: UInt32(index), count: spans.count)
        }
        network.servicePointSpans = Network.ServicePointSpans(placed)
        network.servicePointTerms = terms.values
        network.servicePointGroups = GroupedIndexes(keys: owners, count: servicePoints.ids.count)
    }

    /// Places each meter row at its service point, and checks that a service point has one billing
    /// meter at a time.
    mutating func placeMeters() {
        var terms = DistinctValues<MeterTerms>()
        let terminals = network.terminalIDs
        for index in meters.ids.indices {
            var spans: [Network.StoredMeterSpan] = []
            for item in meters[index] {
                let row = rows.meters[Int(item)]
                let zone = zone(ofServicePoint: row.servicePointID)
                guard let servicePoint = servicePoints.index[row.servicePointID],
                    let held = row.span(in: zone)
                else { continue }
                checkFeeder(of: servicePoint, during: held, row)
                for place in network.spans(ofServicePoint: servicePoint) {
                    let span = place.span.clamped(to: held)
                    if span.isEmpty { continue }
                    spans.append(
                        Network.StoredMeterSpan(
                            period: Network.Period(span),
                            meter: UInt32(index), servicePoint: UInt32(servicePoint),
                            feeder: place.feeder.rawValue,
                            terminal: UInt32(
                                terminals.index(of: row.terminalID).map { $0 + 1 } ?? 0),
                            terms: terms.number(of: MeterTerms(row, place))))
                }
            }
            meterSpans += joined(spans.sorted { $0.period.from < $1.period.from })
        }
        network.meterTerms = terms.values
        checkBillingMeters()
    }

    /// Notes where a service point has no feeder while a meter or a contract needs one.
    mutating func checkFeeder(
        of servicePoint: Int, during span: Range<Instant>, _ row: some NetworkRow
    ) {
        var covered = span.lowerBound
        for place in network.spans(ofServicePoint: servicePoint) {
            if place.span.lowerBound > covered { break }
            covered = max(covered, place.span.upperBound)
        }
        guard covered < span.upperBound else { return }
        let id = servicePoints.ids[servicePoint]
        let start = written(covered, zone(ofServicePoint: id))
        errors.append(
            .noFeeder, row,
            found: "service point '\(id)' of '\(row.id)' has no feeder above it from \(start)",
            mend: "let its row and the rows of the nodes above it cover that time")
    }

    private mutating func checkBillingMeters() {
        let billing = rows.meters.filter { $0.use == .billing }
        let groups = RowGroups(billing.map(\.servicePointID))
        for index in groups.ids.indices where groups[index].count > 1 {
            let id = groups.ids[index]
            let zone = zone(ofServicePoint: id)
            let spans = groups[index].compactMap { item in
                billing[Int(item)].span(in: zone).map { (row: billing[Int(item)], span: $0) }
            }
            let sorted = spans.sorted { $0.span.lowerBound < $1.span.lowerBound }
            for (earlier, later) in zip(sorted, sorted.dropFirst())
            where earlier.row.id != later.row.id && earlier.span.overlaps(later.span) {
                let start = written(later.span.lowerBound, zone)
                errors.append(
                    .twoBillingMeters, later.row,
                    found:
                        "'\(later.row.id)' and '\(earlier.row.id)' both bill service point '\(id)' "
                        + "from \(start)",
                    mend: "end one before the other begins, or set its use to check")
            }
        }
    }

    /// Joins spans that nothing parts.
    private func joined(_ spans: [Network.StoredMeterSpan]) -> [Network.StoredMeterSpan] {
        var joined: [Network.StoredMeterSpan] = []
        for next in spans {
            if var last = joined.last, last.period.to == next.period.from {
                last.period = next.period
                if last == next {
                    joined[joined.count - 1].period.to = next.period.to
                    continue
                }
            }
            joined.append(next)
        }
        return joined
    }
}

extension MeterTerms {
    /// What a meter row says, at a place.
    fileprivate init(_ row: MeterRow, _ place: ServicePointSpan) {
        self.init(
            multiplier: row.multiplier, digits: row.digits, intervalMinutes: row.intervalMinutes,
            basis: row.basis, use: row.use, role: place.role,
            capacityKilowatts: place.capacityKilowatts, zone: place.zone)
    }
}
