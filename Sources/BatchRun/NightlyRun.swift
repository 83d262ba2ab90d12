// SPDX-License-Identifier: Apache-2.0

import BillTariff
import Logging
import MeterIngest
import MeterModel
import Quantities
import Store

/// The nightly job: plan → ingest → settle → bill → report.
///
/// Each stage commits as it goes and notes how far it came, so a run that was killed is continued by
/// the next one, under the same delivery number, before anything new is begun.
public struct NightlyRun {
    /// What a run is asked to do.
    public struct Request: Sendable {
        /// The folder that terminals deliver into, or nil.
        public var inbox: String?
        /// Files named one by one.
        public var files: [String] = []
        /// The folder of tariffs and series, or nil to bill nothing.
        public var tariffs: String?
        /// The civil date that stands for the clock.
        public var asOf: CivilDay
        /// Where to move files that were read, or nil to leave them.
        public var done: String?
        /// Bill this contract only.
        public var contract: String?
        /// Bill this feeder only.
        public var feeder: String?
        /// The date by the wall clock, which tells a slip in `asOf`; nil asks the clock.
        public var today: CivilDay?

        /// A request for a day.
        public init(asOf: CivilDay) {
            self.asOf = asOf
        }
    }

    let store: TallyStore
    let configuration: RunConfiguration
    let author: ChangeAuthor
    let threads: Int
    let progress: any ProgressReporter
    /// How many cells a batch holds before it is cut into parts: some MB, so that it stays small
    /// beside the caches and a huge file is cut many times.
    var batchCells = 400_000
    /// What an operator reads in the log of the night.
    let log = Logger(label: "tallywatt")

    /// A run on an open database.
    ///
    /// - Parameters:
    ///   - author: Who runs it; its command is what the run is listed under.
    ///   - threads: How many threads work at once, at least 1.
    public init(
        store: TallyStore, configuration: RunConfiguration, author: ChangeAuthor, threads: Int,
        progress: any ProgressReporter
    ) {
        precondition(threads > 0, "a run has a thread")
        self.store = store
        self.configuration = configuration
        self.author = author
        self.threads = threads
        self.progress = progress
    }

    /// Does what is asked; the summary tells what came of it, also where this throws.
    public func run(_ request: Request, summary: inout RunSummary) throws {
        // Everything that can be wrong with what people wrote is found before any work.
        let profiles = try ProfileLibrary.load(configuration.profiles)
        let zone = try TimeZoneTable.named(configuration.timezone)
        let tariffs = try request.tariffs.map { try TariffLibrary.load($0) }
        try tariffs?.refuseChangedVersions(since: store)
        let run = try store.write {
            try $0.beginRun(
                command: author.command, asOf: request.asOf.description, at: Clock.now())
        }
        summary.run = run
        let stages = RunStages(
            job: self, request: request, network: try store.loadNetworkRenewingImage(),
            profiles: profiles,
            zone: zone, today: request.today ?? Clock.today(in: zone), tariffs: tariffs, run: run)
        do {
            try stages.run(&summary)
            summary.status = .done
            try finish(run, summary)
        } catch {
            summary.status = .stopped
            summary.message = "\(error)"
            try finish(run, summary)
            throw error
        }
    }

    private func finish(_ run: Int, _ summary: RunSummary) throws {
        try store.write {
            try $0.endUntoldRuns(summary.untoldRuns)
            try $0.finishRun(
                run, delivery: summary.deliveries.max(), status: summary.status.rawValue,
                counts: summary.counts, message: summary.message, at: Clock.now())
        }
    }
}
