// SPDX-License-Identifier: Apache-2.0

import BillInvoice
import MeterModel
import MeterUsage
import MeterValidate
import Quantities
import Store

/// Lists the bills by registers that a delivery makes wrong: with it a bill would take other values at
/// its ends, or follow a register another way between them.
///
/// A second pass, for the way leads through many blocks. It may be run again.
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

    func run(cause: String) throws {
        let keys = try store.read { try $0.keysSettled(bySeq: seq, kind: .register) }
            .filter { $0.day <= billedThrough }
        guard !keys.isEmpty else { return }
        let turns = try RegisterTurns(store)
        var knowledge: Knowledge?
        var last: BlockKey?
        var compared: [BilledRegister: Bool] = [:]
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
                for (invoice, register, isByDay) in try registers(around: change) {
                    let detail = "\(network.id(of: change.meter)) \(CivilDay(number: key.day))"
                    // Tiers of days rest on every freeze; where one was missing there is no such bill.
                    if isByDay, case .some(.none) = change.new[register.obis] {
                        if listed[invoice] == nil { listed[invoice] = detail }
                        continue
                    }
                    if compared[register] == nil,
                        try !isOnTheWay(change, register, &known.now)
                    {
                        compared[register] =
                            try RegisterCourse(of: register, in: network, &known.now, turns)
                            != RegisterCourse(of: register, in: network, &known.before, turns)
                    }
                    guard compared[register] == true else { continue }
                    if listed[invoice] == nil { listed[invoice] = detail }
                }
            }
            knowledge = known
        }
        guard !listed.isEmpty else { return }
        try store.write { transaction in
            for (invoice, detail) in listed.sorted(by: { $0.key < $1.key }) {
                try transaction.listForCorrection(
                    invoice: invoice, cause: cause, seq: seq, detail: detail, changes: .energy)
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
        for meter in Set(now.meters).union(before.meters).sorted() {
            let (new, old) = (byMoment(now[meter]), byMoment(before[meter]))
            for instant in Set(new.keys).union(old.keys).sorted() {
                let (new, old) = (new[instant] ?? [:], old[instant] ?? [:])
                var changed: [ObisCode: RegisterReading?] = [:]
                for obis in Set(new.keys).union(old.keys)
                where new[obis]?.shown != old[obis]?.shown
                    || new[obis]?.quality.qualityClass != old[obis]?.quality.qualityClass
                {
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
        _ readings: [RegisterDayBlock.Entry]
    ) -> [Int64: [ObisCode: RegisterReading]] {
        readings.reduce(into: [:]) { moments, entry in
            moments[entry.reading.instant, default: [:]][Channel(packed: entry.channel).obis] =
                entry.reading
        }
    }

    /// The invoices with a part that a change lies within, or that begins or ends with it, and the
    /// registers that they bill there; whether they bill each day of a register by itself.
    private func registers(around change: Change) throws -> [(
        invoice: Int64, register: BilledRegister, isByDay: Bool
    )] {
        let at = Instant(seconds: change.instant)
        var found: [(invoice: Int64, register: BilledRegister, isByDay: Bool)] = []
        for served in network.spans(of: change.meter)
        where served.terms.basis == .register && served.terms.use == .billing
            && served.span.lowerBound <= at && at <= served.span.upperBound
        {
            let zone = network.zones[served.terms.zone]
            // A value at midnight ends the day before.
            let days = Set([at, at + -1].map { zone.clock(at: $0).day })
            for day in days.sorted() {
                let search = CorrectionSearch(
                    meterID: network.id(of: change.meter),
                    servicePointID: network.servicePointIDs[served.servicePoint], first: day,
                    last: day)
                for invoice in try store.read({ try $0.invoices(of: search) }) {
                    let registers = network.billedRegisters(
                        atServicePoint: search.servicePointID, zone, parts: invoice.parts,
                        invoice.determinants)
                    found += registers.lazy.filter { register in
                        register.meter == change.meter && change.new.keys.contains(register.obis)
                    }.map { register in
                        let byDay = UsageQuantity.allCases.first { $0.obis == register.obis }
                            .map { "stretch.\($0.rawValue)" }
                        return (
                            invoice.invoiceID, register,
                            invoice.determinants.contains { $0.quantity == byDay }
                        )
                    }
                }
            }
        }
        return found
    }

    /// True where a new value lies between its neighbours, and the register can count to it and on in
    /// the time, so that it tells nothing new.
    private func isOnTheWay(
        _ change: Change, _ register: BilledRegister, _ days: inout RegisterDays
    ) throws -> Bool {
        guard case .some(.some(let new)) = change.new[register.obis] else { return false }
        let segments = RegisterSegment.joined(
            network.meterSpans(of: register).map {
                RegisterSegment($0, network.siteReadings(of: $0, register.obis))
            })
        for var segment in segments {
            let part = segment.span.clamped(to: register.span)
            guard part.lowerBound < new.instant, new.instant < part.upperBound else { continue }
            let all = days.days(of: segment, in: register.span)
            let offset = network.storageOffset(of: register.meter)
            let today = Instant(seconds: new.instant - 1).clock(offset: offset).day
            var (before, after): ([RegisterReading], [RegisterReading]) = ([], [])
            for day in all.reversed() where day <= today && before.isEmpty {
                before = try days.readings(of: register.obis, segment, in: register.span, on: day)
                    .filter { $0.instant < new.instant }
            }
            for day in all where day >= today && after.isEmpty {
                after = try days.readings(of: register.obis, segment, in: register.span, on: day)
                    .filter { $0.instant > new.instant }
            }
            segment.readings += before + [new] + after
            let known = segment.readings(in: register.span)
            guard let place = known.firstIndex(of: new), place > 0, place + 1 < known.count
            else { return false }
            let (last, next) = (known[place - 1], known[place + 1])
            return next.origin != .reset
                && [(last, new), (new, next), (last, next)].allSatisfy {
                    segment.dial.rises(from: $0, to: $1)
                }
        }
        return false
    }
}

extension RegisterDial {
    /// True where a register went up from one reading to another, by what it can count in the time.
    fileprivate func rises(from previous: RegisterReading, to current: RegisterReading) -> Bool {
        guard let step = advance(from: previous, to: current),
            case .advance(_, rolledOver: false) = step.advance
        else { return false }
        return step.isPossible(in: current.instant - previous.instant)
    }
}
