// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Quantities

/// Reads NEM12, the interval records of AEMO's meter data file format, one cell at a time.
///
/// A row of values waits for the next record that is not 400, because 400 records may carry its
/// qualities. Lenient by default: what real senders get wrong without harm is accepted.
/// Source: AEMO MDFF 2.6.
struct NEM12Reader {
    /// True where every violation of the format is a rejection.
    let isStrict: Bool
    private let isKnown: @Sendable (String) -> Bool
    private let splitter = FieldSplitter.nem12
    private var stream = Stream.none
    private var pending: IntervalRow?
    /// True after a row that is complete or refused: 400 records behind it go with it.
    private var isRowGone = false
    private var hasHeader = false
    private var hasEnded = false
    private var lastLine = 0
    private var nextByte: Int64 = 0

    /// A reader of one file.
    init(isStrict: Bool, isKnown: @escaping @Sendable (String) -> Bool) {
        self.isStrict = isStrict
        self.isKnown = isKnown
    }

    /// What the current 200 record says.
    private enum Stream {
        case none
        /// What its rows measure may be known all the same.
        case refused(RejectionCode, NEM12Measure?)
        case channel(NEM12Stream)
    }

    /// The cells that a line completes, or why it has none.
    ///
    /// - Parameter wanted: The cells that a refusal of the line stands for.
    mutating func read(_ line: DeliveredLine, wanted: LineCells = .all) -> [CellOutcome] {
        if line.isBlank { return [] }
        (lastLine, nextByte) = (line.number, line.byte + Int64(line.bytes.count))
        let isRow = line.bytes.starts(with: "300,".utf8)
        // Except in rows, which look themselves, a record behind a carriage return would be lost in the
        // last cells of this one.
        guard let fields = splitter.fields(of: line), isRow || !line.bytes.contains(0x0D) else {
            return refused(line, isRow: isRow)
        }
        if fields[0].text == "400" {
            if pending == nil, !isRowGone { return [.rejected(line.place.rejection(.recordOrder))] }
            pending?.add(quality: fields)
            return []
        }
        let before = takePending()
        switch fields[0].text {
        case "100":
            (hasHeader, hasEnded, stream, isRowGone) = (true, hasEnded && isStrict, .none, false)
            return before
        case "200":
            isRowGone = false
            return before + opened(fields, line)
        case "300":
            return before + intervalRow(fields, line, wanted)
        case "500":
            return before
        case "900":
            (hasEnded, stream, isRowGone) = (true, .none, false)
            return before
        default:
            return before + [.rejected(line.place.rejection(.unknownRecord))]
        }
    }

    /// Refuses a line that is no text, and what depends on it.
    private mutating func refused(_ line: DeliveredLine, isRow: Bool) -> [CellOutcome] {
        let refusal = CellOutcome.rejected(line.place.rejection(.badText))
        if line.bytes.starts(with: "400,".utf8) {
            pending?.addUnreadable()
            return [refusal]
        }
        let before = takePending()
        if isRow {
            isRowGone = true
        } else if let first = line.bytes.first, !"345".utf8.contains(first) {
            // It may be a 200 record: rows behind it are not of the one before.
            (stream, isRowGone) = (.none, false)
        }
        return before + [refusal]
    }

    /// What the end of the file completes.
    mutating func finish() -> [CellOutcome] {
        let rest = takePending()
        guard isStrict, !hasEnded, lastLine > 0 else { return rest }
        let end = CellPlace(line: lastLine, byte: nextByte, text: "no 900 record")
        return rest + [.rejected(end.rejection(.recordOrder))]
    }

    private mutating func takePending() -> [CellOutcome] {
        guard let row = pending else { return [] }
        (pending, isRowGone) = (nil, true)
        return row.outcomes(isStrict: isStrict)
    }

    private mutating func opened(_ fields: [Field], _ line: DeliveredLine) -> [CellOutcome] {
        stream = .none
        guard fields.count >= 9 else { return [.rejected(line.place.rejection(.columnCount))] }
        if isStrict, !hasHeader || hasEnded {
            stream = .refused(.recordOrder, NEM12Measure(fields))
            return []
        }
        switch NEM12Stream.read(fields, isStrict: isStrict) {
        case .success(let opened):
            stream =
                isKnown(opened.nmi)
                ? .channel(opened) : .refused(.unknownMeter, opened.measure)
        case .failure(let refusal): stream = .refused(refusal.code, NEM12Measure(fields))
        }
        return []
    }

    private mutating func intervalRow(
        _ fields: [Field], _ line: DeliveredLine, _ wanted: LineCells
    ) -> [CellOutcome] {
        let (code, measure): (RejectionCode, NEM12Measure?)
        switch stream {
        case .none: (code, measure) = (.recordOrder, nil)
        case .refused(let reason, let known): (code, measure) = (reason, known)
        case .channel(let stream):
            switch IntervalRow.read(
                fields, line: line, stream: stream, isStrict: isStrict, wanted: wanted)
            {
            case .success(let row):
                pending = row
                return []
            case .failure(let rejection):
                isRowGone = true
                return [.rejected(rejection)]
            }
        }
        isRowGone = true
        let values = NEM12Stream.valueCount(fields)
        let readings = max(1, wanted.count(of: 2..<(2 + values)))
        let energy = measure?.energy(of: fields, values: values, wanted: wanted)
        return [.rejected(line.place.rejection(code, readings: readings, energy: energy))]
    }
}
