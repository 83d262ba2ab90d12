// SPDX-License-Identifier: Apache-2.0

import MeterModel
import MeterUsage
import MeterValidate
import Quantities
import Store

// Two readings a month do not tell a register that fell, or turned, between them.
extension RegisterLookup {
    /// Reads a register day by day where it fell from end to end, where the checks of the nights found
    /// that it fell or rolled over, or where the capacity could turn the whole dial.
    ///
    /// The days tell a rollover from a fall. Where they leap farther than the dial can count in the time
    /// they tell nothing: then a fall is a reason to hold, and so is a turn that only they tell.
    mutating func followDays(of obis: ObisCode, in usage: SpanUsage) throws {
        let span = usage.request.span
        var segments = RegisterSegment.joined(usage.registers[obis] ?? [])
        try days.bridgeGaps(of: obis, in: &segments, span)
        usage.registers[obis] = segments
        defer { noteTurns(of: obis, in: usage) }
        let ends = usage.between(segments, of: obis)
        guard isDoubtful(ends, segments, obis, span) else {
            return usage.count(ends, of: obis)
        }
        try days.addAll(of: obis, to: &segments, span)
        let way = usage.between(segments, of: obis)
        let leap = segments.lazy.compactMap { $0.leap(in: span) }.first
        switch (ends, way, leap) {
        case (.success(let ends), .success(let way), _) where ends.amount == way.amount:
            usage.count(.success(ends), of: obis)
        case (.success, .success, let leap?), (.failure, _, let leap?):
            // Of a register that no period is billed by, what it proves to have counted tells.
            let isUnmapped = usage.request.items.contains {
                $0.unmappedRegisters.contains(obis)
            }
            if case .failure = ends, isUnmapped { break }
            usage.holds.append(
                UsageGap(.registerDecrease, obis: obis, at: leap.at, amount: leap.amount))
        default:
            usage.registers[obis] = segments
            usage.count(way, of: obis)
        }
    }

    /// Notes where registers rolled over in gaps that are too long for the checks of the nights.
    private func noteTurns(of obis: ObisCode, in usage: SpanUsage) {
        // A span of at most that length, as a month, has no longer gap.
        guard usage.request.span.count > Int(RegisterChecks.longestGap) * 86_400 else { return }
        for segment in usage.registers[obis] ?? [] {
            let meter = MeterNumber(rawValue: segment.meter)
            let readings = segment.readings(in: usage.request.span)
            for (previous, current) in zip(readings, readings.dropFirst())
            where current.origin != .reset
                && current.instant - previous.instant > Int64(RegisterChecks.longestGap) * 86_400
            {
                guard let finding = segment.dial.finding(from: previous, to: current) else {
                    continue
                }
                let checks = BlockChecks(network: network, asOf: usage.due.days.upperBound)
                usage.comparisons.append(
                    checks.row(
                        finding, meter: meter, channel: Channel(obis, .register),
                        offset: network.storageOffset(of: meter)))
            }
        }
    }

    private func isDoubtful(
        _ ends: Result<RegisterUsage, UsageGap>, _ segments: [RegisterSegment], _ obis: ObisCode,
        _ span: Range<Int64>
    ) -> Bool {
        switch ends {
        case .failure(let gap): return gap.code == .registerDecrease
        case .success: return turns.leaveDoubt(of: obis, segments, in: span, network)
        }
    }
}

extension SpanUsage {
    /// Keeps what a register counted, where that is known.
    fileprivate func count(_ found: Result<RegisterUsage, UsageGap>, of obis: ObisCode) {
        if case .success(let usage) = found { counted.append(CountedRegister(obis, usage)) }
    }

    /// What a register counted in the parts of the span that registers are billed in.
    fileprivate func between(_ segments: [RegisterSegment], of obis: ObisCode) -> Result<
        RegisterUsage, UsageGap
    > {
        RegisterUsage.between(
            request.span, of: obis, segments: segments,
            others: meterSpans.filter { $0.terms.basis == .interval }.map {
                $0.span.lowerBound.seconds..<$0.span.upperBound.seconds
            })
    }
}

extension RegisterDays {
    /// Adds the readings around gaps that are too long for the checks of the nights.
    ///
    /// A step of at most that length from one day with a value to another leaps over no such gap; so a
    /// long period of daily readings costs a day or two, and a month none.
    mutating func bridgeGaps(
        of obis: ObisCode, in segments: inout [RegisterSegment], _ span: Range<Int64>
    ) throws {
        for index in segments.indices { try bridgeGaps(of: obis, in: &segments[index], span) }
    }

    /// Adds what every day of a span has.
    mutating func addAll(
        of obis: ObisCode, to segments: inout [RegisterSegment], _ span: Range<Int64>
    ) throws {
        for index in segments.indices {
            for day in days(of: segments[index], in: span) {
                segments[index].readings += try readings(
                    of: obis, segments[index], in: span, on: day)
            }
        }
    }

    private mutating func bridgeGaps(
        of obis: ObisCode, in segment: inout RegisterSegment, _ span: Range<Int64>
    ) throws {
        let part = segment.span.clamped(to: span)
        guard part.count > Int(RegisterChecks.longestGap) * 86_400 else { return }
        let all = days(of: segment, in: span.lowerBound - 1..<span.upperBound)
        guard var known = all.first?.number, let last = all.last?.number else { return }
        while last - known > RegisterChecks.longestGap {
            let near = (known + 1...known + RegisterChecks.longestGap).reversed()
            let far = known + RegisterChecks.longestGap + 1...last
            var next: Int32?
            for number in Array(near) + Array(far) where next == nil {
                let day = CivilDay(number: number)
                let found = try readings(of: obis, segment, in: span, on: day)
                guard !found.isEmpty else { continue }
                next = number
                guard far.contains(number) else { continue }
                segment.readings += found
                segment.readings += try readings(
                    of: obis, segment, in: span, on: CivilDay(number: known))
            }
            guard let next else {
                // The gap reaches to the end, whose value is there.
                segment.readings += try readings(
                    of: obis, segment, in: span, on: CivilDay(number: known))
                return
            }
            known = next
        }
    }
}

extension RegisterSegment {
    /// The first step between two readings in a row of those within a span that is farther than the dial
    /// can count in the time, and where it ends; nil where there is none.
    func leap(in span: Range<Int64>) -> (at: Instant, amount: Exact)? {
        let readings = readings(in: span)
        for (previous, current) in zip(readings, readings.dropFirst()) {
            guard let step = dial.advance(from: previous, to: current), let energy = step.energy,
                !step.isPossible(in: current.instant - previous.instant)
            else { continue }
            return (Instant(seconds: current.instant), energy)
        }
        return nil
    }
}
