// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Quantities

extension DelimitedProfile {
    /// Reads a profile from YAML text, such as this one of a curve of 96 points in mean power:
    ///
    /// ```yaml
    /// name: load-curve
    /// about: quarter-hourly load of large customers, one meter and day per line
    /// shape: wide                     # long, wide or register
    /// kind: mean_power                # interval_energy, mean_power or register
    /// encoding: gb18030               # or utf-8, the default
    /// detect: [供电单位]               # more names that the header must hold
    /// columns:                        # by name, in any letter case, or by number from 1
    ///   meter: 资产号
    ///   timestamp: 数据日期
    ///   quality: 数据来源?             # may be absent
    ///   values: {prefix: P, count: 96}  # or {position: 5, count: 96}
    /// unit: kW
    /// label: start                    # which end of its interval a label names
    /// first_label: "00:00"            # the label of the first column
    /// clock: +08:00                   # utc, an offset, a zone, or service_point (default)
    /// multiplier: not_applied         # or applied
    /// quality: {自动: A, 补召: A, 拟合: E, "": A}
    /// nulls: ["NULL", "EEEEEE.EEEE"]  # no value, beside the empty text
    /// ```
    ///
    /// A long profile names `value` and may name `channel` (OBIS) among its columns; its unit may be
    /// `header`, where the value column is named by its unit. A register profile maps quantities to
    /// columns, `registers: {1.8.0: total, 1.8.1: sharp}`, and says with `freeze` whether its dates
    /// mean `"00:00"` or `"24:00"`, unless `timestamp` is the time of the reading. Times may have a
    /// column of their own, `time`. `channel: 2.8.0` is the quantity where no column tells it. Mean
    /// power may be of intervals of any length (`PowerStep`).
    ///
    /// The rest is for files that are written in other ways: `header: none` with `column_count`,
    /// `separator` (`,` `;` `|` or `tab`), `quotes: double`, `blanks: trim`, `decimal_mark: ","`,
    /// `decimals: 2` where the point is not written, and `time_format: dd/MM/yyyy HH:mm`.
    ///
    /// - Parameters:
    ///   - yaml: The text.
    ///   - file: The name that errors give.
    public init(yaml: String, file: String) throws(ProfileError) {
        let document = try ProfileNode.document(yaml, file: file)
        let fields = try document.fields([
            "name", "about", "shape", "kind", "header", "column_count", "detect", "columns",
            "channel", "unit", "label", "first_label", "freeze", "clock", "time_format",
            "multiplier", "decimals", "decimal_mark", "separator", "quotes", "blanks", "encoding",
            "quality", "nulls",
        ])
        func required(_ key: String) throws(ProfileError) -> ProfileNode {
            guard let node = fields[key] else {
                throw document.error("the key '\(key)' is missing", "add '\(key): …'")
            }
            return node
        }
        let shape = try required("shape").choice(Shape.self)
        let kindNode = shape == .register ? fields["kind"] : try required("kind")
        let kind = try kindNode?.choice(Kind.self) ?? .register
        if let kindNode, shape == .register, kind != .register {
            throw kindNode.error("register lines hold registers", "remove 'kind' or set register")
        }
        self.init(
            name: try required("name").text(), shape: shape, kind: kind,
            columns: try Columns(required("columns"), shape: shape),
            unit: try UnitSource(required("unit"), kind: kind),
            multiplier: try required("multiplier").choice(Multiplier.self))
        guard !name.isEmpty else { throw document.error("the name is empty", "name the profile") }
        try readPlaces(fields)
        try readTimes(fields)
        try readTexts(fields)
        try checkTogether(document)
    }

    /// Header, detection and the quantity.
    private mutating func readPlaces(_ fields: [String: ProfileNode]) throws(ProfileError) {
        if let header = fields["header"], try header.choice(Header.self) == .none {
            guard let count = fields["column_count"] else {
                throw header.error(
                    "a file without a header is known by its columns", "add 'column_count: N'")
            }
            headerlessColumns = try count.whole(2...2000)
        } else if let count = fields["column_count"] {
            throw count.error("a header says how many columns there are", "remove column_count")
        }
        if let node = fields["detect"] {
            for name in try node.list() { detect.append(try name.text().lowercased()) }
        }
        if let node = fields["channel"] {
            guard let obis = ObisCode(try node.text()) else {
                throw node.error("not an OBIS quantity", "write it as 1.8.0")
            }
            channel = obis
        }
    }

    /// Whether a header line names the columns.
    private enum Header: String, CaseIterable {
        case names
        case none
    }

    /// Label, freeze, clock and the way times are written.
    private mutating func readTimes(_ fields: [String: ProfileNode]) throws(ProfileError) {
        if let node = fields["label"] { label = try node.choice(Label.self) }
        if let node = fields["freeze"] { freeze = try node.choice(Freeze.self) }
        if let node = fields["first_label"] {
            let text = try node.text()
            guard let time = WrittenTime(iso: Array("2000-01-01T\(text)".utf8)),
                let second = time.second, second % 60 == 0, time.offset == nil
            else { throw node.error("'\(text)' is not a time of day", "write it as \"00:15\"") }
            firstLabelMinutes = second / 60
        }
        if let node = fields["clock"] {
            switch try node.text() {
            case "service_point": clock = .servicePoint
            case "utc": clock = .fixed(offset: 0)
            case let name:
                do {
                    let zone = try TimeZoneTable.named(name)
                    clock =
                        zone.transitions.isEmpty
                        ? .fixed(offset: Int(zone.offsets[0])) : .zone(zone)
                } catch {
                    throw node.error(
                        "\(error)", "or write utc, an offset such as +08:00, or service_point")
                }
            }
        }
        if let node = fields["time_format"] {
            let pattern = try node.text()
            timeFormat = pattern == "iso" ? .iso : .pattern(pattern)
            guard timeFormat.isUsable else {
                throw node.error(
                    "'\(pattern)' does not say where the parts of a time are",
                    "write it as dd/MM/yyyy HH:mm, or iso")
            }
        }
    }

    /// Separator, numbers, encoding and the sender's words.
    private mutating func readTexts(_ fields: [String: ProfileNode]) throws(ProfileError) {
        if let node = fields["separator"] {
            let text = try node.text()
            guard let byte = text == "tab" ? 9 : text.utf8.first,
                text == "tab" || [",", ";", "|", "\t", " "].contains(text)
            else { throw node.error("'\(text)' cannot separate columns", "use , ; | or tab") }
            separator = byte
        }
        if let node = fields["decimal_mark"] {
            let text = try node.text()
            guard let byte = text.utf8.first, text == "." || text == "," else {
                throw node.error("'\(text)' is not a decimal mark", "use . or ,")
            }
            decimalMark = byte
        }
        if let node = fields["decimals"] { impliedDecimals = try node.whole(0...9) }
        if let node = fields["quotes"] { quotes = try node.choice(Quotes.self) }
        if let node = fields["blanks"] { blanks = try node.choice(Blanks.self) }
        if let node = fields["encoding"] { encoding = try node.choice(Encoding.self) }
        if let node = fields["nulls"] {
            for token in try node.list() { nulls.insert(try token.text()) }
        }
        if let node = fields["quality"] {
            qualities = [:]
            for (key, value) in try node.pairs() {
                let letter = try value.text()
                guard let byte = letter.utf8.first, letter.utf8.count == 1,
                    Quality(letter: byte) != nil
                else { throw value.error("'\(letter)' is not a quality", "use A, E, S, F or N") }
                qualities[try key.text()] = byte
            }
        }
    }

    /// What only shows where keys meet.
    private func checkTogether(_ document: ProfileNode) throws(ProfileError) {
        if separator == decimalMark {
            throw document.error(
                "separator and decimal mark are the same", "set decimal_mark to '.'")
        }
        // Register columns take the unit of their quantity: kvarh beside kWh.
        if case .fixed(let unit) = unit, columns.channel == nil, shape != .register,
            channel.baseUnit != unit.base
        {
            throw document.error(
                "\(unit.name) is not a unit of \(channel)", "correct unit or channel")
        }
        if freeze != nil, shape != .register {
            throw document.error("freeze belongs to register files", "remove freeze")
        }
        if unit == .header, kind == .meanPower || shape != .long {
            throw document.error(
                "only the energy column of a long file is named by its unit", "write the unit")
        }
        if firstLabelMinutes != nil, shape != .wide {
            throw document.error("first_label belongs to wide files", "remove first_label")
        }
        if headerlessColumns != nil, !columns.arePositions {
            throw document.error(
                "a file without a header has no column names", "give columns by number, from 1")
        }
    }
}
