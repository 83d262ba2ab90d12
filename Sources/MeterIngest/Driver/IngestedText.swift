// SPDX-License-Identifier: Apache-2.0

import MeterModel
import MeterScan

/// One text of a delivered file on its way into batches: a member of a zip archive, or the whole.
struct IngestedText {
    let format: ReadingFormat
    var engine: any LineEngine
    /// Cells of lines that were too long.
    private var oversizedReadings = 0
    private let member: String
    private let isRetry: Bool
    private let headers: HeaderWatch

    /// Tells the format of a text that the file has begun.
    init(
        of file: inout DeliveredFile, _ context: IngestContext,
        retrying retried: [String: RetriedRejections]?
    ) throws(FileQuarantine) {
        let profiles = context.profiles
        let beginning = try file.peekWindow { lines in
            let window = lines.copiedBeginning()
            return (ReadingFormat.detect(window[...], profiles: profiles), window)
        }
        guard let (found, window) = beginning else {
            throw file.quarantine(.unknownFormat, detail: "no line that can be read")
        }
        guard let found else {
            throw file.quarantine(.unknownFormat, detail: ReadingFormat.beginning(of: window[...]))
        }
        file.passLines(bytes: found.headerBytes)
        member = file.member
        format = found.format
        headers = HeaderWatch(format: format, profiles: context.profiles)
        isRetry = retried != nil
        engine = format.engine(
            context, retrying: retried.map { $0[file.member] ?? RetriedRejections() })
    }

    /// Delivered cells so far.
    var readings: Int { engine.readings + oversizedReadings }

    /// Reads a window of lines.
    ///
    /// - Returns: False where the text has ended.
    /// - Throws: The quarantine of a file with another header further down, which the rows after it
    ///   are of.
    mutating func scanWindow(
        of file: inout DeliveredFile, into batch: inout ReadingBatch,
        rejections: inout [ReadingRejection]
    ) throws(FileQuarantine) -> Bool {
        let before = rejections.count
        let scanned = try file.withNextWindow { lines, firstLine, firstByte in
            scan(lines, firstLine, firstByte, &batch, &rejections)
        }
        if let header = scanned ?? nil {
            throw file.quarantine(.unknownFormat, detail: HeaderWatch.detail(header))
        }
        // A line that is too long stays so.
        for oversized in file.oversizedLines where !isRetry {
            rejections.append(oversized)
            oversizedReadings += oversized.readings
        }
        file.oversizedLines.removeAll()
        name(&rejections, from: before)
        return scanned != nil
    }

    /// Takes what the text's end completes.
    mutating func finish(into batch: inout ReadingBatch, rejections: inout [ReadingRejection]) {
        let before = rejections.count
        engine.finish(into: &batch, rejections: &rejections)
        engine.flush(isEnd: true, into: &batch, rejections: &rejections)
        name(&rejections, from: before)
    }

    /// Moves what need not wait into the batch.
    mutating func flush(into batch: inout ReadingBatch, rejections: inout [ReadingRejection]) {
        let before = rejections.count
        engine.flush(isEnd: false, into: &batch, rejections: &rejections)
        name(&rejections, from: before)
    }

    /// - Returns: How many lines there were, and the line of another header among them.
    private mutating func scan(
        _ lines: RawSpan, _ firstLine: Int, _ firstByte: Int64, _ batch: inout ReadingBatch,
        _ rejections: inout [ReadingRejection]
    ) -> (lines: Int, result: Int?) {
        let before = rejections.count
        let count = engine.scan(
            lines, firstLine: firstLine, firstByte: firstByte, into: &batch,
            rejections: &rejections)
        return (
            count,
            headers.otherHeader(among: rejections[before...], of: lines, firstByte: firstByte)
        )
    }

    private func name(_ rejections: inout [ReadingRejection], from first: Int) {
        guard !member.isEmpty else { return }
        for place in first..<rejections.count { rejections[place].member = member }
    }
}
