// SPDX-License-Identifier: Apache-2.0

import MeterModel
import MeterScan

/// What turns lines into readings: a kernel for the usual, the generic engine for the rest.
enum ReadingEngine {
    case generic(GenericEngine)
    /// What stands in an engine's place while it works.
    case spent

    init(_ format: ReadingFormat, context: IngestContext, onlyLines: Set<Int>?) {
        self = .generic(GenericEngine(format, context: context, onlyLines: onlyLines))
    }

    /// Delivered cells so far.
    var readings: Int {
        switch self {
        case .generic(let engine): engine.readings
        case .spent: preconditionFailure("an engine that works is not asked")
        }
    }

    /// Cells that will come into the batch with the next flush.
    var openCells: Int {
        if case .generic(let engine) = self { engine.openCells } else { 0 }
    }

    /// Lets go of places in a batch that may have been emptied.
    mutating func batchWasEmptied() {
    }

    /// Takes a window of whole lines.
    mutating func scan(
        _ lines: RawSpan, _ firstLine: Int, _ firstByte: Int64, _ batch: inout ReadingBatch,
        _ rejections: inout [ReadingRejection]
    ) {
        // The columns inside are moved out and back, never copied.
        var engine = ReadingEngine.spent
        swap(&engine, &self)
        switch engine {
        case .generic(var generic):
            engine = .spent
            generic.scan(
                lines, firstLine: firstLine, firstByte: firstByte, into: &batch,
                rejections: &rejections)
            self = .generic(generic)
        case .spent: preconditionFailure("an engine works once at a time")
        }
    }

    /// Takes what the end of the file completes.
    mutating func finish(into batch: inout ReadingBatch, rejections: inout [ReadingRejection]) {
        guard case .generic(var engine) = self else { return }
        engine.finish(into: &batch, rejections: &rejections)
        self = .generic(engine)
    }

    /// Moves what is open into the batch; at the file's end all of it.
    mutating func flush(
        isEnd: Bool, into batch: inout ReadingBatch, rejections: inout [ReadingRejection]
    ) {
        guard case .generic(var engine) = self else { return }
        self = .spent
        engine.flush(isEnd: isEnd, into: &batch, rejections: &rejections)
        self = .generic(engine)
    }
}
