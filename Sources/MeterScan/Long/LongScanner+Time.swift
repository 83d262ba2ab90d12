// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Quantities

// From a label to the start of its interval, and the span of the meter there.
extension LongScanner {
    enum RowStart {
        case start(Int64, DirectorySpan)
        case refused(RejectionCode)
    }

    /// Reads the row's label and finds the span in which its interval starts.
    mutating func readStart(_ lines: RawSpan, of position: Int) -> RowStart {
        let cell = layout.columns.time
        let (from, to) = (cutter.from(cell), cutter.to(cell))
        if memo.zone < 0, memo.length == to - from, memo.length > 0, from + 25 <= lines.byteCount,
            let moment = memo.moment(lines, from)
        {
            return choose(moment, of: position)
        }
        guard let label = TimeLabel.read(lines, from, to) else { return .refused(.badTime) }
        if let offset = label.offset {
            memo.remember(lines, from, to, label, offset: offset, zone: -1)
            return choose(label.naive - Int64(offset), of: position)
        }
        let midnight = label.naive - ((label.naive % 86_400) + 86_400) % 86_400
        switch layout.clock {
        case .inFile: return .refused(.badTime)
        case .fixed(let offset):
            memo.remember(lines, from, to, label, offset: offset, zone: -1)
            return choose(label.naive - Int64(offset), of: position)
        case .zone(let zone):
            if let offset = zone.steadyOffset(aroundNaiveDay: midnight) {
                memo.remember(lines, from, to, label, offset: offset, zone: -1)
                return choose(label.naive - Int64(offset), of: position)
            }
            return choose(zone.instants(naive: label.naive), of: position)
        case .servicePoint:
            return readLocalStart(lines, from, to, label, midnight: midnight, of: position)
        }
    }

    /// The start by the clock of the zone that the meter's span names.
    private mutating func readLocalStart(
        _ lines: RawSpan, _ from: Int, _ to: Int, _ label: TimeLabel, midnight: Int64,
        of position: Int
    ) -> RowStart {
        var outcome = RowStart.refused(.outsideInstallation)
        var tried: [UInt16] = []
        for place in index.spanRange(of: series[position].entry) {
            let zone = index.span(place).zone
            guard !tried.contains(zone) else { continue }
            tried.append(zone)
            let table = index.zones[Int(zone)]
            if let offset = table.steadyOffset(aroundNaiveDay: midnight) {
                outcome = choose(label.naive - Int64(offset), zone: zone, of: position)
                if case .start = outcome {
                    memo.remember(lines, from, to, label, offset: offset, zone: Int32(zone))
                }
            } else {
                outcome = choose(
                    table.instants(naive: label.naive), zone: zone, of: position)
            }
            if case .start = outcome { return outcome }
        }
        return outcome
    }

    /// The start that a label of one meaning names, and the span there.
    private mutating func choose(
        _ moment: Int64, zone: UInt16? = nil, of position: Int
    ) -> RowStart {
        for place in index.spanRange(of: series[position].entry) {
            let span = index.span(place)
            guard zone == nil || span.zone == zone else { continue }
            let start = layout.labelsEnd ? moment - Int64(span.intervalMinutes) * 60 : moment
            if span.from <= start, start < span.to {
                series[position].lastStart = start
                return .start(start, span)
            }
        }
        return .refused(.outsideInstallation)
    }

    /// Chooses among the moments that a label can mean.
    ///
    /// In a doubled hour the order of rows tells: a label that follows the series' last row by one
    /// interval is meant so. Where neither does, the hour cannot be told.
    ///
    /// - Parameters:
    ///   - moments: None in a skipped hour, two in a doubled one.
    ///   - zone: Where given, only spans of this zone count.
    private mutating func choose(
        _ moments: [Int64], zone: UInt16? = nil, of position: Int
    ) -> RowStart {
        guard !moments.isEmpty else { return .refused(.nonexistentTime) }
        var found: [(start: Int64, span: DirectorySpan)] = []
        for moment in moments {
            for place in index.spanRange(of: series[position].entry) {
                let span = index.span(place)
                guard zone == nil || span.zone == zone else { continue }
                let start = layout.labelsEnd ? moment - Int64(span.intervalMinutes) * 60 : moment
                if span.from <= start, start < span.to { found.append((start, span)) }
            }
        }
        var chosen = found.first
        if found.count > 1 {
            let last = series[position].lastStart
            chosen = found.first {
                last != .min && last + Int64($0.span.intervalMinutes) * 60 == $0.start
            }
            guard chosen != nil else { return .refused(.ambiguousTime) }
        }
        guard let chosen else { return .refused(.outsideInstallation) }
        series[position].lastStart = chosen.start
        return .start(chosen.start, chosen.span)
    }
}
