// SPDX-License-Identifier: Apache-2.0

/// The made-up branch: which meters hang on which feeder, and which terminal reads them.
///
/// Meters are numbered from 0; every node of the tree holds a run of neighbouring numbers, so the
/// tree is a few arithmetic rules and takes no memory per meter.
struct Branch {
    /// What one terminal sends.
    enum Sending: Hashable {
        case intervalLong, registerDaily, nem12

        /// The clock of the service points behind such a terminal.
        var timeZone: String { self == .nem12 ? "Australia/Brisbane" : "Asia/Shanghai" }
    }

    /// A run of meters that send the same format; a district of the branch.
    struct District {
        let sending: Sending
        let meters: Range<Int>
        let feeders: Range<Int>
        let terminals: Range<Int>
    }

    /// A feeder, its meters and its transformers.
    struct Feeder {
        let meters: Range<Int>
        let district: Int
        let transformers: Range<Int>
    }

    /// A terminal, the meters it reads and what it sends.
    struct Terminal {
        let meters: Range<Int>
        let sending: Sending
        /// The lowest node above all its meters.
        let node: Node
    }

    /// A node of the tree, by its number within its kind.
    enum Node: Hashable {
        case company, district(Int), station(Int), feeder(Int), transformer(Int)
    }

    /// How many feeders leave one station.
    private static let feedersPerStation = 10
    /// How many meters one transformer serves.
    private static let metersPerTransformer = 100

    private(set) var districts: [District] = []
    private(set) var feeders: [Feeder] = []
    private(set) var terminals: [Terminal] = []
    /// The feeders of each station. Shape: `[station]`.
    private(set) var stations: [Range<Int>] = []

    /// The branch of this plan.
    init(_ plan: GenerationPlan) {
        let sendings: [Sending] =
            switch plan.format {
            case .intervalLong: [.intervalLong]
            case .registerDaily: [.registerDaily]
            case .nem12: [.nem12]
            case .mixed: [.intervalLong, .registerDaily, .nem12]
            }
        for (part, sending) in sendings.enumerated() {
            let meters = share(part, of: sendings.count, in: 0..<plan.meters)
            if meters.isEmpty { continue }
            addDistrict(sending, meters: meters, metersPerFile: plan.metersPerFile)
        }
    }

    private mutating func addDistrict(_ sending: Sending, meters: Range<Int>, metersPerFile: Int) {
        let district = districts.count
        let firstFeeder = feeders.count
        // A small branch still has several feeders; a large one has about 2 000 meters on each.
        let feederCount =
            meters.count <= 210
            ? pieces(meters.count, of: 35) : max(6, pieces(meters.count, of: 2000))
        for part in 0..<feederCount {
            let own = share(part, of: feederCount, in: meters)
            let first = feeders.last?.transformers.upperBound ?? 0
            let count = pieces(own.count, of: Self.metersPerTransformer)
            feeders.append(
                Feeder(meters: own, district: district, transformers: first..<first + count))
        }
        let newFeeders = firstFeeder..<feeders.count
        for first in stride(from: firstFeeder, to: feeders.count, by: Self.feedersPerStation) {
            stations.append(first..<min(first + Self.feedersPerStation, feeders.count))
        }
        let firstTerminal = terminals.count
        for first in stride(from: meters.lowerBound, to: meters.upperBound, by: metersPerFile) {
            let own = first..<min(first + metersPerFile, meters.upperBound)
            terminals.append(
                Terminal(meters: own, sending: sending, node: nodeAbove(own, of: district)))
        }
        districts.append(
            District(
                sending: sending, meters: meters, feeders: newFeeders,
                terminals: firstTerminal..<terminals.count))
    }

    /// The transformer of a feeder's meter.
    func transformer(of meter: Int, on feeder: Feeder) -> Int {
        let position = meter - feeder.meters.lowerBound
        let perTransformer = pieces(feeder.meters.count, of: feeder.transformers.count)
        return feeder.transformers.lowerBound + position / perTransformer
    }

    private func nodeAbove(_ meters: Range<Int>, of district: Int) -> Node {
        if let feeder = feeders.firstIndex(where: { $0.meters.contains(meters) }) {
            return .feeder(feeder)
        }
        let station = stations.firstIndex { station in
            feeders[station.lowerBound].meters.lowerBound <= meters.lowerBound
                && feeders[station.upperBound - 1].meters.upperBound >= meters.upperBound
        }
        return station.map(Node.station) ?? .district(district)
    }
}

/// How many pieces of at most `size` make up `count`.
func pieces(_ count: Int, of size: Int) -> Int { (count + size - 1) / size }

/// The `part`-th of `parts` nearly equal pieces of a range.
func share(_ part: Int, of parts: Int, in range: Range<Int>) -> Range<Int> {
    range.lowerBound + range.count * part / parts..<range.lowerBound + range.count * (part + 1)
        / parts
}
