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
        var tried: [UInt16] = []
        var fault: RejectionCode?
        var outside: Int64?
        for place in index.spanRange(of: series[position].entry) {
            let zone = index.span(place, of: series[position].entry).zone
            guard !tried.contains(zone) else { continue }
            tried.append(zone)
            let table = index.zones[Int(zone)]
            let steady = table.steadyOffset(aroundNaiveDay: midnight)
            let told: Result<Int64, TimeRefusal> =
                steady.map { .success(label.naive - Int64($0)) }
                ?? meant(by: table.instants(naive: label.naive), zone: zone, of: position)
            switch told {
            case .failure(let refusal): fault = fault ?? refusal.code
            case .success(let moment):
                let outcome = start(
                    labelled: moment, zone: zone, ofEntry: series[position].entry)
                guard case .start = outcome else {
                    outside = outside ?? moment
                    continue
                }
                series[position].note(label: moment)
                if let steady {
                    memo.remember(lines, from, to, label, offset: steady, zone: Int32(zone))
                }
                return outcome
            }
        }
        guard let outside else { return .refused(fault ?? .outsideInstallation) }
        series[position].note(label: outside)
        return .refused(.outsideInstallation)
    }

    /// The start that a label of one or more meanings names, and the span there.
    private mutating func choose(_ moments: [Int64], of position: Int) -> RowStart {
        switch meant(by: moments, of: position) {
        case .failure(let refusal): return .refused(refusal.code)
        case .success(let moment): return choose(moment, of: position)
        }
    }

    /// The start that a label of one meaning names, and the span there.
    private mutating func choose(_ moment: Int64, of position: Int) -> RowStart {
        series[position].note(label: moment)
        return start(labelled: moment, ofEntry: series[position].entry)
    }

    /// - Parameter zone: Where given, only spans of this zone count.
    func start(
        labelled moment: Int64, zone: UInt16? = nil, ofEntry entry: Int32
    ) -> RowStart {
        for place in index.spanRange(of: entry) {
            let span = index.span(place, of: entry)
            guard zone == nil || span.zone == zone else { continue }
            let start = layout.labelsEnd ? moment - Int64(span.intervalMinutes) * 60 : moment
            if span.from <= start, start < span.to { return .start(start, span) }
        }
        return .refused(.outsideInstallation)
    }

    /// Tells which of the moments that a label can mean is meant.
    ///
    /// In a doubled hour the order of rows tells, whatever meter is there: a label that follows the
    /// series' last one as that followed the one before, or by one interval of the meter, is meant
    /// so. Where neither does, the hour cannot be told.
    ///
    /// - Parameters:
    ///   - moments: None in a skipped hour, two in a doubled one.
    ///   - zone: Where given, only spans of this zone count.
    private func meant(
        by moments: [Int64], zone: UInt16? = nil, of position: Int
    ) -> Result<Int64, TimeRefusal> {
        guard moments.count != 1 else { return .success(moments[0]) }
        guard !moments.isEmpty else { return .failure(TimeRefusal(code: .nonexistentTime)) }
        let series = series[position]
        let told =
            moments.first { series.follows($0, by: Int64(series.labelDistance)) }
            ?? moments.first { moment in
                let span = index.nearestSpan(of: series.entry, to: moment, zone: zone)
                return series.follows(moment, by: Int64(span?.intervalMinutes ?? 0) * 60)
            }
        return told.map { .success($0) } ?? .failure(TimeRefusal(code: .ambiguousTime))
    }

    /// Why the moment of a label cannot be told.
    private struct TimeRefusal: Error {
        let code: RejectionCode
    }
}
