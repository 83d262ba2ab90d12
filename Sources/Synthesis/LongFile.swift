// SPDX-License-Identifier: Apache-2.0

import Quantities

/// Writes interval-long files.
struct LongFile {
    let cells: CellBlock
    /// The numbers of the meters. Shape: `[stream]`.
    let meters: Range<Int>
    let firstDay: CivilDay
    let order: GenerationPlan.Order

    /// A row: id 9, timestamp 25, value 5, letter 1, three commas and a newline.
    private static let rowBytes = 44

    /// Adds the file's text and gives the number of value cells in it.
    func write(into text: inout TextBuffer) -> Int {
        text.append("meter_id,timestamp,kwh,quality\n")
        let ids = meters.map { textBytes("\(Names.meter($0)),", as: SIMD16.self) }
        let times = (0..<cells.days).flatMap { day in
            let date = (firstDay + day).description
            return (0..<CellBlock.slotsPerDay).map { slot in
                let (hour, minute) = (slot / 4, slot % 4 * 15)
                return textBytes(
                    "\(date)T\(hour, digits: 2):\(minute, digits: 2):00+08:00,", as: SIMD32.self)
            }
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
