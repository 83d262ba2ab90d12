// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import BatchRun
import Foundation

/// What every command understands.
struct GlobalOptions: ParsableArguments {
    @Option(name: .long, help: "The database; its interval data is in the folder PATH.d.")
    var database = "tallywatt.sqlite"

    @Option(name: .long, help: "Settings (default: tallywatt.yaml where it is present).")
    var config: String?

    @Flag(name: .long, help: "Write the result as JSON.")
    var json = false

    @Flag(name: .long, help: "Write no progress.")
    var quiet = false

    @Flag(name: .long, help: "Write no colour.")
    var noColor = false

    @Option(name: .long, help: "How many threads work at once (default: all cores).")
    var threads: Int?

    @Option(name: .long, help: "Who is recorded with every change (default: the account).")
    var user: String?

    func validate() throws {
        if let threads, threads < 1 { throw ValidationError("--threads must be 1 or more.") }
    }

    /// The settings of the file named, of `tallywatt.yaml`, or the built-in ones.
    func configuration() throws -> RunConfiguration {
        let path = config ?? "tallywatt.yaml"
        if config == nil, !FileManager.default.fileExists(atPath: path) {
            return RunConfiguration()
        }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw UnreadableInput(path: path, mend: "give the name of a settings file")
        }
        return try RunConfiguration(yaml: String(decoding: data, as: UTF8.self), file: path)
    }

    var threadCount: Int { threads ?? ProcessInfo.processInfo.activeProcessorCount }

    var account: String { user ?? NSUserName() }

    /// The reporter that suits the terminal.
    func progress() -> any ProgressReporter {
        quiet ? SilentProgress() : ProgressLine(isTerminal: Output.isTerminal)
    }
}
