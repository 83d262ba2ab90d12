// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Store
import Synchronization
import TestSupport
import Testing

/// What a worker reads while another thread changes the main file.
@Suite struct ReadBesideWriteTests {
    private let key = "note"

    @Test func `a read beside an open transaction sees what was committed before it`() throws {
        let branch = try TrialBranch()
        let store = try branch.store()
        try store.write { try $0.set(key, to: "before") }
        let seen = try store.write { transaction in
            try transaction.set(key, to: "after")
            let seen = Mutex<String?>(nil)
            let reading = DispatchGroup()
            DispatchQueue.global().async(group: reading) {
                let found = try? store.read { try $0.setting(key) }
                seen.withLock { $0 = found }
            }
            // It would wait for ever if it had to wait for this transaction.
            #expect(reading.wait(timeout: .now() + 20) == .success)
            return seen.withLock { $0 }
        }
        #expect(seen == "before")
        #expect(try store.read { try $0.setting(key) } == "after")
    }

    @Test func `a transaction that failed leaves nothing, and the next one goes on`() throws {
        struct Stopped: Error {}
        let branch = try TrialBranch()
        let store = try branch.store()
        do {
            try store.write {
                try $0.set(key, to: "half")
                throw Stopped()
            }
        } catch is Stopped {}
        #expect(try store.read { try $0.setting(key) } == nil)
        try store.write { try $0.set(key, to: "whole") }
        #expect(try store.read { try $0.setting(key) } == "whole")
    }

    @Test func `a read beside a transaction that outgrew its cache waits for its end`() throws {
        let branch = try TrialBranch()
        let store = try branch.store()
        let isOpen = DispatchSemaphore(value: 0)
        let seen = Mutex<String?>(nil)
        let reading = DispatchGroup()
        try store.write { transaction in
            // 40 MB: five times the cache, which SQLite therefore writes out under an exclusive lock.
            let large = String(repeating: "x", count: 1_000_000)
            for number in 0..<40 { try transaction.set("\(key) \(number)", to: large) }
            DispatchQueue.global().async(group: reading) {
                isOpen.signal()
                let found = try? store.read { try $0.setting("\(key) 39")?.count }
                seen.withLock { $0 = found.flatMap { $0 }.map { "\($0)" } }
            }
            isOpen.wait()
            try transaction.set(key, to: "last")
        }
        reading.wait()
        #expect(seen.withLock { $0 } == "1000000")
    }
}
