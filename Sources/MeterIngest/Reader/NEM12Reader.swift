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
    private let splitter = FieldSplitter.nem12
    private var stream = Stream.none
    private var pending: IntervalRow?
    private var hasHeader = false
    private var hasEnded = false
    private var lastLine = 0
    private var nextByte: Int64 = 0

    /// A reader of one file.
    init(isStrict: Bool) {
        self.isStrict = isStrict
    }

    /// What the current 200 record says.
    private enum Stream {
        case none
        case refused(RejectionCode)
        case channel(NEM12Stream)
    }

    /// The cells that a line completes, or why it has none.
    mutating func read(_ line: DeliveredLine) -> [CellOutcome] {
        if line.isBlank { return [] }
        (lastLine, nextByte) = (line.number, line.byte + Int64(line.bytes.count))
        guard let fields = splitter.fields(of: line) else {
            return takePending() + [.rejected(line.place.rejection(.badText))]
        }
        switch fields[0].text {
        case "100":
            let before = takePending()
            (hasHeader, hasEnded, stream) = (true, hasEnded && isStrict, .none)
            return before
        case "200":
            let before = takePending()
            stream = opened(fields)
            return before
        case "300":
            let before = takePending()
            return before + intervalRow(fields, line)
        case "400":
            guard pending != nil else {
                return isRefusing ? [] : [.rejected(line.place.rejection(.recordOrder))]
            }
            pending?.add(quality: fields)
            return []
        case "500":
            return takePending()
        case "900":
            let before = takePending()
            (hasEnded, stream) = (true, .none)
            return before
        default:
            let before = takePending()
            return before + [
                .rejected(
                    line.place.rejection(
                        .unknownRecord, readings: NEM12Stream.valueCount(fields, from: 0)))
            ]
        }
    }

    /// What the end of the file completes.
    mutating func finish() -> [CellOutcome] {
        let rest = takePending()
        guard isStrict, !hasEnded, lastLine > 0 else { return rest }
        let end = CellPlace(line: lastLine, byte: nextByte, text: "no 900 record")
        return rest + [.rejected(end.rejection(.recordOrder))]
    }

    /// True after a row that was refused: its 400 records are neither readings nor faults.
    private var isRefusing = false

    private mutating func takePending() -> [CellOutcome] {
        isRefusing = false
        defer { pending = nil }
        return pending?.outcomes(isStrict: isStrict) ?? []
    }

    private func opened(_ fields: [Field]) -> Stream {
        if isStrict, !hasHeader || hasEnded { return .refused(.recordOrder) }
        return switch NEM12Stream.read(fields, isStrict: isStrict) {
        case .success(let stream): .channel(stream)
        case .failure(let refusal): .refused(refusal.code)
        }
    }

    private mutating func intervalRow(_ fields: [Field], _ line: DeliveredLine) -> [CellOutcome] {
        let code: RejectionCode
        switch stream {
        case .none: code = .recordOrder
        case .refused(let reason): code = reason
        case .channel(let stream):
            switch IntervalRow.read(fields, line: line, stream: stream, isStrict: isStrict) {
            case .success(let row):
                pending = row
                return []
            case .failure(let rejection):
                isRefusing = true
                return [.rejected(rejection)]
            }
        }
        isRefusing = true
        let readings = NEM12Stream.valueCount(fields, from: 2)
        return [.rejected(line.place.rejection(code, readings: readings))]
    }
}
