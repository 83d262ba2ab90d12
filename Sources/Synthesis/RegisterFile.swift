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
        let dates = days.map { (day: $0, text: (start + $0).description) }
        for (index, load) in loads.enumerated() {
            for (day, date) in dates {
                text.append("\(Names.meter(load.meter)),\(date)")
                // The freeze is taken at 24:00: day 0 ends one day after the installation.
                for value in load.standings(days: day + 1) {
                    text.append(blank[index] ? "," : ",\(value, decimals: 2)")
                }
                text.append("\n")
            }
        }
        return loads.count * days.count * (RegisterLoad.registers + 1)
    }
}
