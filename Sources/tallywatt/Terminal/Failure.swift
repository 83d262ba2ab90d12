// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import BatchRun

/// The version that `--version` tells and runs are made by.
let productVersion = "0.1.0"

/// Exit statuses of the contract.
enum ExitStatus {
    /// Stopped; nothing half-done.
    static let stopped: Int32 = 1
    /// Done, and something needs a person.
    static let attention: Int32 = 2
    /// Another run holds the database.
    static let held: Int32 = 75
}

/// An error of ours, as a message and an exit status; the argument parser words its own.
struct Failure {
    let text: String
    let status: Int32

    init?(_ error: any Error) {
        if error is CleanExit || error is ValidationError { return nil }
        let name = String(reflecting: type(of: error))
        if name.hasPrefix("ArgumentParser.") { return nil }
        text = "\(error)"
        status = isHeldDatabase(error) ? ExitStatus.held : ExitStatus.stopped
    }
}
