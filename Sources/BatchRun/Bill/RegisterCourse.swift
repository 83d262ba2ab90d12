// SPDX-License-Identifier: Apache-2.0

import BillInvoice
import MeterModel
import MeterUsage
import MeterValidate
import Quantities
import Store

/// A register of a meter that some days of an issued invoice were billed by.
struct BilledRegister: Hashable {
    var meter: MeterNumber
    var obis: ObisCode
    var servicePointID: String
    var span: Range<Int64>
}

/// What a bill makes of a register: where two are equal it bills the same.
///
/// A billed estimate is fixed: nothing read beside it changes it, on site or from afar; a value of its
/// very moment takes its place.
struct RegisterCourse: Hashable {
    private let parts: [RegisterUsage.Course]
    /// False where only its days tell what it counted, and they leap farther than it can count.
    private let isFollowed: Bool

    /// How a register went.
    ///
    /// - Parameters:
    ///   - network: The terms under which it served, and the reads on site.
    ///   - days: What was delivered.
    ///   - turns: Where registers fell or rolled over: elsewhere a bill looks at the ends alone.
    init(
        of register: BilledRegister, in network: Network, _ days: inout RegisterDays,
        _ turns: RegisterTurns
    ) throws {
        let span = register.span
        var segments: [RegisterSegment] = []
        for meterSpan in network.meterSpans(of: register) {
            var readings = network.siteReadings(of: meterSpan, register.obis)
            let part = RegisterSegment(meterSpan, []).span.clamped(to: span)
            for instant in [part.lowerBound, part.upperBound] {
                readings += try days.endReading(of: register, at: instant)
            }
            segments.append(RegisterSegment(meterSpan, readings))
        }
        segments = RegisterSegment.joined(segments)
        try days.bridgeGaps(of: register.obis, in: &segments, span)
        let ends = RegisterUsage.courses(through: span, of: register.obis, segments: segments)
        let isDoubtful =
            ends.contains { $0.amount == nil }
            || turns.leaveDoubt(of: register.obis, segments, in: span, network)
        guard isDoubtful else {
            (parts, isFollowed) = (ends, true)
            return
        }
        try days.addAll(of: register.obis, to: &segments, span)
        parts = RegisterUsage.courses(through: span, of: register.obis, segments: segments)
        isFollowed =
            ends.map(\.amount) == parts.map(\.amount)
            || segments.allSatisfy { $0.leap(in: span) == nil }
    }
}

extension RegisterDays {
    /// What a register showed at an end, or was billed to have shown; nothing where neither is known.
    fileprivate mutating func endReading(of register: BilledRegister, at instant: Int64) throws
        -> [RegisterReading]
    {
        let channel = Channel(register.obis, .register)
        if let found = try end(register.meter, channel, at: instant) { return [found] }
        return try store.read {
            try $0.registerEstimate(
                meter: register.meter.rawValue, channel: channel.packed, at: instant)
        }.map { [RegisterReading($0)] } ?? []
    }
}

extension Network {
    /// The spans in which a register's meter served while it was billed by registers.
    func meterSpans(of register: BilledRegister) -> [MeterSpan] {
        guard let servicePoint = servicePoint(register.servicePointID) else { return [] }
        let span =
            Instant(seconds: register.span.lowerBound)..<Instant(seconds: register.span.upperBound)
        return registerSpans(atServicePoint: servicePoint, within: span)
            .filter { $0.meter == register.meter }
    }

    /// The spans in which meters at a service point serve while they are billed by registers.
    private func registerSpans(atServicePoint servicePoint: Int, within span: Range<Instant>)
        -> [MeterSpan]
    {
        meterSpans(atServicePoint: servicePoint, within: span)
            .filter { $0.terms.basis == .register && $0.terms.use == .billing }
    }

    /// The registers that an invoice was billed by, each in its parts of the period.
    func billedRegisters(
        atServicePoint servicePointID: String, _ zone: TimeZoneTable, parts: [Range<CivilDay>],
        _ determinants: [InvoiceDeterminant]
    ) -> [BilledRegister] {
        guard let servicePoint = servicePoint(servicePointID) else { return [] }
        return parts.flatMap { days in
            let billed = BilledChannels(determinants.filter { $0.partStart == days.lowerBound })
            let span = zone.startOfDay(days.lowerBound)..<zone.startOfDay(days.upperBound)
            let meters = registerSpans(atServicePoint: servicePoint, within: span).map(\.meter)
            return Set(meters).sorted().flatMap { meter in
                billed.registers.map {
                    BilledRegister(
                        meter: meter, obis: $0, servicePointID: servicePointID,
                        span: span.lowerBound.seconds..<span.upperBound.seconds)
                }
            }
        }
    }
}
