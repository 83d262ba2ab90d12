// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Quantities

/// The format of one file, told by its content.
enum ReadingFormat {
    /// A delimited file, with the places of its columns.
    case delimited(DelimitedProfile, ColumnPlan)
    /// NEM12, with or without its header record.
    case nem12

    /// What runs and reports call it.
    var name: String {
        switch self {
        case .delimited(let profile, _): profile.name
        case .nem12: "nem12"
        }
    }

    /// True where values already hold the meter's multiplier.
    var isMultiplierApplied: Bool {
        switch self {
        case .delimited(let profile, _): profile.multiplier == .applied
        case .nem12: true
        }
    }

    /// The format of a file whose first lines these are; nil where no format is known to begin so.
    ///
    /// - Returns: The format and how many bytes stand before its first line of data.
    static func detect(
        _ window: ArraySlice<UInt8>, profiles: ProfileSet
    ) -> (format: ReadingFormat, headerBytes: Int)? {
        guard let first = DeliveredLines(of: window).first(where: { !$0.isBlank }) else {
            return nil
        }
        // What ends lines in another way looks like one line, and a header without rows loses them all.
        if first.bytes.contains(0x0D) { return nil }
        if isNEM12(first) { return (.nem12, 0) }
        for profile in profiles.profiles {
            guard let fields = FieldSplitter(profile).fields(of: first) else { continue }
            if profile.headerlessColumns == nil {
                let names = fields.map { $0.text.trimmingBlanks() }
                guard var plan = ColumnPlan(profile, header: names) else { continue }
                plan.header = Array(first.bytes)
                let end = window[first.bytes.endIndex...].firstIndex(of: 0x0A)
                let next = end.map { $0 + 1 } ?? window.endIndex
                return (.delimited(profile, plan), next - window.startIndex)
            }
            guard let plan = ColumnPlan(profile, header: nil), fields.count == plan.count,
                profile.timeFormat.read(fields[plan.timestamp].text) != nil || plan.time != nil
            else { continue }
            return (.delimited(profile, plan), 0)
        }
        return nil
    }

    /// The first 200 bytes of a file that no format is known for, as an operator sees them, and what
    /// is wrong with its line ends.
    static func beginning(of window: ArraySlice<UInt8>) -> String {
        if window.starts(with: [0x1F, 0x8B]) || window.starts(with: Array("PK\u{3}\u{4}".utf8)) {
            return "a compressed file within a compressed file: deliver it compressed once"
        }
        let text = String(decoding: window.prefix(200), as: UTF8.self).clipped(toUTF8: 200)
        let first = DeliveredLines(of: window).first { !$0.isBlank }
        guard first?.bytes.contains(0x0D) ?? false else { return text }
        return "a carriage return inside the first line: end lines with LF or CR LF: " + text
    }

    /// A header record of NEM12, or without one the record that would follow it.
    private static func isNEM12(_ line: DeliveredLine) -> Bool {
        guard let fields = FieldSplitter.nem12.fields(of: line), fields.count >= 2 else {
            return false
        }
        return switch fields[0].text {
        case "100": fields[1].text.uppercased() == "NEM12"
        case "200": fields.count >= 9
        default: false
        }
    }
}

/// The reader of one file's format.
enum FormatReader {
    case delimited(DelimitedReader)
    case nem12(NEM12Reader)

    /// - Parameter isKnown: Whether an id stands for anything; rows of others are refused whole.
    init(
        _ format: ReadingFormat, isStrict: Bool,
        isKnown: @escaping @Sendable (String) -> Bool = { _ in true }
    ) {
        self =
            switch format {
            case .delimited(let profile, let plan):
                .delimited(DelimitedReader(profile: profile, plan: plan, isKnown: isKnown))
            case .nem12: .nem12(NEM12Reader(isStrict: isStrict, isKnown: isKnown))
            }
    }

    /// What a line gives.
    ///
    /// - Parameter wanted: The cells that a refusal of the line stands for.
    mutating func read(_ line: DeliveredLine, wanted: LineCells = .all) -> [CellOutcome] {
        switch self {
        case .delimited(let reader):
            return reader.read(line, wanted: wanted)
        case .nem12(var reader):
            let outcomes = reader.read(line, wanted: wanted)
            self = .nem12(reader)
            return outcomes
        }
    }

    /// What the file's end gives.
    mutating func finish() -> [CellOutcome] {
        guard case .nem12(var reader) = self else { return [] }
        let outcomes = reader.finish()
        self = .nem12(reader)
        return outcomes
    }

    /// The place whose clock local times are of, where the profile names it.
    var clockZone: TimeZoneTable? {
        guard case .delimited(let reader) = self, case .zone(let zone) = reader.profile.clock
        else { return nil }
        return zone
    }
}
