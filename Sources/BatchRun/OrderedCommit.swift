// SPDX-License-Identifier: Apache-2.0

import Dispatch
import MeterScan
import Synchronization

/// Runs work on several threads and hands the results to one writer in the order of the work.
///
/// What is written therefore does not depend on the number of threads. There is no writer thread: the
/// worker whose result is next in order writes it, and what waits behind it, while the others go on.
/// At most `window` results wait unwritten, so memory does not grow when one piece of work is slow.
struct OrderedCommit<Result: Sendable>: Sendable {
    /// How many threads work at once.
    var threads: Int
    /// How many pieces of work may be ahead of the one being waited for.
    var window: Int
    /// Takes notice of threads that have nothing to do.
    var idle: IdleThreads?

    private struct Progress {
        var nextToStart = 0
        var nextToWrite = 0
        var finished: [Int: Result] = [:]
        var isWriting = false
        var failure: (any Error)?
        var waiting: [DispatchSemaphore] = []
    }

    /// Works on `0..<count` and writes each result once, in order.
    ///
    /// The first error, of work or of writing, ends everything and is thrown; what was written before
    /// it stays written.
    ///
    /// - Parameters:
    ///   - work: Computes one result; called on many threads at once.
    ///   - write: Takes the results that are next in order; called on one thread at a time.
    func run(
        count: Int, work: @escaping @Sendable (Int) throws -> Result,
        write: @escaping @Sendable ([Result]) throws -> Void
    ) throws {
        let progress = Mutex(Progress())
        let workers = min(threads, max(count, 1))
        idle?.add(threads - workers)
        DispatchQueue.concurrentPerform(iterations: workers) { _ in
            defer { idle?.add(1) }
            while let piece = claim(of: count, progress) {
                do {
                    let result = try work(piece)
                    try deliver(result, of: piece, progress, write)
                } catch {
                    let waiting = progress.withLock { state in
                        if state.failure == nil { state.failure = error }
                        defer { state.waiting = [] }
                        return state.waiting
                    }
                    for semaphore in waiting { semaphore.signal() }
                }
            }
        }
        if let failure = progress.withLock({ $0.failure }) { throw failure }
    }

    /// The next piece of work, once it is within the window; nil when there is none or it failed.
    private func claim(of count: Int, _ progress: borrowing Mutex<Progress>) -> Int? {
        while true {
            let semaphore = DispatchSemaphore(value: 0)
            let claimed: Int?? = progress.withLock { state in
                if state.failure != nil || state.nextToStart >= count { return .some(nil) }
                if state.nextToStart < state.nextToWrite + window {
                    defer { state.nextToStart += 1 }
                    return state.nextToStart
                }
                state.waiting.append(semaphore)
                return nil
            }
            if let claimed { return claimed }
            idle?.add(1)
            semaphore.wait()
            idle?.add(-1)
        }
    }

    private func deliver(
        _ result: Result, of piece: Int, _ progress: borrowing Mutex<Progress>,
        _ write: ([Result]) throws -> Void
    ) throws {
        var mine = progress.withLock { state -> Bool in
            state.finished[piece] = result
            if state.isWriting || state.failure != nil { return false }
            state.isWriting = true
            return true
        }
        while mine {
            let ready = progress.withLock { state -> [Result] in
                var ready: [Result] = []
                while let next = state.finished.removeValue(forKey: state.nextToWrite + ready.count)
                {
                    ready.append(next)
                }
                if ready.isEmpty { state.isWriting = false }
                return ready
            }
            if ready.isEmpty { return }
            try write(ready)
            let waiting = progress.withLock { state in
                state.nextToWrite += ready.count
                defer { state.waiting = [] }
                if state.failure != nil { mine = false }
                return state.waiting
            }
            for semaphore in waiting { semaphore.signal() }
        }
    }
}
