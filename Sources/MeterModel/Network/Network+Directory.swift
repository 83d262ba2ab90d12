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
        for meter in 0..<UInt32(meterIDs.count) {
            while next < meterSpans.count, meterSpans.meters[next] == meter {
                distinct.join(directorySpan(next, countedFrom: meter))
                next += 1
            }
            courses.append(distinct.endCourse())
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

    /// The meter whose spans, all of them, are those of a service point, all billed; the usual case.
    private func onlyMeter(_ places: Range<Int>) -> UInt32? {
        guard let first = places.first else { return nil }
        let meter = meterSpans.meters[spansByServicePoint[first]]
        for place in places {
            let index = spansByServicePoint[place]
            let use = meterTerms[Int(meterSpans.terms[index])].use
            if meterSpans.meters[index] != meter || use != .billing { return nil }
        }
        return spansByMeter.places(of: Int(meter)).count == places.count ? meter : nil
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
