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
            for meter in district.meters {
                for entry in entries(of: meter, sending: district.sending, plan) {
                    try file.append("\(separator){\"meter\":\"\(Names.meter(meter))\",\(entry)}")
                    separator = ",\n"
                }
            }
        }
        try file.append("\n]}\n")
        try file.close()
    }

    private func entries(
        of meter: Int, sending: Branch.Sending, _ plan: GenerationPlan
    ) -> [String] {
        if sending == .registerDaily {
            let load = RegisterLoad(CustomerLoad(seed: plan.seed, meter: meter))
            return load.standings(days: plan.days).enumerated().map { register, value in
                let last = decimalText(value, decimals: 2)
                return """
                    "channel":"1.8.\(register)","unit":"kWh","sum":null,"last":"\(last)"
                    """
            }
        }
        return MeterStream.all(of: meter, sending: sending).map { stream in
            let channel = stream.channel(sending: sending)
            let place = meter * MeterStream.perMeter + stream.place
            let sum = decimalText(Int(wattHours[place]), decimals: 3)
            return """
                "channel":"\(channel)","unit":"\(channel.obis.baseUnit.rawValue)","sum":"\(sum)"
                """
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
}
