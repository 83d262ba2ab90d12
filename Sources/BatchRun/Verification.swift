// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Store

/// Checks the laws on a database, and words what does not hold.
public struct Verification {
    let store: TallyStore

    /// A check of an open database.
    public init(store: TallyStore) {
        self.store = store
    }

    /// What does not hold; empty where all is well.
    public func problems() throws -> [String] {
        var problems = try store.read { try $0.brokenLaws() }
        for key in try store.read({ try $0.settledKeys() }) {
            for part in try store.read({ try $0.settledParts(of: key) }) {
                do {
                    switch key.kind {
                    case .interval: _ = try store.intervals(of: part)
                    case .register: _ = try store.registers(of: part)
                    }
                } catch {
                    problems.append("\(error)")
                }
            }
        }
        return problems
    }
}
