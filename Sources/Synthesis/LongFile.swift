// SPDX-License-Identifier: Apache-2.0

import Quantities

/// Writes interval-long files.
struct LongFile {
    let cells: CellBlock
    /// The numbers of the meters. Shape: `[stream]`.
    let meters: Range<Int>
    let firstDay: CivilDay
    let order: GenerationPlan.Order

    /// Seconds ahead of UTC of Beijing time.
    static let clockOffset = 28_800
    /// A row: id 9, timestamp 25, value 5, letter 1, three commas and a newline.
    private static let rowBytes = 44

    /// Adds the file's text and gives the number of value cells in it.
    func write(into text: inout TextBuffer) -> Int {
        text.append("meter_id,timestamp,kwh,quality\n")
        let ids = meters.flatMap { textWords(Names.meter($0) + ",", count: 2) }
        let midnight = Instant(day: firstDay, offset: Self.clockOffset)
        let times = (0..<cells.slots).flatMap { slot in
            let start = midnight + Int64(slot) * 900
            return textWords(start.iso(offset: Self.clockOffset) + ",", count: 4)
        }
        let words = allValueWords
        return text.append(atMost: cells.values.count * Self.rowBytes) { room, start in
            let written = writeLongRows(
                values: cells.values.span, qualities: cells.qualities.span, ids: ids.span,
                times: times.span, valueWords: words.span, byTime: order == .time, into: &room,
                at: start)
            return (written.end, written.rows)
        }
    }
}
