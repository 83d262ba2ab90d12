// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// How many of a stage's threads have nothing to do, so that a long file may be read with one of them.
public final class IdleThreads: Sendable {
    private let count = Atomic(0)

    /// None yet.
    public init() {}

    /// Changes how many there are.
    public func add(_ threads: Int) {
        count.add(threads, ordering: .relaxed)
    }

    /// Takes one, to be given back by `add(1)`; false where there is none.
    func take() -> Bool {
        var known = count.load(ordering: .relaxed)
        while known > 0 {
            let (isTaken, now) = count.compareExchange(
                expected: known, desired: known - 1, ordering: .relaxed)
            if isTaken { return true }
            known = now
        }
        return false
    }
}
