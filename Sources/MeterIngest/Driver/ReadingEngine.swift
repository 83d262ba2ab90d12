// SPDX-License-Identifier: Apache-2.0

import MeterModel
import MeterScan

/// What turns lines into readings: a kernel for the usual, the generic engine for the rest.
enum ReadingEngine {
    case generic(GenericEngine)
    case long(LongScanner)
    case nem12(NEM12Scanner)
    /// What stands in an engine's place while it works.
    case spent

    /// The fastest engine that knows all of a format.
    init(_ format: ReadingFormat, context: IngestContext, onlyLines: Set<Int>?) {
        let (index, latestEnd) = (context.index, context.latestEnd)
        switch format {
        case .nem12 where !context.strict:
            var layout = NEM12Layout()
            layout.latestEnd = latestEnd
            self = .nem12(NEM12Scanner(layout: layout, index: index, onlyLines: onlyLines))
        case .delimited(let profile, let plan):
            if let layout = LongLayout(profile, plan, latestEnd: latestEnd) {
                self = .long(LongScanner(layout: layout, index: index, onlyLines: onlyLines))
                return
            }
            fallthrough
        default:
            self = .generic(GenericEngine(format, context: context, onlyLines: onlyLines))
        }
    }

    /// Delivered cells so far.
    var readings: Int {
        switch self {
        case .generic(let engine): engine.readings
        case .long(let scanner): scanner.readings
        case .nem12(let scanner): scanner.readings
        case .spent: preconditionFailure("an engine that works is not asked")
        }
    }

    /// Cells that will come into the batch with the next flush.
    var openCells: Int {
        if case .generic(let engine) = self { engine.openCells } else { 0 }
    }

    /// Lets go of places in a batch that may have been emptied.
    mutating func batchWasEmptied() {
        switch takeOut() {
        case .generic(let engine): self = .generic(engine)
        case .long(var scanner):
            scanner.batchWasEmptied()
            self = .long(scanner)
        case .nem12(var scanner):
            scanner.batchWasEmptied()
            self = .nem12(scanner)
        case .spent: preconditionFailure("an engine works once at a time")
        }
    }

    /// Takes a window of whole lines.
    mutating func scan(
        _ lines: RawSpan, _ firstLine: Int, _ firstByte: Int64, _ batch: inout ReadingBatch,
        _ rejections: inout [ReadingRejection]
    ) {
        switch takeOut() {
        case .generic(var engine):
            engine.scan(
                lines, firstLine: firstLine, firstByte: firstByte, into: &batch,
                rejections: &rejections)
            self = .generic(engine)
        case .long(var scanner):
            scanner.scan(
                lines, firstLine: firstLine, firstByte: firstByte, into: &batch,
                rejections: &rejections)
            self = .long(scanner)
        case .nem12(var scanner):
            scanner.scan(
                lines, firstLine: firstLine, firstByte: firstByte, into: &batch,
                rejections: &rejections)
            self = .nem12(scanner)
        case .spent: preconditionFailure("an engine works once at a time")
        }
    }

    /// Takes what the end of the file completes.
    mutating func finish(into batch: inout ReadingBatch, rejections: inout [ReadingRejection]) {
        switch takeOut() {
        case .generic(var engine):
            engine.finish(into: &batch, rejections: &rejections)
            self = .generic(engine)
        case .long(var scanner):
            scanner.finish(into: &batch, rejections: &rejections)
            self = .long(scanner)
        case .nem12(var scanner):
            scanner.finish(into: &batch, rejections: &rejections)
            self = .nem12(scanner)
        case .spent: preconditionFailure("an engine works once at a time")
        }
    }

    /// Moves what is open into the batch; at the file's end all of it.
    mutating func flush(
        isEnd: Bool, into batch: inout ReadingBatch, rejections: inout [ReadingRejection]
    ) {
        guard case .generic = self, case .generic(var engine) = takeOut() else { return }
        engine.flush(isEnd: isEnd, into: &batch, rejections: &rejections)
        self = .generic(engine)
    }

    /// Gives the engine out alone, so that its columns are changed in place and never copied.
    private mutating func takeOut() -> ReadingEngine {
        var engine = ReadingEngine.spent
        swap(&engine, &self)
        return engine
    }
}
