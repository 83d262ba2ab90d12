// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import BatchRun
import Quantities
import MeterScan
import Synthesis

/// `tallywatt generate`: a made-up branch of any size.
struct GenerateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate",
        abstract: "Make a network, its deliveries, and what must come of them.",
        discussion: "The same options make the same files, whatever the number of threads.")

    @OptionGroup var global: GlobalOptions
    @Option(name: .long, help: "How many meters.") var meters: Int
    @Option(name: .long, help: "How many days.") var days: Int
    @Option(name: .long, help: "An empty or new folder to write into.") var out: String
    @Option(name: .long, help: "The first day.") var start: CivilDate?
    @Option(name: .long, help: "interval-long, register-daily, nem12 or mixed.")
    var format: GenerationPlan.Format = .intervalLong
    @Option(name: .long, help: "Rows grouped by meter or by time.")
    var order: GenerationPlan.Order = .meter
    @Option(name: .long, help: "Meters of one terminal, and so of one file.")
    var metersPerFile: Int?
    @Option(name: .long, help: "Days in one file.") var daysPerFile: Int?
    @Option(name: .long, help: "The share of files followed by a second delivery, 0 to 1.")
    var overlap: String?
    @Option(name: .long, help: "standard (gzip -6) or fast.")
    var compression: CompressionEffort = .standard
    @Option(name: .long, help: "Where the random numbers start.") var seed: UInt64?
    @Flag(name: .long, help: "Write contracts too, so that the meters can be billed.")
    var contracts = false

    func validate() throws {
        do { try plan().check() } catch let error as GenerationError {
            throw ValidationError("\(error).")
        }
    }

    private func plan() throws -> GenerationPlan {
        var plan = GenerationPlan(meters: meters, days: days)
        if let start { plan.start = start.day }
        plan.format = format
        plan.order = order
        if let metersPerFile { plan.metersPerFile = metersPerFile }
        if let daysPerFile { plan.daysPerFile = daysPerFile }
        if let overlap {
            guard let rate = Exact(overlap) else {
                throw ValidationError("--overlap must be a decimal such as 0.05.")
            }
            plan.overlap = rate
        }
        plan.compression = compression
        if let seed { plan.seed = seed }
        plan.contracts = contracts
        return plan
    }

    func run() throws {
        let plan = try plan()
        let progress = global.progress()
        progress.begin("generate", of: 100)
        let report = try generate(plan, into: out, threads: global.threadCount)
        progress.end()
        if global.json {
            var object = JSONObject()
            object.add("files", report.files)
            object.add("readings", report.readings)
            object.add("compressed_bytes", report.compressedBytes)
            object.add("plain_bytes", report.plainBytes)
            Output.result(object.text)
        } else {
            Output.result(
                "\(report.files) files, \(report.readings) readings, "
                    + "\(report.compressedBytes) bytes (\(report.plainBytes) inflated)")
        }
    }
}

extension GenerationPlan.Format: ExpressibleByArgument {}
extension GenerationPlan.Order: ExpressibleByArgument {}
extension CompressionEffort: ExpressibleByArgument {}
