// SPDX-License-Identifier: Apache-2.0

import MeterModel
import MeterValidate
import Quantities

/// One register of one meter while it served a point under the same terms.
public struct RegisterSegment: Hashable, Sendable {
    /// The meter, as `MeterNumber.rawValue`.
    public var meter: UInt32
    /// From installation, or a change of terms, until removal, or the next change.
    public var span: Range<Int64>
    /// Digits, multiplier and capacity.
    public var dial: RegisterDial
    /// The readings known, in any order; those of install and remove count at the ends of `span`.
    public var readings: [RegisterReading]

    /// A segment from its parts.
    public init(
        meter: UInt32, span: Range<Int64>, dial: RegisterDial, readings: [RegisterReading]
    ) {
        self.meter = meter
        self.span = span
        self.dial = dial
        self.readings = readings
    }

    /// The readings that hold a value, by time; one per moment, that of an exchange first, and a
    /// reset after it. A delivered value of the moment that equals what the register was set to was
    /// read after that.
    func usableReadings() -> [RegisterReading] {
        if isPlain { return readings }
        let sorted = readings.filter(\.quality.hasValue).sorted {
            ($0.instant, $0.origin.placeInMoment) < ($1.instant, $1.origin.placeInMoment)
        }
        var unique: [RegisterReading] = []
        for reading in sorted {
            if let last = unique.last, last.instant == reading.instant,
                reading.origin != .reset || last.origin == .reset
            {
                continue
            }
            if reading.origin == .reset, let last = unique.last, last.instant == reading.instant,
                last.origin == .delivered,
                dial.onPrimary(last)?.exact == dial.onPrimary(reading)?.exact
            {
                unique.removeLast()
            }
            unique.append(reading)
        }
        return unique
    }

    /// True where the readings stand by time already, one per moment, each with a value: the usual case.
    private var isPlain: Bool {
        var last = Int64.min
        for reading in readings {
            guard reading.instant > last, reading.quality.hasValue else { return false }
            last = reading.instant
        }
        return true
    }

    /// The readings that hold a value within a span, its ends among them, one per moment, by time.
    public func readings(in span: Range<Int64>) -> [RegisterReading] {
        let part = self.span.clamped(to: span)
        return usableReadings().filter {
            part.lowerBound <= $0.instant && $0.instant <= part.upperBound
        }
    }

    /// Segments by time, those of one meter joined where its terms did not change between them.
    public static func joined(_ segments: [RegisterSegment]) -> [RegisterSegment] {
        if segments.count < 2 { return segments }
        let sorted = segments.sorted {
            ($0.meter, $0.span.lowerBound) < ($1.meter, $1.span.lowerBound)
        }
        var joined: [RegisterSegment] = []
        for segment in sorted {
            if let last = joined.last, last.meter == segment.meter, last.dial == segment.dial,
                last.span.upperBound == segment.span.lowerBound
            {
                joined[joined.count - 1].span = last.span.lowerBound..<segment.span.upperBound
                joined[joined.count - 1].readings += segment.readings
            } else {
                joined.append(segment)
            }
        }
        return joined.sorted {
            ($0.span.lowerBound, $0.meter) < ($1.span.lowerBound, $1.meter)
        }
    }
}

extension RegisterReadOrigin {
    /// Which of several readings of one moment comes first.
    fileprivate var placeInMoment: Int {
        switch self {
        case .remove: 0
        case .install: 1
        case .delivered: 2
        case .reset: 3
        }
    }
}
