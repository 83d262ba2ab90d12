// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Quantities

extension DelimitedProfile {
    /// The keys of a profile.
    static let keys = [
        "name", "about", "shape", "kind", "header", "column_count", "detect", "columns", "channel",
        "unit", "label", "first_label", "freeze", "clock", "time_format", "multiplier", "decimals",
        "decimal_mark", "separator", "quotes", "blanks", "encoding", "quality", "nulls",
    ]

    /// Reads a profile from YAML text; `docs/profiles.md` has examples and every key.
    ///
    /// - Parameters:
    ///   - yaml: The text.
    ///   - file: The name that errors give.
    public init(yaml: String, file: String) throws(ProfileError) {
        let document = try ProfileNode.document(yaml, file: file)
        let fields = try document.fields(DelimitedProfile.keys)
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
        if shape != .register { _ = try required("label") }
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
        if let node = fields["label"] {
            guard shape != .register else {
                throw node.error("label belongs to intervals", "remove label")
            }
            label = try node.choice(Label.self)
        }
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
        // A day alone serves lines that are days, and freezes.
        if case .pattern(let pattern) = timeFormat,
            shape == .long || shape == .register && freeze == nil,
            !pattern.contains("HH")
        {
            throw document.error(
                "'\(pattern)' has no time of day",
                "write it as dd/MM/yyyy HH:mm, also where the time has a column of its own: a blank "
                    + "joins the two")
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
