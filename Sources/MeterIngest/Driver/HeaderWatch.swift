// SPDX-License-Identifier: Apache-2.0

import MeterModel
import MeterScan

/// Watches for a header further down in a file, as joining files leaves one.
///
/// A header like the first one is passed over by every reader. After another one, rows would be read
/// with columns or a unit that are not theirs. No header is a row, so only refused lines are looked at.
struct HeaderWatch {
    private let format: ReadingFormat
    private let profiles: [DelimitedProfile]

    init(format: ReadingFormat, profiles: ProfileSet) {
        self.format = format
        self.profiles = profiles.profiles.filter { $0.headerNames != nil }
    }

    /// What an operator is told of a file with another header on a line.
    static func detail(_ line: Int) -> String {
        "line \(line): another header: deliver the parts as files of their own"
    }

    /// The first line among refused ones that is another header.
    ///
    /// - Parameters:
    ///   - rejections: What an engine refused of a window.
    ///   - lines: The window.
    ///   - firstByte: The window's place in the text.
    func otherHeader(
        among rejections: ArraySlice<ReadingRejection>, of lines: RawSpan, firstByte: Int64
    ) -> Int? {
        for rejection in rejections where mayBeHeader(rejection) {
            let place = Int(rejection.byte - firstByte)
            guard (0..<lines.byteCount).contains(place) else { continue }
            let bytes = lines.copiedLine(around: place)
            let line = DeliveredLine(bytes: bytes[...], number: rejection.line, byte: 0)
            if isOtherHeader(line) { return rejection.line }
        }
        return nil
    }

    /// True for a refused line that names the meter and the time of a format in its cells, but not
    /// the columns that the file began with.
    func isOtherHeader(_ line: DeliveredLine) -> Bool {
        guard case .delimited(let own, let plan) = format, !isRow(line, own, plan) else {
            return false
        }
        var line = line
        if line.bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
            line = DeliveredLine(
                bytes: line.bytes.dropFirst(3), number: line.number, byte: line.byte)
        }
        for profile in profiles {
            guard let names = profile.headerNames,
                let cells = FieldSplitter(profile).fields(of: line)?.map({
                    $0.text.trimmingBlanks()
                })
            else { continue }
            // A part without a newline at its end has the next one's header in its last cell.
            let isJoined = cells.count != plan.count
            let lowered = cells.map { $0.lowercased().replacing("\"", with: "") }
            guard
                lowered.contains(where: {
                    isJoined ? $0.hasSuffix(names.meter) : $0 == names.meter
                }), lowered.contains(names.timestamp)
            else { continue }
            if isJoined { return true }
            guard own.headerlessColumns == nil, var found = ColumnPlan(own, header: cells) else {
                return true
            }
            found.header = plan.header
            return found != plan
        }
        return false
    }

    /// True where the rejection is one that a header gets.
    func mayBeHeader(_ rejection: ReadingRejection) -> Bool {
        switch rejection.code {
        case .columnCount, .unknownMeter, .badTime, .badChannel, .badText: true
        default: false
        }
    }

    /// True where a time stands in the column of times: soon told, and so of most refused lines.
    private func isRow(
        _ line: DeliveredLine, _ profile: DelimitedProfile, _ plan: ColumnPlan
    ) -> Bool {
        let cells = line.bytes.split(
            separator: profile.separator, maxSplits: plan.timestamp + 1,
            omittingEmptySubsequences: false)
        guard plan.timestamp < cells.count,
            line.bytes.count(where: { $0 == profile.separator }) == plan.count - 1
        else { return false }
        let text = String(decoding: cells[plan.timestamp], as: UTF8.self)
        return profile.timeFormat.read(text) != nil
    }
}

extension DelimitedProfile {
    /// The names of the columns that every header of the format has; nil where it has no header.
    fileprivate var headerNames: (meter: String, timestamp: String)? {
        guard case .named(let meter, _) = columns.meter,
            case .named(let timestamp, _) = columns.timestamp
        else { return nil }
        return (meter, timestamp)
    }
}
