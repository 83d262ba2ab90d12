// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Synchronization

/// The next windows of a long text, inflated by a thread that was idle while the one before is read.
///
/// Each window is asked for once there is memory for it, so nothing waits but the reader for a window
/// that is not yet full.
final class InflateAhead: Sendable {
    private struct Windows {
        var empty: [[UInt8]] = []
        var full: [(bytes: [UInt8], filling: SharedBytes.Filling)] = []
        var isStopped = false
    }

    /// How many windows are ahead at most: so many that inflating goes on while a batch is cut into
    /// parts.
    static let depth = 6

    private let bytes: SharedBytes
    private let place: Range<Int>
    private let idle: IdleThreads
    private let windows = Mutex(Windows())
    private let isFull = DispatchSemaphore(value: 0)
    private let queue = DispatchQueue(label: "inflate ahead")

    /// Begins to inflate.
    ///
    /// - Parameters:
    ///   - place: Where in a window the inflated bytes go; before it the reader puts what it has left.
    ///   - idle: Where the thread was taken from.
    init(_ bytes: SharedBytes, into place: Range<Int>, by idle: IdleThreads) {
        (self.bytes, self.place, self.idle) = (bytes, place, idle)
        for _ in 0..<InflateAhead.depth {
            var window = [UInt8](repeating: 0, count: place.upperBound)
            ask(toFill: &window)
        }
    }

    deinit { stop() }

    /// The text's next window, once it is full; not to be called after the last.
    func next() -> (bytes: [UInt8], filling: SharedBytes.Filling) {
        isFull.wait()
        return windows.withLock { $0.full.removeFirst() }
    }

    /// Takes the memory of a window that was read, to fill it anew.
    func ask(toFill window: inout [UInt8]) {
        // Handed over, not shared: what two hold would be copied when it is filled.
        windows.withLock { $0.empty.append(exchange(&window, with: [])) }
        queue.async { self.fill() }
    }

    /// Lets go of the bytes, so that the reader may do with them what it wants, and of the thread.
    func stop() {
        let wasStopped = windows.withLock { exchange(&$0.isStopped, with: true) }
        if !wasStopped { idle.add(1) }
    }

    private func fill() {
        bytes.source.withLock { source in
            guard var window = takeEmpty() else { return }
            let filling = SharedBytes.fill(&window, place, from: &source)
            windows.withLock { $0.full.append((exchange(&window, with: []), filling)) }
            if filling.isLast { stop() }
            isFull.signal()
        }
    }

    /// Memory to fill; none once the text has ended.
    private func takeEmpty() -> [UInt8]? {
        windows.withLock { $0.isStopped ? nil : $0.empty.popLast() }
    }
}
