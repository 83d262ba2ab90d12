// SPDX-License-Identifier: Apache-2.0

import Quantities

/// Writes register-daily files: the frozen registers of each meter, day after day.
struct RegisterFile {
    /// The meters' registers, in the order of the rows.
    let loads: [RegisterLoad]
    /// True for a meter whose freezes are blank in this file. Shape: `[load]`.
    let blank: [Bool]
    /// Days since the plan's start.
    let days: Range<Int>
    let start: CivilDay

    /// Adds the file's text and gives the number of value cells in it.
    func write(into text: inout TextBuffer) -> Int {
        text.append("meter_id,date,total,sharp,peak,flat,valley\n")
        for (index, load) in loads.enumerated() {
            let meter = Names.meter(load.meter)
            for day in days {
                // The freeze is taken at 24:00: day 0 ends one day after the installation.
                let values = load.standings(days: day + 1)
                let row = values.map { blank[index] ? "" : decimalText($0, decimals: 2) }
                text.append("\(meter),\(start + day),\(row.joined(separator: ","))\n")
            }
        }
        return loads.count * days.count * (RegisterLoad.registers + 1)
    }
}
