// SPDX-License-Identifier: Apache-2.0

import MeterModel
import MeterValidate
import Quantities

/// What a register counted over a billing span, across meter exchanges.
public struct RegisterUsage: Hashable, Sendable {
    /// One meter's part: last less first, times multiplier.
    public struct Part: Hashable, Sendable {
        /// The meter, as `MeterNumber.rawValue`.
        public var meter: UInt32
        /// The reading it begins with.
        public var first: RegisterReading
        /// The reading it ends with.
        public var last: RegisterReading
        /// True where the register passed its last digit in between.
        public var rolledOver: Bool
        /// Base units, after multiplier.
        public var amount: Exact
    }

    /// The parts, by time.
    public var parts: [Part]

    /// Base units, after multiplier.
    public var amount: Exact { parts.reduce(.zero) { $0 + $1.amount } }

    /// How many of the readings that parts begin and end with are estimates.
    public var estimatedValues: Int {
        parts.reduce(0) { count, part in
            count + [part.first, part.last].count(where: \.isEstimated)
        }
    }
}

extension RegisterUsage {
    /// How many seconds before a reset the register must have been read: what it counted in between
    /// is known to nobody.
    private static let longestReset: Int64 = 900

    /// What a register counted between two moments, or why that cannot be told.
    ///
    /// Each meter counts from its first to its last reading within the span. A reading is needed at
    /// both moments, and at installation and removal in between. Readings on the way tell rollovers
    /// from falls: any fall is a reason to hold. Where the register was reset it counts on from what
    /// it was set to, if it was read just before.
    ///
    /// - Parameters:
    ///   - span: The billing span, in seconds since 1970-01-01T00:00:00Z.
    ///   - obis: The register, to name it in a gap.
    ///   - segments: The meters that served the point, in any order.
    ///   - others: When meters served whose registers are not billed, in any order.
    ///   - mayLack: True where a meter without one reading in the span does not have the register, and
    ///     counts nothing.
    public static func between(
        _ span: Range<Int64>, of obis: ObisCode, segments: [RegisterSegment],
        others: [Range<Int64>] = [], mayLack: Bool = false
    ) -> Result<RegisterUsage, UsageGap> {
        var usage = RegisterUsage(parts: [])
        var covered = span.lowerBound
        for segment in RegisterSegment.joined(segments) where segment.span.overlaps(span) {
            covered = covered.extended(through: others)
            guard segment.span.lowerBound <= covered else { break }
            covered = max(covered, segment.span.upperBound)
            if mayLack, segment.readings(in: span).isEmpty { continue }
            switch part(of: segment, in: segment.span.clamped(to: span), obis: obis) {
            case .success(let part): usage.parts.append(part)
            case .failure(let gap): return .failure(gap)
            }
        }
        covered = covered.extended(through: others)
        guard covered >= span.upperBound else {
            return .failure(UsageGap(.noMeter, obis: obis, at: Instant(seconds: covered)))
        }
        return usage.amount.isOverflow
            ? .failure(UsageGap(.outOfRange, obis: obis)) : .success(usage)
    }

    /// What the readings there are prove that a register counted in a span, in base units; zero where
    /// they prove nothing.
    ///
    /// A register that fell began again: it counted at least what it shows.
    public static func proven(in span: Range<Int64>, segments: [RegisterSegment]) -> Exact {
        var amount = Exact.zero
        for segment in RegisterSegment.joined(segments) where segment.span.overlaps(span) {
            let readings = segment.readings(in: span)
            for (previous, current) in zip(readings, readings.dropFirst()) {
                if let energy = segment.dial.advance(from: previous, to: current)?.energy {
                    amount += energy
                } else {
                    let shown = segment.dial.onPrimary(current)?.exact
                    amount += max(.zero, shown ?? .zero)
                }
            }
        }
        return amount
    }

    /// What the readings there are tell of a register on its way through one meter's part of a span.
    public struct Course: Hashable, Sendable {
        /// What it counted, in base units after the multiplier; nil where that cannot be told.
        public var amount: Exact?
        /// Why it cannot be told.
        public var gap: UsageGap.Code?
        /// How many of the readings that it begins and ends with are estimates.
        public var estimatedValues = 0
        /// What it counted at least.
        public var proven: Exact
        /// True where there is any reading.
        public var isKnown: Bool
    }

    /// How a register went through a span, by meter: equal courses are billed alike.
    public static func courses(
        through span: Range<Int64>, of obis: ObisCode, segments: [RegisterSegment]
    ) -> [Course] {
        RegisterSegment.joined(segments).filter { $0.span.overlaps(span) }.map { segment in
            var course = Course(
                proven: proven(in: span, segments: [segment]),
                isKnown: !segment.readings(in: span).isEmpty)
            switch part(of: segment, in: segment.span.clamped(to: span), obis: obis) {
            case .success(let part):
                course.amount = part.amount
                course.estimatedValues = RegisterUsage(parts: [part]).estimatedValues
            case .failure(let gap): course.gap = gap.code
            }
            return course
        }
    }

    /// What one meter counted in its part of the span.
    private static func part(
        of segment: RegisterSegment, in part: Range<Int64>, obis: ObisCode
    ) -> Result<Part, UsageGap> {
        let readings = segment.usableReadings()
        let (start, end) = (part.lowerBound, part.upperBound)
        let installed =
            start == segment.span.lowerBound
            ? readings.first { $0.origin == .install && $0.instant <= end } : nil
        guard let first = installed ?? readings.last(where: { $0.instant == start }) else {
            return .failure(UsageGap(.missingStart, obis: obis, at: Instant(seconds: start)))
        }
        let removed =
            end == segment.span.upperBound ? readings.last { $0.origin == .remove } : nil
        var final = removed ?? readings.first { $0.instant == end }
        if final?.origin == .reset {
            // What it was set to belongs to the next period; this one ends with the read before.
            final = readings.last {
                $0.instant < end && end - $0.instant <= RegisterUsage.longestReset
            }
        }
        guard let last = final,
            last.instant > first.instant
        else { return .failure(UsageGap(.missingEnd, obis: obis, at: Instant(seconds: end))) }
        var found = Part(
            meter: segment.meter, first: first, last: last, rolledOver: false, amount: .zero)
        var previous = first
        for reading in readings.drop(while: { $0 != first }).dropFirst() {
            if reading.origin == .reset {
                guard reading.instant - previous.instant <= RegisterUsage.longestReset else {
                    return .failure(
                        UsageGap(.missingEnd, obis: obis, at: Instant(seconds: reading.instant)))
                }
                previous = reading
                continue
            }
            guard let step = segment.dial.advance(from: previous, to: reading) else {
                return .failure(UsageGap(.outOfRange, obis: obis))
            }
            guard case .advance(_, let rolledOver) = step.advance, let energy = step.energy else {
                return .failure(
                    UsageGap(.registerDecrease, obis: obis, at: Instant(seconds: reading.instant)))
            }
            found.amount += energy
            found.rolledOver = found.rolledOver || rolledOver
            previous = reading
            if reading == last { break }
        }
        return .success(found)
    }
}

extension Int64 {
    /// The moment up to which spans in any order lead on from this one, without a gap.
    func extended(through spans: [Range<Int64>]) -> Int64 {
        spans.sorted { $0.lowerBound < $1.lowerBound }
            .reduce(self) { $1.lowerBound <= $0 ? Swift.max($0, $1.upperBound) : $0 }
    }
}
