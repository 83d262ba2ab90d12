// SPDX-License-Identifier: Apache-2.0

import Quantities

/// Writes NEM12 files: a 200 record for each stream, a 300 record for each of its days.
struct Nem12File {
    let cells: CellBlock
    /// The streams of the cells. Shape: `[stream]`.
    let streams: [MeterStream]
    /// 0, 1 or 2: how late the sender updated a stream's rows. Shape: `[stream]`.
    let versions: [Int]
    let firstDay: CivilDay
    /// True to write the last stream first.
    let reversed: Bool

    /// Adds the file's text and gives the number of value cells in it.
    func write(into text: inout TextBuffer) -> Int {
        text.append("100,NEM12,\(compact(firstDay + cells.days))0400,TALLYMDP,TALLYRET\n")
        let order = Array(streams.indices)
        for stream in reversed ? order.reversed() : order {
            append200(stream, into: &text)
            for day in 0..<cells.days { append300(stream, day: day, into: &text) }
        }
        text.append("900\n")
        return cells.values.count
    }

    private func append200(_ stream: Int, into text: inout TextBuffer) {
        let meter = streams[stream].meter
        let suffix = streams[stream].suffix
        let configuration = MeterStream.all(of: meter, sending: .nem12).map(\.suffix).joined()
        let unit = suffix.hasPrefix("Q") ? "kVArh" : "kWh"
        text.append(
            """
            200,\(Names.servicePoint(meter)),\(configuration),\(suffix),\(suffix),N1,\
            \(Names.meter(meter)),\(unit),15,\n
            """)
    }

    private func append300(_ stream: Int, day: Int, into text: inout TextBuffer) {
        let start = cells.start(stream: stream, day: day)
        let slots = start..<start + CellBlock.slotsPerDay
        text.append("300,\(compact(firstDay + day)),")
        let words = allValueWords
        text.append(atMost: CellBlock.slotsPerDay * 6 + 2) { room, start in
            let values = cells.values.span.extracting(slots)
            return (writeValues(values, valueWords: words.span, into: &room, at: start), ())
        }
        let runs = qualityRuns(slots)
        // 1: the night after the day; 0: two hours before that; 2: the night after the next day.
        let version = versions[stream]
        let night = compact(firstDay + (day + (version == 2 ? 2 : 1)))
        let updated = "\(night)\(version == 0 ? "011500" : "031500")"
        let quality = runs.count == 1 ? qualityText(runs[0].letter) : "V"
        text.append("\(quality),,,\(updated),\(updated)\n")
        guard runs.count > 1 else { return }
        for run in runs {
            text.append("400,\(run.first),\(run.last),\(qualityText(run.letter)),,\n")
        }
    }

    /// The day's stretches of one quality; slots are counted from 1, as the 400 record does.
    private func qualityRuns(_ slots: Range<Int>) -> [(first: Int, last: Int, letter: UInt8)] {
        var runs: [(first: Int, last: Int, letter: UInt8)] = []
        for (slot, letter) in cells.qualities[slots].enumerated() {
            if let run = runs.last, run.letter == letter {
                runs[runs.count - 1].last = slot + 1
            } else {
                runs.append((slot + 1, slot + 1, letter))
            }
        }
        return runs
    }

    /// An estimate names its method; 52 takes the usage from the previous reading.
    private func qualityText(_ letter: UInt8) -> String {
        letter == UInt8(ascii: "E") ? "E52" : String(UnicodeScalar(letter))
    }

    /// A day as `20260131`.
    private func compact(_ day: CivilDay) -> Int {
        let (year, month, day) = day.components
        return year * 10_000 + month * 100 + day
    }
}
