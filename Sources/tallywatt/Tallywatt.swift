// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import BatchRun
import Foundation
import Logging

/// The command: parses, calls `BatchRun`, prints.
@main
struct Tallywatt: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tallywatt",
        abstract: "Meter files in, invoices out.",
        discussion: """
            Reads the compressed meter-reading files that terminals delivered, completes them, \
            applies the tariffs and writes invoices into SQLite, every cent traceable to its readings.

            Exit status: 0 done; 1 stopped, nothing half-done; 2 done, and something needs a person; \
            64 wrong usage; 75 another run holds the database.
            """,
        version: productVersion,
        subcommands: [
            RunCommand.self, InitCommand.self, NetworkCommand.self, IngestCommand.self,
            BillCommand.self, InspectCommand.self, TariffCommand.self, SeriesCommand.self,
            UsageCommand.self, InvoiceCommand.self, ExplainCommand.self, ExceptionsCommand.self,
            HoldsCommand.self, RejectionsCommand.self, CorrectionsCommand.self, VerifyCommand.self,
            GenerateCommand.self,
        ])

    static func main() {
        // Notices go to stderr with their time, as cron mails and journals want them.
        LoggingSystem.bootstrap { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = .notice
            return handler
        }
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch let status as ExitCode {
            Foundation.exit(status.rawValue)
        } catch {
            if let failure = Failure(error) {
                Output.message("tallywatt: \(failure.text)")
                Foundation.exit(failure.status)
            }
            exit(withError: error)
        }
    }
}
