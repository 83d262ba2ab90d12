// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Quantities

/// Reads the lines of a delimited file, whatever its profile, one cell at a time.
///
/// Written for clarity: the kernels do the usual profiles about fifty times faster, and tests
/// compare them with this.
struct DelimitedReader {
    let profile: DelimitedProfile
    let plan: ColumnPlan
    private let isKnown: @Sendable (String) -> Bool
    private let splitter: FieldSplitter

    init(
        profile: DelimitedProfile, plan: ColumnPlan, isKnown: @escaping @Sendable (String) -> Bool
    ) {
        self.profile = profile
        self.plan = plan
        self.isKnown = isKnown
        splitter = FieldSplitter(profile)
    }

    /// The cells of one line, or why it has none.
    ///
    /// - Parameter wanted: The cells that a refusal of the line stands for.
    func read(_ line: DeliveredLine, wanted: LineCells = .all) -> [CellOutcome] {
        // Files that were joined hold the header again.
        if line.bytes.isEmpty || line.bytes.elementsEqual(plan.header) { return [] }
        let values = plan.values.filter { wanted.contains($0.position) }
        guard let fields = splitter.fields(of: line) else {
            return [.rejected(line.place.rejection(.badText, readings: values.count))]
        }
        guard fields.count == plan.count else {
            let found = values.count { $0.position < fields.count }
            return [.rejected(line.place.rejection(.columnCount, readings: max(1, found)))]
        }
        /// A fault of what all values of the line share.
        func refused(
            _ code: RejectionCode, _ place: CellPlace, energy: RejectedEnergy? = nil
        ) -> [CellOutcome] {
            [.rejected(place.rejection(code, readings: values.count, energy: energy))]
        }
        var named: Channel?
        if let column = plan.channel, !fields[column].text.isEmpty {
            guard let channel = Channel(fields[column].text, kind: profile.readingKind) else {
                return refused(.badChannel, fields[column].place)
            }
            named = channel
        }
        for value in plan.values
        where (named?.obis ?? value.obis).baseUnit != value.unit.base {
            return refused(.wrongUnit, fields[plan.channel ?? value.position].place)
        }
        let meter = fields[plan.meter]
        guard !meter.text.isEmpty, isKnown(meter.text) else {
            return refused(.unknownMeter, meter.place, energy: energy(values, fields, named))
        }
        guard let time = lineTime(fields) else {
            return refused(
                .badTime, fields[plan.timestamp].place, energy: energy(values, fields, named))
        }
        let code = plan.quality.map { fields[$0].text } ?? ""
        let letter = plan.quality == nil ? UInt8(ascii: "A") : profile.qualities[code]
        guard let letter, let quality = Quality(letter: letter) else {
            return refused(
                .badQuality, plan.quality.map { fields[$0].place } ?? line.place,
                energy: energy(values, fields, named))
        }
        return plan.values.map { value in
            let channel = named ?? Channel(value.obis, profile.readingKind)
            return cell(
                fields[value.position], value, channel: channel, meter: meter.text, time: time,
                quality: quality, code: code)
        }
    }

    private func cell(
        _ field: Field, _ column: ColumnPlan.Value, channel: Channel, meter: String,
        time: SenderTime, quality: Quality, code: String
    ) -> CellOutcome {
        let isAbsent =
            field.text.isEmpty || profile.nulls.contains(field.text) || quality == .missing
        let number = isAbsent ? nil : number(field)
        if !isAbsent, number == nil {
            return .rejected(field.place.rejection(.badNumber, cell: column.position + 1))
        }
        let letter = String(UnicodeScalar(isAbsent ? UInt8(ascii: "N") : quality.letter))
        return .cell(
            DeliveredCell(
                meter: meter, channelName: channel.description, channel: channel,
                unit: column.unit, isMeanPower: profile.kind == .meanPower,
                intervalMinutes: profile.readingKind == .register ? nil : profile.wideMinutes,
                time: cellTime(time, column), lineDay: lineDay(time), label: profile.label,
                value: number?.value, decimals: number?.decimals ?? profile.impliedDecimals,
                quality: isAbsent ? .missing : quality,
                senderQuality: code.isEmpty ? letter : code, version: 0, place: field.place,
                column: column.position))
    }

    /// The number in a field, with the decimals that the profile adds; nil where it is none.
    private func number(_ field: Field) -> (value: Int64, decimals: Int)? {
        guard let number = WrittenNumber(field.text, mark: profile.decimalMark),
            number.decimals + profile.impliedDecimals <= 9
        else { return nil }
        return (number.value, number.decimals + profile.impliedDecimals)
    }

    /// The energy of a line that is refused whole, as far as its values are numbers; nil for
    /// registers, for missing values, and for mean power where the length of intervals is not known.
    private func energy(
        _ values: [ColumnPlan.Value], _ fields: [Field], _ named: Channel?
    ) -> RejectedEnergy? {
        let code = plan.quality.map { fields[$0].text } ?? ""
        guard profile.readingKind == .interval, let column = values.first,
            plan.quality == nil || profile.qualities[code] != UInt8(ascii: "N")
        else { return nil }
        var numbers = values.map { fields[$0.position] }
            .filter { !profile.nulls.contains($0.text) }.compactMap(number)
        var unit = column.unit
        if profile.kind == .meanPower {
            guard let step = PowerStep(minutes: profile.wideMinutes ?? 0) else { return nil }
            numbers = numbers.compactMap(step.energy)
            unit = step.unit(of: unit)
        }
        return RejectedEnergy(
            channel: (named ?? Channel(column.obis, .interval)).packed, unit: unit,
            values: numbers)
    }

    /// The time that the line gives: of its values, or of the day that they lie in.
    private func lineTime(_ fields: [Field]) -> SenderTime? {
        var text = fields[plan.timestamp].text
        if let column = plan.time { text += " " + fields[column].text }
        guard let written = profile.timeFormat.read(text) else { return nil }
        let isDay = profile.shape == .wide || profile.freeze != nil
        // A day may be written with its midnight, as spreadsheets do, and with nothing else.
        guard isDay ? written.second ?? 0 == 0 : written.second != nil else { return nil }
        let second = profile.freeze == .endOfDay ? 86_400 : written.second ?? 0
        if let offset = written.offset ?? profile.clock.fixedOffset {
            return .instant(
                Instant(day: written.day, offset: offset) + Int64(second), offset: offset)
        }
        return .local(written.day, second: 0).adding(second)
    }

    /// The day of a wide line on a clock that may change within it.
    private func lineDay(_ time: SenderTime) -> CivilDay? {
        guard profile.shape == .wide, case .local(let day, _) = time else { return nil }
        return day
    }

    /// The time of one column of a wide line, else that of the line.
    private func cellTime(_ time: SenderTime, _ column: ColumnPlan.Value) -> SenderTime {
        guard let minutes = profile.wideMinutes else { return time }
        let usual = profile.readingKind == .interval && profile.label == .end ? minutes : 0
        return time.adding(((profile.firstLabelMinutes ?? usual) + column.slot * minutes) * 60)
    }
}

extension FieldSplitter {
    /// The splitter of a profile's files.
    init(_ profile: DelimitedProfile) {
        self.init(
            separator: profile.separator, quotes: profile.quotes, blanks: profile.blanks,
            encoding: profile.encoding)
    }

    /// The splitter of NEM12: commas, nothing quoted, blanks of no meaning.
    static let nem12 = FieldSplitter(
        separator: UInt8(ascii: ","), quotes: .none, blanks: .trim, encoding: .utf8)
}

extension DelimitedProfile.Clock {
    /// Seconds ahead of UTC where the clock never changes and the profile fixes it.
    var fixedOffset: Int? {
        if case .fixed(let offset) = self { offset } else { nil }
    }
}
