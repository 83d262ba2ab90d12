// SPDX-License-Identifier: Apache-2.0

import MeterModel

/// What is current after all generated files were ingested once, in any order.
struct ExpectedTotals {
    /// Wh of each stream. Shape: `[meter × place]`, `MeterStream.perMeter` places.
    private var wattHours: [Int64]

    init(meters: Int) {
        wattHours = [Int64](repeating: 0, count: meters * MeterStream.perMeter)
    }

    /// Adds a file's current values.
    mutating func add(_ sums: [(stream: MeterStream, wattHours: Int64)]) {
        for sum in sums {
            wattHours[sum.stream.meter * MeterStream.perMeter + sum.stream.place] += sum.wattHours
        }
    }

    /// Writes `expected.json`: per meter and channel the sum of intervals, or a register's last value.
    ///
    /// Values are as delivered: before the multiplier, in the file's unit, as decimals in strings.
    func write(_ plan: GenerationPlan, _ branch: Branch, to path: String) throws(GenerationError) {
        var file = try OutputFile(path: path)
        try file.append("{\"current\":[")
        var separator = "\n"
        for district in branch.districts {
            if district.sending == .registerDaily {
                try writeRegisters(of: district, plan, after: &separator, to: &file)
            } else {
                try writeIntervals(of: district, after: &separator, to: &file)
            }
        }
        try file.append("\n]}\n")
        try file.close()
    }

    private func writeRegisters(
        of district: Branch.District, _ plan: GenerationPlan, after separator: inout String,
        to file: inout OutputFile
    ) throws(GenerationError) {
        for meter in district.meters {
            let load = RegisterLoad(CustomerLoad(seed: plan.seed, meter: meter))
            for (register, value) in load.standings(days: plan.days).enumerated() {
                try file.append(
                    """
                    \(separator){"meter":"\(Names.meter(meter))","channel":"1.8.\(register)",\
                    "unit":"kWh","sum":null,"last":"\(value, decimals: 2)"}
                    """)
                separator = ",\n"
            }
        }
    }

    private func writeIntervals(
        of district: Branch.District, after separator: inout String, to file: inout OutputFile
    ) throws(GenerationError) {
        // Channel and unit are the same for all meters' streams of a purpose.
        var kinds: [Draw: String] = [:]
        for meter in district.meters {
            for stream in MeterStream.all(of: meter, sending: district.sending) {
                let known = kinds[stream.purpose]
                let kind = known ?? stream.kindText(sending: district.sending)
                if known == nil { kinds[stream.purpose] = kind }
                let sum = Int(wattHours[meter * MeterStream.perMeter + stream.place])
                try file.append(
                    """
                    \(separator){"meter":"\(Names.meter(meter))",\(kind),\
                    "sum":"\(sum, decimals: 3)"}
                    """)
                separator = ",\n"
            }
        }
    }
}

extension MeterStream {
    /// The channel under which ingest files this stream; NEM12's carry the sender's register name.
    func channel(sending: Branch.Sending) -> Channel {
        let obis: ObisCode =
            switch purpose {
            case .reactive: .reactiveImport
            case .solar: .activeExport
            default: .activeImport
            }
        let named = sending == .nem12 ? Channel(obis, .interval, register: suffix) : nil
        return named ?? Channel(obis, .interval)
    }

    /// Channel and unit as `expected.json` writes them.
    fileprivate func kindText(sending: Branch.Sending) -> String {
        let channel = channel(sending: sending)
        return """
            "channel":"\(channel)","unit":"\(channel.obis.baseUnit.rawValue)"
            """
    }
}
