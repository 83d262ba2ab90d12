// SPDX-License-Identifier: Apache-2.0

import MeterModel
import MeterUsage
import MeterValidate
import Quantities
import Store

/// Lists the bills by registers within whose periods a delivery shows that a register went another way
/// than was known: it fell or rolled over between the ends, or did not.
///
/// What changed at the ends is listed as each block is settled. This is a second pass, for the way leads
/// through many blocks. It may be run again.
struct RegisterCorrections {
    let store: TallyStore
    let network: Network
    let seq: Int
    /// The last storage day that an issued invoice reaches.
    let billedThrough: Int32

    /// What is known now, and what was known before the delivery.
    private struct Knowledge {
        var now: RegisterDays
        var before: RegisterDays
    }

    /// A register on its way through the period of an invoice.
    private struct Way: Hashable {
        var meter: MeterNumber
        var obis: ObisCode
        var servicePoint: Int
        var span: Range<Int64>
    }

    func run(cause: String) throws {
        let keys = try store.read { try $0.keysSettled(bySeq: seq, kind: .register) }
            .filter { $0.day <= billedThrough }
        var knowledge: Knowledge?
        var last: BlockKey?
        var compared: [Way: Bool] = [:]
        var listed: [Int64: String] = [:]
        for key in keys.sorted(by: { ($0.feeder, $0.group, $0.day) < ($1.feeder, $1.group, $1.day) }
        ) {
            // Only blocks of the same meters serve again.
            if last?.feeder != key.feeder || last?.group != key.group {
                (knowledge, compared) = (nil, [:])
            }
            last = key
            var known =
                knowledge
                ?? Knowledge(
                    now: RegisterDays(store: store, network: network, knownSeq: seq),
                    before: RegisterDays(store: store, network: network, knownSeq: seq - 1))
            for change in try changes(of: key, &known) {
                for (invoice, way) in try ways(through: change) {
                    if compared[way] == nil, try !isOnTheWay(change, way, &known.now) {
                        compared[way] =
                            try course(of: way, &known.now)
                            != course(of: way, &known.before)
                    }
                    guard compared[way] == true else { continue }
                    let detail = "\(network.id(of: way.meter)) \(CivilDay(number: key.day))"
                    if listed[invoice] == nil { listed[invoice] = detail }
                }
            }
            knowledge = known
        }
        guard !listed.isEmpty else { return }
        try store.write { transaction in
            for (invoice, detail) in listed.sorted(by: { $0.key < $1.key }) {
                try transaction.listForCorrection(
                    invoice: invoice, cause: cause, seq: seq, detail: detail, changesEnergy: true)
            }
        }
    }

    /// Values of a meter that a delivery changed at a moment.
    private struct Change {
        var meter: MeterNumber
        var instant: Int64
        /// By register; nil where there is none now, or another stood there.
        var new: [ObisCode: RegisterReading?]
    }

    private func changes(of key: BlockKey, _ known: inout Knowledge) throws -> [Change] {
        let (now, before) = (try known.now.block(key), try known.before.block(key))
        var changes: [Change] = []
        for meter in Set(now.keys).union(before.keys).sorted() {
            let (new, old) = (byMoment(now[meter] ?? []), byMoment(before[meter] ?? []))
            for instant in Set(new.keys).union(old.keys).sorted() {
                let (new, old) = (new[instant] ?? [:], old[instant] ?? [:])
                var changed: [ObisCode: RegisterReading?] = [:]
                for obis in Set(new.keys).union(old.keys)
                where new[obis]?.shown != old[obis]?.shown {
                    changed[obis] = .some(old[obis] == nil ? new[obis] : nil)
                }
                if !changed.isEmpty {
                    changes.append(
                        Change(
                            meter: MeterNumber(rawValue: meter), instant: instant, new: changed))
                }
            }
        }
        return changes
    }

    private func byMoment(
        _ readings: [(channel: UInt64, reading: RegisterReading)]
    ) -> [Int64: [ObisCode: RegisterReading]] {
        readings.reduce(into: [:]) { moments, entry in
            moments[entry.reading.instant, default: [:]][Channel(packed: entry.channel).obis] =
                entry.reading
        }
    }

    /// The invoices whose period a change lies within, with the registers that they bill.
    private func ways(through change: Change) throws -> [(invoice: Int64, way: Way)] {
        let at = Instant(seconds: change.instant)
        var found: [(invoice: Int64, way: Way)] = []
        for served in network.spans(of: change.meter)
        where served.terms.basis == .register && served.terms.use == .billing
            && served.span.contains(at)
        {
            let zone = network.zones[served.terms.zone]
            let search = CorrectionSearch(
                meterID: network.id(of: change.meter),
                servicePointID: network.servicePointIDs[served.servicePoint],
                first: zone.clock(at: at).day, last: zone.clock(at: at).day, isBoundary: false)
            for invoice in try store.read({ try $0.invoices(of: search) }) {
                let billed = BilledChannels(invoice.determinants)
                let (start, end) = (
                    zone.startOfDay(invoice.period.lowerBound),
                    zone.startOfDay(invoice.period.upperBound)
                )
                for obis in change.new.keys where billed.hasRegister(obis) {
                    let way = Way(
                        meter: change.meter, obis: obis, servicePoint: served.servicePoint,
                        span: start.seconds..<end.seconds)
                    found.append((invoice.invoiceID, way))
                }
            }
        }
        return found
    }

    /// True where a new value lies between its neighbours, so that it tells nothing new; the first value
    /// of a register tells that the meter has it.
    private func isOnTheWay(_ change: Change, _ way: Way, _ days: inout RegisterDays) throws -> Bool
    {
        guard case .some(.some(let new)) = change.new[way.obis] else { return false }
        for segment in segments(of: way) where segment.span.contains(change.instant) {
            let all = days.days(of: segment, in: way.span.lowerBound - 1..<way.span.upperBound)
            let offset = network.storageOffset(of: way.meter)
            let today = Instant(seconds: change.instant - 1).clock(offset: offset).day
            var (before, after): (RegisterReading?, RegisterReading?)
            for day in all.reversed() where day <= today && before == nil {
                before = try readings(of: way, on: day, &days).last { $0.instant < change.instant }
            }
            for day in all where day >= today && after == nil {
                after = try readings(of: way, on: day, &days).first { $0.instant > change.instant }
            }
            if before == nil, after == nil { return false }
            let shown = segment.dial.onPrimary(new)?.exact ?? .zero
            return (before.map { (segment.dial.onPrimary($0)?.exact ?? .zero) <= shown } ?? true)
                && (after.map { shown <= (segment.dial.onPrimary($0)?.exact ?? .zero) } ?? true)
        }
        return false
    }

    private func course(of way: Way, _ days: inout RegisterDays) throws -> RegisterUsage.Course {
        var segments = segments(of: way)
        let channel = Channel(way.obis, .register)
        for index in segments.indices {
            for day in days.days(
                of: segments[index], in: way.span.lowerBound - 1..<way.span.upperBound)
            {
                segments[index].readings += try readings(of: way, on: day, &days)
            }
            let part = segments[index].span.clamped(to: way.span)
            for instant in [part.lowerBound, part.upperBound]
            where !segments[index].readings.contains(where: { $0.instant == instant }) {
                let estimate = try store.read {
                    try $0.registerEstimate(
                        meter: way.meter.rawValue, channel: channel.packed, at: instant)
                }
                guard let estimate else { continue }
                segments[index].readings.append(RegisterReading(estimate))
            }
        }
        return RegisterUsage.course(through: way.span, segments: segments)
    }

    /// The register's segments in the span, with its reads on site.
    private func segments(of way: Way) -> [RegisterSegment] {
        let span = Instant(seconds: way.span.lowerBound)..<Instant(seconds: way.span.upperBound)
        return RegisterSegment.joined(
            network.meterSpans(atServicePoint: way.servicePoint, within: span)
                .filter { $0.meter == way.meter && $0.terms.basis == .register }
                .map { RegisterSegment($0, network.siteReadings(of: $0, way.obis)) })
    }

    private func readings(of way: Way, on day: CivilDay, _ days: inout RegisterDays) throws
        -> [RegisterReading]
    {
        try days.readings(way.meter, Channel(way.obis, .register), on: day)
            .filter { way.span.lowerBound <= $0.instant && $0.instant <= way.span.upperBound }
    }
}
