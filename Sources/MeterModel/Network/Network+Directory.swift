// SPDX-License-Identifier: Apache-2.0

import Quantities

extension Network {
    /// What each id in a file can stand for: meters, then service points that no meter shares an id
    /// with.
    ///
    /// A service point stands for the meter that is billed there at the time; check meters only go
    /// by their own id. Spans part where the slots or the clock change, and only while installed.
    public func directoryEntries() -> [DirectoryEntry] {
        var entries: [DirectoryEntry] = []
        entries.reserveCapacity(meterIDs.count + servicePointIDs.count)
        for meter in 0..<meterIDs.count {
            let spans = directorySpans(spansByMeter[meter].map { meterSpans[Int($0)] })
            if !spans.isEmpty { entries.append(DirectoryEntry(id: meterIDs[meter], spans: spans)) }
        }
        for servicePoint in 0..<servicePointIDs.count {
            let id = servicePointIDs[servicePoint]
            if meterIDs.index(of: id) != nil { continue }
            let billed = spansByServicePoint[servicePoint].map { meterSpans[Int($0)] }
                .filter { meterTerms[Int($0.terms)].use == .billing }
                .sorted { $0.from < $1.from }
            let spans = directorySpans(billed)
            if !spans.isEmpty { entries.append(DirectoryEntry(id: id, spans: spans)) }
        }
        return entries
    }

    /// Spans as scanning needs them, joined where nothing that it knows changes.
    private func directorySpans(_ stored: [StoredMeterSpan]) -> [DirectorySpan] {
        var spans: [DirectorySpan] = []
        for next in stored {
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
                    continue
                }
            }
            spans.append(span)
        }
        return spans
    }
}
