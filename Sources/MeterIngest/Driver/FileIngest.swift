// SPDX-License-Identifier: Apache-2.0

import MeterModel
import MeterScan

/// Reads one delivered file into batches of readings, whatever its format.
///
/// Each member of a zip archive is read as a file of its own, with its own format. Memory stays the
/// same for any size of file. Nothing of the file may count before `next` has returned false: only
/// then its checksums are known.
public struct FileIngest: ~Copyable {
    private var file: DeliveredFile
    private let context: IngestContext
    private let retried: [String: RetriedRejections]?
    /// The text that is being read; the last one after the end.
    private var text: IngestedText
    /// The formats of the texts so far.
    private var formats: Set<String>
    /// Delivered cells of the texts that were read to their end.
    private var readings = 0
    /// True where the values of the last batch already hold the meter's multiplier.
    public private(set) var isMultiplierApplied: Bool
    private var isAtEnd = false
    /// The last batch's strips of the meter that it ended within; they begin the next one.
    private var carried = IntervalStrips()

    /// Opens a file and tells its format by its first lines.
    ///
    /// - Parameters:
    ///   - retried: The rejections that are tried again, by zip member, which is empty in other
    ///     files; all other cells give nothing. Nil to read all.
    ///   - buffers: Memory that an earlier file gave back.
    /// - Throws: The quarantine of a file that cannot be read; `unknown-format` quotes its
    ///   beginning.
    public init(
        path: String, context: IngestContext, retrying retried: [String: RetriedRejections]? = nil,
        reusing buffers: consuming DeliveryBuffers = DeliveryBuffers()
    ) throws(FileQuarantine) {
        var file = try DeliveredFile(path: path, reusing: buffers, idle: context.idle)
        guard try file.beginText() else {
            preconditionFailure("a file without text is an empty file")
        }
        text = try IngestedText(of: &file, context, retrying: retried)
        formats = [text.format.name]
        isMultiplierApplied = text.format.isMultiplierApplied
        self.context = context
        self.retried = retried
        self.file = file
    }

    /// Reads on until the batch holds about `cellBudget` cells, so many were refused, or the file
    /// ends; strips of the meter that is being read then are left for the next batch.
    ///
    /// - Parameters:
    ///   - batch: Takes readings, all with the multiplier applied or all without; what it holds
    ///     already stays.
    ///   - rejections: Takes what was refused.
    ///   - cellBudget: A window of lines is always read whole, and days of meters that take turns
    ///     are filled first, so that a batch may hold more.
    /// - Returns: False once everything was read and every checksum verified; the last readings
    ///   come with it.
    /// - Throws: The quarantine of a file that turns out damaged: nothing of it counts.
    public mutating func next(
        into batch: inout ReadingBatch, rejections: inout [ReadingRejection], cellBudget: Int
    ) throws(FileQuarantine) -> Bool {
        if isAtEnd { return false }
        takeCarried(into: &batch)
        isMultiplierApplied = text.format.isMultiplierApplied
        let refusedBefore = rejections.count
        var isWithinText = false
        // At least one window, so that calls come to an end whatever the budget is.
        repeat {
            isWithinText = try text.scanWindow(of: &file, into: &batch, rejections: &rejections)
            if !isWithinText {
                text.finish(into: &batch, rejections: &rejections)
                isAtEnd = try !beginText()
            }
        } while !isAtEnd && text.format.isMultiplierApplied == isMultiplierApplied
            && (batch.cellCount + text.engine.openCells < cellBudget || text.engine.isFillingDays)
            && rejections.count - refusedBefore < cellBudget / 16
        if !isAtEnd { text.flush(into: &batch, rejections: &rejections) }
        if isWithinText { carry(from: &batch, cells: cellBudget / 8) }
        return !isAtEnd
    }

    /// Leaves the strips of the last meter for the next batch, so that its days are not parted and
    /// neither it nor another has two parts of one block.
    ///
    /// - Parameter cells: Of a meter with more, the last strips that are within so many.
    private mutating func carry(from batch: inout ReadingBatch, cells: Int) {
        guard let first = batch.intervals.startOfLastMeter(cells: cells) else { return }
        text.engine.batchWasCut(before: first, cell: batch.intervals.offsets[first])
        carried = batch.intervals.takeStrips(from: first)
    }

    /// Begins a batch with what the one before was left without.
    private mutating func takeCarried(into batch: inout ReadingBatch) {
        // Strips that do not come to stand first are not filled any further.
        if carried.count == 0 || batch.intervals.count > 0 { text.engine.batchWasEmptied() }
        for strip in 0..<carried.count { batch.intervals.append(strip, of: carried) }
        carried = IntervalStrips()
    }

    /// Gives the memory away for the next file, once `next` has returned false.
    public mutating func giveBuffers() -> DeliveryBuffers { file.giveBuffers() }

    /// Goes on to the next member; false where the file has ended.
    private mutating func beginText() throws(FileQuarantine) -> Bool {
        readings += text.readings
        guard try file.beginText() else { return false }
        text = try IngestedText(of: &file, context, retrying: retried)
        formats.insert(text.format.name)
        return true
    }

    /// What is known of the file; complete once `next` has returned false.
    public var summary: FileSummary {
        FileSummary(
            sha256: isAtEnd ? file.sha256 : "",
            format: formats.count == 1 ? text.format.name : FileSummary.mixedFormats,
            deliveredBytes: file.deliveredBytes, inflatedBytes: file.inflatedBytes,
            readings: readings + (isAtEnd ? 0 : text.readings),
            multiplierApplied: isMultiplierApplied, changedWhileRead: file.changedWhileRead)
    }
}
