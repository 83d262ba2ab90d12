// SPDX-License-Identifier: Apache-2.0

import MeterModel

/// What a 200 record says about the 300 records after it.
struct NEM12Stream {
    /// Where the rows go; meaningless where there is a fault.
    var row: RowStream
    /// How many values a row has; 0 where the interval length is not known.
    var cellCount: Int
    /// Why none of its rows can be read, and the cell that is at fault; or nil.
    var fault: (code: RejectionCode, cell: Int)?
    /// True where channel and unit are known and fit each other, whatever else is at fault.
    var isMeasured: Bool

    /// Energy streams by the first letter of their suffix. Source: AEMO MDFF, NMISuffix: E is drawn
    /// by the customer, B fed in; Q and K are the reactive pair.
    private static let quantities: [UInt8: ObisCode] = [
        UInt8(ascii: "E"): .activeImport, UInt8(ascii: "B"): .activeExport,
        UInt8(ascii: "Q"): .reactiveImport, UInt8(ascii: "K"): .reactiveExport,
    ]

    /// Units of the format that measure no energy we settle.
    private static let otherUnits: Set<String> = [
        "w", "kw", "mw", "var", "kvar", "mvar", "va", "kva", "mva", "vah", "kvah", "mvah", "v",
        "kv", "a", "ka", "pf",
    ]

    /// Reads the cells of a 200 record, at least nine.
    ///
    /// - Parameter entry: What the NMI stands for, -1 where nothing.
    init(
        suffix: String, unitName: String, intervalLength: String, entry: Int32, latestEnd: Int64
    ) {
        let minutes = ["5": 5, "15": 15, "30": 30][intervalLength]
        let unit = MeasuredUnit(name: unitName)
        let obis = suffix.utf8.first.flatMap { NEM12Stream.quantities[$0] }
        let channel = obis.flatMap { Channel($0, .interval, register: suffix) }
        row = RowStream(
            entry: entry, channel: channel?.packed ?? 0, unit: unit ?? .kilowattHours,
            minutes: minutes ?? 30, latestEnd: latestEnd)
        isMeasured = channel != nil && unit != nil && obis?.baseUnit == unit?.base
        cellCount = minutes.map { 1440 / $0 } ?? 0
        if minutes == nil {
            fault = (.wrongIntervalLength, 8)
        } else if unit == nil {
            let isOther = NEM12Stream.otherUnits.contains(unitName.lowercased())
            fault = (isOther ? .wrongUnit : .badUnit, 7)
        } else if channel == nil {
            fault = (.badChannel, 4)
        } else if obis?.baseUnit != unit?.base {
            fault = (.wrongUnit, 7)
        } else if entry < 0 {
            fault = (.unknownMeter, 1)
        }
    }
}
