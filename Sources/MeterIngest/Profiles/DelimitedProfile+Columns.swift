// SPDX-License-Identifier: Apache-2.0

import MeterModel

extension DelimitedProfile.Columns {
    /// Reads the `columns` of a profile; which of them there are depends on the shape.
    init(_ node: ProfileNode, shape: DelimitedProfile.Shape) throws(ProfileError) {
        let own =
            switch shape {
            case .long: ["value", "channel"]
            case .wide: ["values", "channel"]
            case .register: ["registers"]
            }
        let fields = try node.fields(["meter", "timestamp", "time", "quality"] + own)
        func column(_ key: String) throws(ProfileError) -> DelimitedProfile.Column? {
            guard let node = fields[key] else { return nil }
            return try DelimitedProfile.Column(node)
        }
        guard let meter = try column("meter") else {
            throw node.error("no column holds the meter", "add 'meter: NAME'")
        }
        guard let timestamp = try column("timestamp") else {
            throw node.error("no column holds the time", "add 'timestamp: NAME'")
        }
        self.init(meter: meter, timestamp: timestamp)
        time = try column("time")
        quality = try column("quality")
        value = try column("value")
        channel = try column("channel")
        if shape == .wide {
            guard let values = fields["values"] else {
                throw node.error(
                    "no columns hold the values", "add 'values: {prefix: P, count: 96}'")
            }
            self.values = try DelimitedProfile.ValueColumns(values)
        }
        if shape == .register {
            guard let registers = fields["registers"] else {
                throw node.error("no columns hold registers", "add 'registers: {1.8.0: NAME}'")
            }
            for (key, value) in try registers.pairs() {
                guard let obis = ObisCode(try key.text()) else {
                    throw key.error("not an OBIS quantity", "write it as 1.8.0")
                }
                self.registers.append(
                    .init(obis: obis, column: try DelimitedProfile.Column(value)))
            }
        }
    }

    /// True where every column is given by its place.
    var arePositions: Bool {
        let single = [meter, timestamp, time, value, quality, channel].compactMap(\.self)
        let places = (single + registers.map(\.column)).allSatisfy { column in
            if case .position = column { true } else { false }
        }
        if case .prefixed? = values { return false }
        return places
    }
}

extension DelimitedProfile.Column {
    /// A column by name, `name?` where it may be absent, or by place, counted from 1.
    init(_ node: ProfileNode) throws(ProfileError) {
        let text = try node.text()
        if Int(text) != nil {
            self = .position(try node.whole(1...2000) - 1)
        } else if text.hasSuffix("?") {
            self = .named(text.dropLast().lowercased(), optional: true)
        } else if text.isEmpty {
            throw node.error("the column has no name", "write its name or its number")
        } else {
            self = .named(text.lowercased(), optional: false)
        }
    }
}

extension DelimitedProfile.ValueColumns {
    /// `{prefix: P, count: 96}`, `{prefix: T, first: 0, count: 24}` or `{position: 3, count: 96}`.
    init(_ node: ProfileNode) throws(ProfileError) {
        let fields = try node.fields(["prefix", "first", "position", "count"])
        guard let countNode = fields["count"] else {
            throw node.error("the number of value columns is missing", "add 'count: 96'")
        }
        let count = try countNode.whole(1...1440)
        guard 1440 % count == 0 else {
            throw countNode.error(
                "\(count) columns do not divide a day into whole minutes",
                "use 24, 48, 96 or 288")
        }
        if let prefix = fields["prefix"], fields["position"] == nil {
            self = .prefixed(
                try prefix.text().lowercased(), first: try fields["first"]?.whole(0...1) ?? 1,
                count: count)
        } else if let position = fields["position"], fields["prefix"] == nil,
            fields["first"] == nil
        {
            self = .from(position: try position.whole(1...2000) - 1, count: count)
        } else {
            throw node.error("the value columns are not found", "give prefix or position")
        }
    }
}

extension DelimitedProfile.UnitSource {
    /// A unit of energy, of power for mean power, or `header`.
    init(_ node: ProfileNode, kind: DelimitedProfile.Kind) throws(ProfileError) {
        let text = try node.text()
        if text == "header" {
            self = .header
        } else if let unit = MeasuredUnit(name: kind == .meanPower ? text + "h" : text) {
            self = .fixed(unit)
        } else {
            throw node.error(
                "'\(text)' is not a unit here",
                kind == .meanPower
                    ? "use W, kW, MW, var, kvar or Mvar"
                    : "use Wh, kWh, MWh, varh, kvarh or Mvarh")
        }
    }
}
