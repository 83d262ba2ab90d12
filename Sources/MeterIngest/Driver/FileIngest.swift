// SPDX-License-Identifier: Apache-2.0

import MeterModel
import MeterScan

/// Reads one delivered file into batches of readings, whatever its format.
///
/// Memory stays the same for any size of file. Nothing of the file may count before `next` has
/// returned false: only then its checksums are known.
public struct FileIngest: ~Copyable {
    private var file: DeliveredFile
    private let format: ReadingFormat
    private let onlyLines: Set<Int>?
    private var engine: any LineEngine
    /// The lines after the header that detection has read and no engine yet.
    private var firstLines: (window: [UInt8], from: Int, line: Int, byte: Int64)?
    private var oversizedReadings = 0
    private var isAtEnd = false

    /// Opens a file and tells its format by its first lines.
    ///
    /// - Parameters:
    ///   - onlyLines: Numbers of the lines to read, for rejections that are tried again; rows on
    ///     other lines give nothing. Nil for all.
    /// - Throws: The quarantine of a file that cannot be read; `unknown-format` quotes its
    ///   beginning.
    public init(
        path: String, context: IngestContext, onlyLines: Set<Int>? = nil
    ) throws(FileQuarantine) {
        var file = try DeliveredFile(path: path)
        let first = try file.withNextWindow { lines, firstLine, firstByte in
            (lines.copiedBytes(), firstLine, firstByte)
        }
        guard let (window, line, byte) = first else {
            throw file.quarantine(.unknownFormat, detail: "no line that can be read")
        }
        guard let found = ReadingFormat.detect(window[...], profiles: context.profiles) else {
            throw file.quarantine(.unknownFormat, detail: ReadingFormat.beginning(of: window[...]))
        }
        let headerLines = window[..<found.headerBytes].count { $0 == 0x0A }
        firstLines = (
            window, found.headerBytes, line + headerLines, byte + Int64(found.headerBytes)
        )
        format = found.format
        engine = format.engine(context, onlyLines: onlyLines)
        self.onlyLines = onlyLines
        self.file = file
    }

    /// Reads on until the batch holds about `cellBudget` cells, so many were refused, or the file
    /// ends.
    ///
    /// - Parameters:
    ///   - batch: Takes readings; what it holds already stays.
    ///   - rejections: Takes what was refused.
    ///   - cellBudget: A window of lines is always read whole, so that a batch may hold more.
    /// - Returns: False once everything was read and every checksum verified; the last readings
    ///   come with it.
    /// - Throws: The quarantine of a file that turns out damaged: nothing of it counts.
    public mutating func next(
        into batch: inout ReadingBatch, rejections: inout [ReadingRejection], cellBudget: Int
    ) throws(FileQuarantine) -> Bool {
        if isAtEnd { return false }
        engine.batchWasEmptied()
        let refusedBefore = rejections.count
        if let first = firstLines {
            FileIngest.scan(first, &engine, &batch, &rejections)
            firstLines = nil
        }
        // At least one window, so that calls come to an end whatever the budget is.
        repeat {
            isAtEnd = try !FileIngest.scanWindow(of: &file, &engine, &batch, &rejections)
            collectOversized(&rejections)
            if isAtEnd { engine.finish(into: &batch, rejections: &rejections) }
        } while !isAtEnd && batch.cellCount + engine.openCells < cellBudget
            && rejections.count - refusedBefore < cellBudget
        engine.flush(isEnd: isAtEnd, into: &batch, rejections: &rejections)
        return !isAtEnd
    }

    // File and engine are handed over side by side, so that each is changed in place.

    private static func scan(
        _ first: (window: [UInt8], from: Int, line: Int, byte: Int64),
        _ engine: inout any LineEngine, _ batch: inout ReadingBatch,
        _ rejections: inout [ReadingRejection]
    ) {
        first.window.withBytes(from: first.from) { lines in
            engine.scan(
                lines, firstLine: first.line, firstByte: first.byte, into: &batch,
                rejections: &rejections)
        }
    }

    /// - Returns: False after the end.
    private static func scanWindow(
        of file: inout DeliveredFile, _ engine: inout any LineEngine, _ batch: inout ReadingBatch,
        _ rejections: inout [ReadingRejection]
    ) throws(FileQuarantine) -> Bool {
        let more: Void? = try file.withNextWindow { lines, firstLine, firstByte in
            engine.scan(
                lines, firstLine: firstLine, firstByte: firstByte, into: &batch,
                rejections: &rejections)
        }
        return more != nil
    }

    private mutating func collectOversized(_ rejections: inout [ReadingRejection]) {
        for oversized in file.oversizedLines where onlyLines?.contains(oversized.line) ?? true {
            rejections.append(oversized)
            oversizedReadings += oversized.readings
        }
        file.oversizedLines.removeAll()
    }

    /// What is known of the file; complete once `next` has returned false.
    public var summary: FileSummary {
        FileSummary(
            sha256: isAtEnd ? file.sha256 : "", format: format.name,
            deliveredBytes: file.deliveredBytes, inflatedBytes: file.inflatedBytes,
            readings: engine.readings + oversizedReadings,
            multiplierApplied: format.isMultiplierApplied,
            changedWhileRead: file.changedWhileRead)
    }
}
