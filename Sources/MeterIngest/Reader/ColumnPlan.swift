// SPDX-License-Identifier: Apache-2.0

import MeterModel

/// Where the columns of a profile stand in one file.
struct ColumnPlan: Hashable {
    /// One value column: its place and, by shape, its channel or its number within the day.
    struct Value: Hashable {
        var position: Int
        var obis: ObisCode
        var slot: Int
        var unit: MeasuredUnit
    }

    /// How many columns each line has.
    var count: Int
    /// The header line; empty where the file has none.
    var header: [UInt8] = []
    var meter: Int
    var timestamp: Int
    var time: Int?
    var quality: Int?
    var channel: Int?
    var values: [Value]

    /// Finds the columns of a profile by a header's names, or by places in a file without one.
    ///
    /// - Parameter names: The header's columns; nil where the file has no header.
    /// - Returns: Nil where a column that must be there is not, or a used name stands twice.
    init?(_ profile: DelimitedProfile, header names: [String]?) {
        guard let count = names?.count ?? profile.headerlessColumns else { return nil }
        let lowered = names?.map { $0.lowercased() } ?? []
        var isComplete = profile.detect.allSatisfy(lowered.contains)
        func find(_ column: DelimitedProfile.Column?) -> Int? {
            switch column {
            case nil: return nil
            case .position(let place):
                if place >= count { isComplete = false }
                return place
            case .named(let name, let isOptional):
                let places = lowered.indices.filter { lowered[$0] == name }
                if places.count > 1 || places.isEmpty && !isOptional { isComplete = false }
                return places.first
            }
        }
        self.count = count
        meter = find(profile.columns.meter) ?? -1
        timestamp = find(profile.columns.timestamp) ?? -1
        time = find(profile.columns.time)
        quality = find(profile.columns.quality)
        channel = find(profile.columns.channel)
        values = []
        func append(_ position: Int?, _ obis: ObisCode, slot: Int = 0, _ unit: MeasuredUnit) {
            guard let position else { return }
            values.append(Value(position: position, obis: obis, slot: slot, unit: unit))
        }
        switch (profile.unit, profile.columns.values) {
        case (.header, _):
            // The value column is the only one that a unit names.
            let units = lowered.enumerated().compactMap { place, name in
                MeasuredUnit(name: name).map { (place, $0) }
            }
            guard units.count == 1, let (place, unit) = units.first else { return nil }
            append(place, profile.channel, unit)
        case (.fixed(let unit), .prefixed(let prefix, let first, let count)?):
            for slot in 0..<count {
                let name = prefix + String(first + slot)
                append(find(.named(name, optional: false)), profile.channel, slot: slot, unit)
            }
        case (.fixed(let unit), .from(let position, let count)?):
            for slot in 0..<count {
                append(find(.position(position + slot)), profile.channel, slot: slot, unit)
            }
        case (.fixed(let unit), nil) where profile.shape == .register:
            for register in profile.columns.registers {
                append(find(register.column), register.obis, unit.of(register.obis))
            }
        case (.fixed(let unit), nil):
            append(find(profile.columns.value), profile.channel, unit)
        }
        guard isComplete, meter >= 0, timestamp >= 0, !values.isEmpty else { return nil }
    }
}
