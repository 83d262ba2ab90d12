// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Tells a person how far a run is; the command decides how it looks.
public protocol ProgressReporter: Sendable {
    /// A stage begins; `total` pieces of work are ahead.
    func begin(_ stage: String, of total: Int)
    /// Some pieces are done.
    func advance(by count: Int)
    /// The stage that began last is over.
    func end()
}

/// Says nothing.
public struct SilentProgress: ProgressReporter {
    /// A reporter that says nothing.
    public init() {}
    /// Does nothing.
    public func begin(_ stage: String, of total: Int) {}
    /// Does nothing.
    public func advance(by count: Int) {}
    /// Does nothing.
    public func end() {}
}
