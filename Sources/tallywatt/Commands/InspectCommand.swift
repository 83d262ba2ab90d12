// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import BatchRun
import MeterIngest
import Quantities

/// `tallywatt inspect`: what reading files hold.
struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Show what reading files hold, without a database.",
        discussion: """
            Every series of every file with its count, first and last interval, exact sum and \
            qualities, and every row that would be rejected. Where any would, the exit status is 2.
            """)

    @OptionGroup var global: GlobalOptions

    @Option(
        name: .long,
        help: "The clock of times written without an offset, such as Asia/Shanghai.")
    var timezone: String?

    @Argument(help: "Reading files, plain or compressed.")
    var files: [String]

    func run() throws {
        let settings = try global.configuration()
        let profiles = try settings.profiles.map { try ProfileSet(folder: $0) } ?? .builtIn
        let inspector = FileInspector(
            profiles: profiles, zone: try timezone.map { try TimeZoneTable.named($0) },
            strict: settings.strictNEM12)
        let inspections = files.map { inspector.inspect(path: $0) }
        Output.text(
            global.json
                ? FileInspection.json(inspections)
                : inspections.map(\.table).joined(separator: "\n"))
        let rejected = inspections.reduce(0) { $0 + $1.rejected }
        if rejected > settings.attention.rejections { throw ExitCode(ExitStatus.attention) }
    }
}
