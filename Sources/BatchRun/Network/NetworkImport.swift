// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import MeterModel
import MeterScan
import Quantities
import Store

/// What an import of a network folder did, or would do.
public struct NetworkImportReport: Hashable, Sendable {
    /// How many ids of each table are new, changed or ended.
    public var changed: [NetworkTable: Int] = [:]
    /// What is new, changed or ended; empty for the first import.
    public var changes: [NetworkChange] = []
    /// How many rows each table holds now.
    public var rows: [NetworkTable: Int] = [:]
    /// Issued invoices that rest on what changed: they are listed for correction.
    public var corrections: [ImportCorrection] = []
    /// The change of input that it is; nil for a dry run or where nothing changed.
    public var seq: Int?

    /// A report of nothing.
    public init() {}

    /// A digest of all that it says of an import on a day.
    fileprivate func digest(on day: CivilDay) -> String {
        var fields = [day.description]
        for change in changes {
            fields += [
                change.table.rawValue, change.kind.rawValue, change.id, change.before, change.after,
            ]
        }
        for correction in corrections { fields += [correction.invoice.number, correction.detail] }
        // The length before each field keeps fields from being taken for parts of others.
        return sha256(of: fields.flatMap { Array("\($0.utf8.count):\($0)".utf8) })
    }
}

/// A folder or file that cannot be read.
public struct UnreadableInput: Error, Hashable, Sendable, CustomStringConvertible {
    /// The folder or file.
    public let path: String
    /// What to do.
    public let mend: String

    /// An input from its parts.
    public init(path: String, mend: String) {
        self.path = path
        self.mend = mend
    }

    /// The path and what to do.
    public var description: String { "\(path): cannot be read: \(mend)" }
}

extension TallyStore {
    /// Merges a network folder into the network on record; nothing changes where anything is wrong.
    ///
    /// - Parameters:
    ///   - folder: The folder with `nodes.csv` and the others.
    ///   - full: True where the folder is the whole network: ids it leaves out end on `day`.
    ///   - day: The civil date of the import.
    ///   - liveFrom: Contracts older than this without an opening are held; kept by the first import.
    ///   - dryRun: True to report and change nothing.
    public func importNetwork(
        _ folder: String, full: Bool, on day: CivilDay, liveFrom: CivilDay? = nil, dryRun: Bool,
        by author: ChangeAuthor
    ) throws -> NetworkImportReport {
        let (known, numbers) = try read { (try $0.networkRows(), try $0.networkNumbers()) }
        let isFirst = known == NetworkRows()
        if let liveFrom { try refuseLate(liveFrom, isFirst: isFirst) }
        let imported = try NetworkRows(
            reading: TallyStore.csvFiles(in: folder), scope: isFirst ? .whole : .part)
        var report = NetworkImportReport()
        let rows: NetworkRows
        if isFirst {
            (rows, report.changed) = imported.first()
        } else {
            (rows, report.changes) = known.merging(imported, endingOthersOn: full ? day : nil)
            for change in report.changes { report.changed[change.table, default: 0] += 1 }
        }
        let network = try Network(
            rows, numbers: numbers, importedOn: day, zones: TimeZoneTable.named)
        let before = isFirst ? nil : try loadNetwork()
        if let before {
            report.corrections = try corrections(for: report.changes, before, network)
        }
        for table in NetworkTable.allCases { report.rows[table] = rows.count(of: table) }
        if full { try refuseUnseenEnds(report, on: day, dryRun: dryRun) }
        if dryRun || report.changed.isEmpty { return report }
        let changes = report.changes
        let moved = try before.flatMap { try moves(from: $0, to: network) }
        report.seq = try write { transaction in
            try transaction.replaceNetwork(with: rows)
            try transaction.keep(network.numbers)
            if isFirst {
                let earliest = (0..<network.contractIDs.count).map { network.contract($0).start }
                    .min()
                let kept = try transaction.setting("live_from")
                if let live = liveFrom?.description ?? kept ?? earliest?.description {
                    try transaction.set("live_from", to: live)
                }
            }
            let summary = changes.map { "\($0.table.rawValue) \($0.kind.rawValue) \($0.id)" }
            let seq = try transaction.recordChange(
                by: author, subject: isFirst ? "network" : summary.joined(separator: "; "),
                before: isFirst ? nil : changes.map(\.before).joined(separator: "\n"),
                after: isFirst ? nil : changes.map(\.after).joined(separator: "\n"))
            try transaction.keep(changes.map(\.replaced), replacedBy: seq)
            try transaction.keepImage(of: network, seq: seq)
            try transaction.noteImport(seq: seq)
            // What was shown was of the network as it was.
            try transaction.set("full_import_shown", to: "")
            try moved?.list(in: transaction, seq: seq, network: network)
            for correction in report.corrections {
                try transaction.listForCorrection(
                    invoice: correction.invoice.invoiceID, cause: "network-changed", seq: seq,
                    detail: correction.detail, changes: correction.changes)
            }
            return seq
        }
        return report
    }

    /// Keeps for the first import from when on contracts are billed here.
    public func keepLiveFrom(_ day: CivilDay) throws {
        try refuseLate(day, isFirst: try read { try $0.networkRows() } == NetworkRows())
        try write { try $0.set("live_from", to: day.description) }
    }

    /// The day is content from the first import on: bills rest on it.
    private func refuseLate(_ day: CivilDay, isFirst: Bool) throws {
        if isFirst { return }
        let kept = try read { try $0.setting("live_from") }
        if kept != day.description { throw LateLiveFrom(day: kept ?? "") }
    }

    /// The blocks of readings whose feeder an import changes, written and not yet listed.
    private func moves(from before: Network, to network: Network) throws -> MovedBlocks? {
        let moves = try FeederMoves(from: before, to: network, in: self)
        // Parts that are listed and not settled yet would stay where they are.
        if moves.changesFeeders, let unfinished = try read({ try $0.interruptedDelivery() }) {
            throw UnfinishedDelivery(delivery: unfinished.delivery)
        }
        if moves.departures.isEmpty { return nil }
        return try moves.write(to: self)
    }

    /// Refuses a full import that would end anything, as one of a lost file would, unless a dry run of
    /// the same day has shown just that, with every other change and correction, since the last import.
    private func refuseUnseenEnds(_ report: NetworkImportReport, on day: CivilDay, dryRun: Bool)
        throws
    {
        let ended = report.changes.filter { $0.kind == .ended }
        guard let first = ended.first else { return }
        let shown = report.digest(on: day)
        if dryRun {
            try write { try $0.set("full_import_shown", to: shown) }
        } else if try read({ try $0.setting("full_import_shown") }) != shown {
            throw UnseenEnds(
                table: first.table, count: ended.count { $0.table == first.table }, day: day)
        }
    }

    private static func csvFiles(in folder: String) throws -> [NetworkRows.File] {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
            throw UnreadableInput(path: folder, mend: "give the folder that holds nodes.csv")
        }
        guard NetworkTable.allCases.contains(where: { names.contains("\($0.rawValue).csv") }) else {
            throw UnreadableInput(
                path: folder,
                mend: "it holds no nodes.csv, meters.csv, contracts.csv or other file of a network")
        }
        return try names.filter { $0.hasSuffix(".csv") && !$0.hasPrefix(".") }.sorted().map {
            name in
            guard let data = FileManager.default.contents(atPath: folder + "/" + name) else {
                throw UnreadableInput(path: folder + "/" + name, mend: "check its permissions")
            }
            return (name: name, bytes: [UInt8](data))
        }
    }
}

/// A day from which contracts are billed that comes after the first import.
public struct LateLiveFrom: Error, Hashable, Sendable, CustomStringConvertible {
    /// The day that holds.
    public let day: String

    /// What holds and what to do.
    public var description: String {
        "contracts are billed from \(day) on since the first import: leave out --live-from"
    }
}

/// A full import that would end ids and that nobody has looked at.
public struct UnseenEnds: Error, Hashable, Sendable, CustomStringConvertible {
    /// The table.
    public let table: NetworkTable
    /// How many of its ids would end.
    public let count: Int
    /// The day on which they would end.
    public let day: CivilDay

    /// What is refused and what to do.
    public var description: String {
        "\(table.rawValue).csv leaves out \(count) ids, which --full would end on \(day): "
            + "look at them with --full --dry-run --as-of \(day), then import again"
    }
}

extension NetworkRows {
    /// How many rows a table has.
    public func count(of table: NetworkTable) -> Int {
        switch table {
        case .nodes: nodes.count
        case .terminals: terminals.count
        case .customers: customers.count
        case .servicePoints: servicePoints.count
        case .meters: meters.count
        case .contracts: contracts.count
        case .contractPoints: contractPoints.count
        case .registerReads: registerReads.count
        case .opening: opening.count
        }
    }
}
