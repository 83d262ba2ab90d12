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
        var spans: [DirectorySpan] = []
        for meter in 0..<meterIDs.count {
            spans.removeAll(keepingCapacity: true)
            for index in spansByMeter[meter] { join(meterSpans[Int(index)], to: &spans) }
            if spans.isEmpty { continue }
            entryOfMeter[meter] = Int32(columns.count)
            columns.append(id: meterIDs.bytes[meterIDs.range(meter)], spans: spans)
        }
        let isMeter = meterIDs.contains(eachOf: servicePointIDs)
        for servicePoint in 0..<servicePointIDs.count where !isMeter[servicePoint] {
            let id = servicePointIDs.bytes[servicePointIDs.range(servicePoint)]
            let items = spansByServicePoint[servicePoint]
            if let meter = onlyMeter(items) {
                let entry = Int(entryOfMeter[meter])
                columns.append(
                    id: id, spansFrom: Int(columns.spanStarts[entry]),
                    to: Int(columns.spanEnds[entry]))
                continue
            }
            let billed = items.map { meterSpans[Int($0)] }
                .filter { meterTerms[Int($0.terms)].use == .billing }
                .sorted { $0.from < $1.from }
            spans.removeAll(keepingCapacity: true)
            for span in billed { join(span, to: &spans) }
            if !spans.isEmpty { columns.append(id: id, spans: spans) }
        }
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

    /// Appends a span as scanning needs it, or joins it where nothing that it knows changes.
    private func join(_ next: StoredMeterSpan, to spans: inout [DirectorySpan]) {
        let terms = meterTerms[Int(next.terms)]
        let span = DirectorySpan(
            from: next.from, to: next.to, meter: next.meter,
            storageOffset: storageOffsets[Int(next.meter)],
            intervalMinutes: UInt16(terms.intervalMinutes ?? 0), zone: UInt16(terms.zone))
        if var last = spans.last, last.to == span.from {
            last.to = span.to
            last.from = span.from
            if last == span {
                spans[spans.count - 1].to = span.to
                return
            }
        }
        spans.append(span)
    }
}
