// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Quantities

/// The tariffs of a folder and the series beside them.
public struct TariffFolder: Sendable {
    /// A tariff and the file it was read from.
    public struct Entry: Sendable {
        /// The path of the file.
        public let file: String
        /// The text that the tariff was read from, whose bytes are hashed: the file's, as it is, or what
        /// stands for a URDB record.
        public let text: String
        /// The tariff.
        public let tariff: Tariff

        /// An entry from its parts.
        public init(file: String, text: String, tariff: Tariff) {
            self.file = file
            self.text = text
            self.tariff = tariff
        }
    }

    /// The tariffs, sorted by path.
    public let entries: [Entry]
    /// The series of `series/*.csv`.
    public let series: SeriesSet

    /// A folder from its parts.
    public init(entries: [Entry], series: SeriesSet) {
        self.entries = entries
        self.series = series
    }

    /// Reads every `*.yaml` and `*.urdb.json` of a folder and every `series/*.csv` in it.
    ///
    /// - Parameter sha256: Gives the SHA-256 of bytes as hexadecimal text.
    /// - Throws: Every problem of every file.
    public static func load(
        _ folder: String, sha256: ([UInt8]) -> String
    ) throws(TariffProblems) -> TariffFolder {
        let names = try names(in: folder, suffixes: [".yaml", ".yml", Urdb.ending])
            .filter { !$0.hasSuffix(Urdb.decisionsEnding) }
        return try load(files: names.map { "\(folder)/\($0)" }, sha256: sha256)
    }

    /// Reads some tariff files, and the series beside each of them; decisions stand for their record.
    ///
    /// - Parameter onlyNeeded: True for those series only that the tariffs look anything up in.
    public static func load(
        files: [String], onlyNeeded: Bool = false, sha256: ([UInt8]) -> String
    ) throws(TariffProblems) -> TariffFolder {
        var entries: [Entry] = []
        var problems: [TariffProblem] = []
        for file in Set(files.map(Urdb.tariffFile)).sorted() {
            do throws(TariffProblems) {
                let (text, kept) = try source(of: file)
                let tariff: Tariff
                do throws(TariffProblems) {
                    tariff = try Tariff.parse(text, file: file, sha256: sha256(kept))
                } catch {
                    throw file.hasSuffix(Urdb.ending) ? error.inRecord(text) : error
                }
                let entry = Entry(
                    file: file, text: String(decoding: kept, as: UTF8.self), tariff: tariff)
                entries.append(entry)
            } catch { problems += error.problems }
        }
        var series: [Series] = []
        let needed =
            onlyNeeded
            ? entries.reduce(into: Set()) { $0.formUnion($1.tariff.requiredSeries) } : nil
        for folder in Set(files.map(directory)).sorted() {
            do throws(TariffProblems) {
                series += try loadSeries("\(folder)/series", needed)
            } catch { problems += error.problems }
        }
        problems += overlaps(entries)
        guard problems.isEmpty else { throw TariffProblems(problems) }
        return TariffFolder(entries: entries, series: SeriesSet(series))
    }

    /// The version of a tariff that is valid on a day; nil where there is none.
    public func tariff(_ id: String, on day: CivilDay) -> Tariff? {
        entries.first { $0.tariff.id == id && $0.tariff.isValid(on: day) }?.tariff
    }

    /// The text of a tariff or series file, without its byte order mark.
    public static func text(of file: String) throws(TariffProblems) -> String {
        try text(try bytes(of: file), file: file)
    }

    /// The tariff that a file holds: its text, or what stands for a URDB record with the decisions
    /// beside it.
    public static func tariffText(of file: String) throws(TariffProblems) -> String {
        try source(of: file).text
    }

    /// The text of the tariff that a file holds, and the bytes that are kept of it.
    private static func source(
        of file: String
    ) throws(TariffProblems) -> (text: String, kept: [UInt8]) {
        let bytes = try bytes(of: file)
        let text = try text(bytes, file: file)
        guard file.hasSuffix(Urdb.ending) else { return (text, bytes) }
        let beside = Urdb.decisionsFile(of: file)
        let decisions: (text: String, file: String)? =
            FileManager.default.fileExists(atPath: beside)
            ? (try self.text(of: beside), beside) : nil
        let tariff = try Urdb.tariffText(of: text, file: file, decisions: decisions)
        return (tariff, Array(tariff.utf8))
    }

    /// - Parameter needed: The series that are read; nil for all.
    private static func loadSeries(
        _ folder: String, _ needed: Set<String>?
    ) throws(TariffProblems) -> [Series] {
        guard FileManager.default.fileExists(atPath: folder) else { return [] }
        var series: [Series] = []
        for name in try names(in: folder, suffixes: [".csv"])
        where needed?.contains(String(name.dropLast(4))) ?? true {
            let file = "\(folder)/\(name)"
            let text = try text(of: file)
            series.append(try Series.parse(text, id: String(name.dropLast(4)), file: file))
        }
        return series
    }

    /// Versions of one tariff of which two are valid on the same day.
    private static func overlaps(_ entries: [Entry]) -> [TariffProblem] {
        var problems: [TariffProblem] = []
        for (index, later) in entries.enumerated() {
            for earlier in entries[..<index] where earlier.tariff.overlaps(later.tariff) {
                problems.append(
                    TariffProblem(
                        file: later.file, position: .start, code: .overlappingVersions,
                        what:
                            "\(later.tariff.id) \(later.tariff.version) is valid on days on which "
                            + "\(earlier.tariff.version) of \(earlier.file) is",
                        mend: "end the earlier one with valid_to"))
            }
        }
        return problems
    }

    private static func names(
        in folder: String, suffixes: [String]
    ) throws(TariffProblems) -> [String] {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
            throw unreadable(folder, "the folder cannot be read", "check its name and rights")
        }
        return names.filter { name in
            suffixes.contains(where: name.hasSuffix) && !name.hasPrefix(".")
        }
        .sorted()
    }

    private static func bytes(of file: String) throws(TariffProblems) -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: file) else {
            throw unreadable(file, "the file cannot be read", "check its name and rights")
        }
        return [UInt8](data)
    }

    private static func text(_ bytes: [UInt8], file: String) throws(TariffProblems) -> String {
        // A byte order mark is no part of the text.
        let body = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
        guard let text = String(validating: body, as: UTF8.self) else {
            throw unreadable(file, "the file is not UTF-8", "save it as UTF-8")
        }
        return text
    }

    private static func unreadable(_ file: String, _ what: String, _ mend: String) -> TariffProblems
    {
        TariffProblems([
            TariffProblem(
                file: file, position: .start, code: .unreadableFile, what: what, mend: mend)
        ])
    }

    private static func directory(_ file: String) -> String {
        guard let slash = file.lastIndex(of: "/") else { return "." }
        return slash == file.startIndex ? "/" : String(file[..<slash])
    }
}

extension Tariff {
    /// Whether both are versions of one tariff with a day on which both are valid.
    fileprivate func overlaps(_ other: Tariff) -> Bool {
        id == other.id && (validTo.map { other.validFrom < $0 } ?? true)
            && (other.validTo.map { validFrom < $0 } ?? true)
    }
}
