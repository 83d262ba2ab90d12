// SPDX-License-Identifier: Apache-2.0

import MeterScan
import Quantities

/// A terminal's file of some days, and perhaps a second one that delivers some of it again.
struct PlannedFile {
    let terminal: Int
    /// Days since the plan's start.
    let days: Range<Int>
    let isFollowed: Bool

    /// How many files a plan has, those that follow others not counted.
    static func count(_ plan: GenerationPlan, _ branch: Branch) -> Int {
        branch.terminals.count * pieces(plan.days, of: plan.daysPerFile)
    }

    /// The `index`-th file: all terminals of the first days, then of the next.
    init(_ index: Int, _ plan: GenerationPlan, _ branch: Branch) {
        terminal = index % branch.terminals.count
        let first = index / branch.terminals.count * plan.daysPerFile
        days = first..<min(first + plan.daysPerFile, plan.days)
        // Spreads the share evenly: the files at which a running total passes a whole number.
        func passed(_ count: Int) -> Int128 {
            plan.overlap.numerator * Int128(count) / plan.overlap.denominator
        }
        isFollowed = passed(index + 1) > passed(index)
    }
}

/// Makes files one after the other, with memory that it keeps; each worker has its own.
struct FileMaker: ~Copyable {
    /// A finished file, to be written by whoever asked for it.
    struct Made {
        let name: String
        let bytes: [UInt8]
    }

    private let plan: GenerationPlan
    private let branch: Branch
    private var writer: GzipWriter
    private var text = TextBuffer()
    private var shapes: [CustomerKind: [Int32]] = [:]

    /// What was made so far.
    private(set) var report = GenerationReport()
    /// The sum of each stream of the last file, in Wh, beside its meter and place.
    private(set) var sums: [(stream: MeterStream, wattHours: Int64)] = []

    init(_ plan: GenerationPlan, _ branch: Branch) {
        self.plan = plan
        self.branch = branch
        writer = GzipWriter(plan.compression)
        for kind in [CustomerKind.household, .commerce, .industry] { shapes[kind] = kind.slots }
    }

    /// Makes a file, and the one that follows it where there is one.
    mutating func make(_ file: PlannedFile) -> [Made] {
        let terminal = branch.terminals[file.terminal]
        let firstDay = plan.start + file.days.lowerBound
        let date = firstDay.description.filter { $0 != "-" }
        let name = "\(Names.terminal(file.terminal))-\(date)"
        sums.removeAll(keepingCapacity: true)
        return switch terminal.sending {
        case .registerDaily: makeRegisters(file, terminal, name: name)
        case .intervalLong, .nem12: makeIntervals(file, terminal, name: name, firstDay: firstDay)
        }
    }

    private mutating func makeIntervals(
        _ file: PlannedFile, _ terminal: Branch.Terminal, name: String, firstDay: CivilDay
    ) -> [Made] {
        let streams = terminal.meters.flatMap {
            MeterStream.all(of: $0, sending: terminal.sending)
        }
        let current = cells(of: streams, firstDay: firstDay, days: file.days.count)
        for (index, stream) in streams.enumerated() {
            sums.append((stream, current.sum(stream: index)))
        }
        var made: [Made] = []
        if file.isFollowed {
            let positions = streams.map { $0.meter - terminal.meters.lowerBound }
            let both = Redelivery(of: current, positions: positions, sending: terminal.sending)
            made.append(write(both.first, both.firstVersions, false))
            made.append(write(both.again, both.againVersions, true))
        } else {
            let versions = [Int](repeating: 1, count: streams.count)
            made.append(write(current, versions, false))
        }
        return made

        func write(_ cells: CellBlock, _ versions: [Int], _ isAgain: Bool) -> Made {
            text.removeAll()
            let readings =
                if terminal.sending == .nem12 {
                    Nem12File(
                        cells: cells, streams: streams, versions: versions, firstDay: firstDay,
                        reversed: isAgain
                    ).write(into: &text)
                } else {
                    LongFile(
                        cells: cells, meters: terminal.meters, firstDay: firstDay,
                        order: isAgain == (plan.order == .meter) ? .time : .meter
                    ).write(into: &text)
                }
            return pack(name: name, isAgain: isAgain, readings: readings)
        }
    }

    private mutating func makeRegisters(
        _ file: PlannedFile, _ terminal: Branch.Terminal, name: String
    ) -> [Made] {
        let loads = terminal.meters.map {
            RegisterLoad(CustomerLoad(seed: plan.seed, meter: $0))
        }
        let stories = loads.indices.map { Redelivery.Story(position: $0) }
        let blank = stories.map { file.isFollowed && $0 == .estimatedFirst }
        var made = [write(loads, blank, false)]
        if file.isFollowed {
            let again = loads.indices.filter { stories[$0] != .alone }.reversed()
            made.append(
                write(again.map { loads[$0] }, again.map { stories[$0] == .mended }, true))
        }
        return made

        func write(_ loads: [RegisterLoad], _ blank: [Bool], _ isAgain: Bool) -> Made {
            text.removeAll()
            let readings = RegisterFile(
                loads: loads, blank: blank, days: file.days, start: plan.start
            ).write(into: &text)
            return pack(name: name, isAgain: isAgain, readings: readings)
        }
    }

    /// The current values of streams over some days.
    private func cells(of streams: [MeterStream], firstDay: CivilDay, days: Int) -> CellBlock {
        var cells = CellBlock(streams: streams.count, days: days)
        for (index, stream) in streams.enumerated() {
            let load = CustomerLoad(seed: plan.seed, meter: stream.meter)
            let shape = stream.purpose == .solar ? CustomerKind.sun : shapes[load.kind] ?? []
            for day in 0..<days {
                let start = cells.start(stream: index, day: day)
                var values = cells.values.mutableSpan
                load.fill(
                    &values, at: start, for: stream.purpose, shape: shape.span,
                    day: Int(firstDay.number) + day)
            }
        }
        return cells
    }

    private mutating func pack(name: String, isAgain: Bool, readings: Int) -> Made {
        let plain = text.bytes
        let bytes = writer.compress(plain.span.extracting(0..<text.count))
        report.files += 1
        report.readings += readings
        report.plainBytes += text.count
        report.compressedBytes += bytes.count
        return Made(name: isAgain ? name + "-again.csv.gz" : name + ".csv.gz", bytes: bytes)
    }
}
