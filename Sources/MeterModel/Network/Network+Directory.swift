// SPDX-License-Identifier: Apache-2.0

import Quantities

extension Network {
    /// What each id in a file can stand for: meters, then service points that no meter shares an id
    /// with.
    ///
    /// A service point stands for the meter that is billed there at the time; check meters only go
    /// by their own id. Spans part where the slots or the clock change, and only while installed.
    public func directoryColumns() -> DirectoryColumns {
        var distinct = DistinctCourses()
        var courses: [UInt32] = []
        courses.reserveCapacity(meterIDs.count)
        var next = 0
        // The span of a meter that has one only, and its course: the next meter's is mostly the same.
        var last: (span: SpanKind, course: UInt32)?
        for meter in 0..<UInt32(meterIDs.count) {
            let only = onlySpan(at: next, of: meter)
            if let only, let last, last.span == only {
                courses.append(last.course)
                next += 1
                continue
            }
            while next < meterSpans.count, meterSpans.meters[next] == meter {
                distinct.join(directorySpan(next, countedFrom: meter))
                next += 1
            }
            let course = distinct.endCourse()
            courses.append(course)
            last = only.map { ($0, course) }
        }
        let ofMeters = NumberColumn(courses)
        courses.removeAll(keepingCapacity: true)
        let isMeter = meterIDs.contains(eachOf: servicePointIDs)
        for servicePoint in 0..<servicePointIDs.count {
            let places = spansByServicePoint.places(of: servicePoint)
            if isMeter[servicePoint] {
                courses.append(UInt32(meterIDs.count))
            } else if let meter = onlyMeter(places) {
                courses.append(meter)
            } else {
                let billed = places.map { spansByServicePoint[$0] }
                    .filter { meterTerms[Int(meterSpans.terms[$0])].use == .billing }
                    .sorted { meterSpans.periods[$0].from < meterSpans.periods[$1].from }
                for index in billed { distinct.join(directorySpan(index, countedFrom: 0)) }
                courses.append(UInt32(meterIDs.count) + distinct.endCourse())
            }
        }
        return DirectoryColumns(
            meterIDs: meterIDs, servicePointIDs: servicePointIDs, courses: ofMeters,
            servicePointCourses: NumberColumn(courses), distinct)
    }

    /// What the directory span of a meter is made of, without the meter.
    private struct SpanKind: Equatable {
        var period: UInt32
        var terms: UInt32
        var storageOffset: UInt32
    }

    /// The span at an index, where it is the only one of a meter.
    private func onlySpan(at index: Int, of meter: UInt32) -> SpanKind? {
        guard index < meterSpans.count, meterSpans.meters[index] == meter,
            index + 1 == meterSpans.count || meterSpans.meters[index + 1] != meter
        else { return nil }
        return SpanKind(
            period: meterSpans.periods.numbers[index], terms: meterSpans.terms[index],
            storageOffset: storageOffsets[Int(meter)])
    }

    /// The meter whose spans, all of them, are those of a service point, all billed; the usual case.
    private func onlyMeter(_ places: Range<Int>) -> UInt32? {
        guard let first = places.first else { return nil }
        let index = spansByServicePoint[first]
        let meter = meterSpans.meters[index]
        guard isBilled(index), spansByMeter.places(of: Int(meter)).count == places.count
        else { return nil }
        for place in places.dropFirst() {
            let index = spansByServicePoint[place]
            if meterSpans.meters[index] != meter || !isBilled(index) { return nil }
        }
        return meter
    }

    private func isBilled(_ index: Int) -> Bool {
        meterTerms[Int(meterSpans.terms[index])].use == .billing
    }

    /// A meter's span as scanning needs it, its meter counted from one before.
    private func directorySpan(_ index: Int, countedFrom first: UInt32) -> DirectorySpan {
        let (period, meter) = (meterSpans.periods[index], meterSpans.meters[index])
        let terms = meterTerms[Int(meterSpans.terms[index])]
        return DirectorySpan(
            from: period.from, to: period.to, meter: meter - first,
            storageOffset: Int32(bitPattern: storageOffsets[Int(meter)]),
            intervalMinutes: UInt16(terms.intervalMinutes ?? 0), zone: UInt16(terms.zone))
    }
}
