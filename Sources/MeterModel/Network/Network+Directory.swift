// SPDX-License-Identifier: Apache-2.0

import Quantities

extension Network {
    /// What each id in a file can stand for: meters, then service points that no meter shares an id
    /// with.
    ///
    /// A service point stands for the meter that is billed there at the time; check meters only go
    /// by their own id. Spans part where the slots or the clock change, and only while installed.
    public func directoryColumns() -> DirectoryColumns {
        var columns = DirectoryColumns(
            entries: meterIDs.count + servicePointIDs.count,
            idBytes: meterIDs.bytes.count + servicePointIDs.bytes.count, spans: meterSpans.count)
        /// The entry of each meter; -1 for a meter that was never in service.
        var entryOfMeter = [Int32](repeating: -1, count: meterIDs.count)
        var next = 0
        while next < meterSpans.count {
            let (meter, start) = (meterSpans[next].meter, columns.spans.count)
            entryOfMeter[Int(meter)] = Int32(columns.count)
            while next < meterSpans.count, meterSpans[next].meter == meter {
                join(meterSpans[next], to: &columns, entryFrom: start)
                next += 1
            }
            columns.endEntry(spansFrom: start, to: columns.spans.count)
        }
        columns.append(idsOf: meterIDs) { entryOfMeter[$0] >= 0 }

        let isMeter = meterIDs.contains(eachOf: servicePointIDs)
        var isEntry = [Bool](repeating: false, count: servicePointIDs.count)
        for servicePoint in 0..<servicePointIDs.count where !isMeter[servicePoint] {
            let items = spansByServicePoint[servicePoint]
            if let meter = onlyMeter(items) {
                let entry = Int(entryOfMeter[meter])
                columns.endEntry(
                    spansFrom: Int(columns.spanStarts[entry]), to: Int(columns.spanEnds[entry]))
                isEntry[servicePoint] = true
                continue
            }
            let start = columns.spans.count
            let billed = items.map { meterSpans[Int($0)] }
                .filter { meterTerms[Int($0.terms)].use == .billing }
                .sorted { $0.from < $1.from }
            for span in billed { join(span, to: &columns, entryFrom: start) }
            if billed.isEmpty { continue }
            columns.endEntry(spansFrom: start, to: columns.spans.count)
            isEntry[servicePoint] = true
        }
        columns.append(idsOf: servicePointIDs) { isEntry[$0] }
        return columns
    }

    /// The meter whose spans, all of them, are those of a service point, all billed; the usual case.
    private func onlyMeter(_ items: ArraySlice<UInt32>) -> Int? {
        guard let first = items.first else { return nil }
        let meter = meterSpans[Int(first)].meter
        let isOnly = items.allSatisfy {
            let span = meterSpans[Int($0)]
            return span.meter == meter && meterTerms[Int(span.terms)].use == .billing
        }
        return isOnly && spansByMeter[Int(meter)].count == items.count ? Int(meter) : nil
    }

    /// Appends a span as scanning needs it, or joins it to the entry's last where nothing that
    /// scanning knows changes.
    private func join(
        _ next: StoredMeterSpan, to columns: inout DirectoryColumns, entryFrom start: Int
    ) {
        let terms = meterTerms[Int(next.terms)]
        let span = DirectorySpan(
            from: next.from, to: next.to, meter: next.meter,
            storageOffset: storageOffsets[Int(next.meter)],
            intervalMinutes: UInt16(terms.intervalMinutes ?? 0), zone: UInt16(terms.zone))
        if columns.spans.count > start, var last = columns.spans.last, last.to == span.from {
            last.to = span.to
            last.from = span.from
            if last == span {
                columns.extendLastSpan(to: span.to)
                return
            }
        }
        columns.append(span)
    }
}
