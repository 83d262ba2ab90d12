// SPDX-License-Identifier: Apache-2.0

import MeterModel
import MeterScan

/// What turns lines into readings: a kernel for the usual, the generic engine for the rest.
///
/// It is called once per window of some thousand lines, never per reading.
protocol LineEngine {
    /// Delivered cells so far.
    var readings: Int { get }

    /// Cells that will come into the batch with the next flush.
    var openCells: Int { get }

    /// True where a batch that is cut now holds parts of days that the next lines complete.
    var isFillingDays: Bool { get }

    /// Takes a window of whole lines; gives how many there were.
    @discardableResult
    mutating func scan(
        _ lines: RawSpan, firstLine: Int, firstByte: Int64, into batch: inout ReadingBatch,
        rejections: inout [ReadingRejection]
    ) -> Int

    /// Takes what the end of the file completes.
    mutating func finish(into batch: inout ReadingBatch, rejections: inout [ReadingRejection])

    /// Lets go of places in a batch that may have been emptied.
    mutating func batchWasEmptied()

    /// Lets go of places before a strip and its first cell; this strip will be the next batch's first.
    mutating func batchWasCut(before strip: Int, cell: Int)

    /// Moves what is open into the batch; at the file's end all of it.
    mutating func flush(
        isEnd: Bool, into batch: inout ReadingBatch, rejections: inout [ReadingRejection])
}

// Kernels write into the batch at once.
extension LineEngine {
    var openCells: Int { 0 }

    var isFillingDays: Bool { false }

    mutating func batchWasCut(before strip: Int, cell: Int) {}

    mutating func flush(
        isEnd: Bool, into batch: inout ReadingBatch, rejections: inout [ReadingRejection]
    ) {}
}

extension LongScanner: LineEngine {}
extension WideScanner: LineEngine {}
extension RegisterScanner: LineEngine {}
extension NEM12Scanner: LineEngine {}

extension GenericEngine: LineEngine {
    /// Nothing to do: it keeps no places in batches.
    mutating func batchWasEmptied() {}
}

extension ReadingFormat {
    /// The fastest engine that knows all of the format.
    func engine(
        _ context: IngestContext, retrying retried: RetriedRejections?
    ) -> any LineEngine {
        let (index, latestEnd) = (context.index, context.latestEnd)
        switch self {
        case .nem12 where !context.strict:
            var layout = NEM12Layout()
            layout.latestEnd = latestEnd
            return NEM12Scanner(layout: layout, index: index, retrying: retried)
        case .delimited(let profile, let plan):
            if let layout = LongLayout(profile, plan, latestEnd: latestEnd) {
                return LongScanner(layout: layout, index: index, retrying: retried)
            }
            if let layout = WideLayout(profile, plan, latestEnd: latestEnd) {
                return WideScanner(layout: layout, index: index, retrying: retried)
            }
            if let layout = RegisterLayout(profile, plan, latestEnd: latestEnd) {
                return RegisterScanner(layout: layout, index: index, retrying: retried)
            }
        default: break
        }
        return GenericEngine(self, context: context, retrying: retried)
    }
}
