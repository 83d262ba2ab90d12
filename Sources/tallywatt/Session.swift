// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import BatchRun
import Foundation
import Quantities
import Store

/// A date as an argument.
struct CivilDate: ExpressibleByArgument {
    let day: CivilDay

    init?(argument: String) {
        guard let day = CivilDay(iso: argument) else { return nil }
        self.day = day
    }
}

/// True where another process holds the database.
func isHeldDatabase(_ error: any Error) -> Bool { error is DatabaseLock.Held }

/// An open database with what a command needs around it.
struct Session: ~Copyable {
    let options: GlobalOptions
    let configuration: RunConfiguration
    let store: TallyStore
    let author: ChangeAuthor
    /// Held until the session ends; nil for a look.
    private let lock: DatabaseLock?

    private init(
        _ options: GlobalOptions, _ configuration: RunConfiguration, _ store: TallyStore,
        command: String, lock: consuming DatabaseLock?
    ) {
        self.options = options
        self.configuration = configuration
        self.store = store
        author = ChangeAuthor(user: options.account, command: command)
        self.lock = lock
    }

    /// Opens a database to change it; no other process may do so at the same time.
    static func change(_ options: GlobalOptions, command: String, create: Bool = false) throws
        -> Session
    {
        if !create, !FileManager.default.fileExists(atPath: options.database) {
            throw StoreError.missing(path: options.database)
        }
        try TallyStore.refuseForeign(options.database, create: create)
        let configuration = try options.configuration()
        let lock = try DatabaseLock(database: options.database)
        let store = try TallyStore(path: options.database, create: create)
        return Session(options, configuration, store, command: command, lock: lock)
    }

    /// Opens a database to look at it.
    static func look(_ options: GlobalOptions, command: String) throws -> Session {
        Session(
            options, try options.configuration(),
            try TallyStore(path: options.database, create: false), command: command, lock: nil)
    }

    /// The date given, or today in the settings' zone.
    func day(_ given: CivilDate?) throws -> CivilDay {
        try given?.day ?? Clock.today(in: TimeZoneTable.named(configuration.timezone))
    }

    /// Opens a database and runs the job on it, prints its summary, also where it stops, and sets the
    /// exit status.
    ///
    /// - Parameters:
    ///   - asOf: The date given for today; nil is today.
    ///   - prepare: Says what the job is asked to do.
    static func perform(
        _ options: GlobalOptions, command: String, asOf: CivilDate?,
        prepare: (inout NightlyRun.Request) -> Void
    ) throws {
        let opened: Session
        do { opened = try change(options, command: command) } catch {
            try reportUnopened(options, asOf: asOf, error)
            throw error
        }
        var request = NightlyRun.Request(asOf: try opened.day(asOf))
        prepare(&request)
        try opened.perform(request)
    }

    /// Programs get the result of a run that could not begin, too; people get its message.
    private static func reportUnopened(
        _ options: GlobalOptions, asOf: CivilDate?, _ error: any Error
    ) throws {
        guard options.json else { return }
        let zone = try TimeZoneTable.named(RunConfiguration().timezone)
        var summary = RunSummary(asOf: asOf?.day ?? Clock.today(in: zone))
        summary.message = "\(error)"
        Output.result(SummaryReport(summary: summary, seconds: 0).json)
    }

    private func perform(_ request: NightlyRun.Request) throws {
        let job = NightlyRun(
            store: store, configuration: configuration, author: author,
            threads: options.threadCount, progress: options.progress())
        var summary = RunSummary(asOf: request.asOf)
        let clock = ContinuousClock()
        let start = clock.now
        var failure: (any Error)?
        do { try job.run(request, summary: &summary) } catch { failure = error }
        let seconds = (clock.now - start) / .seconds(1)
        if let failure, summary.message == nil { summary.message = "\(failure)" }
        for run in summary.untoldRuns {
            Output.message(
                "run \(run) ended without its report: what it read and issued is counted here")
        }
        for name in summary.passedOver {
            Output.message(
                "warning: \(name) in the inbox is passed over: deliver plain files whose names are UTF-8"
            )
        }
        if let reason = summary.unmoved.first {
            Output.message(
                "warning: files that were read and stay in the inbox: \(summary.unmoved.count): "
                    + reason)
        }
        let report = SummaryReport(summary: summary, seconds: seconds)
        Output.result(options.json ? report.json : report.table)
        if let failure { throw failure }
        if summary.needsAttention(configuration.attention) {
            throw ExitCode(ExitStatus.attention)
        }
    }
}
