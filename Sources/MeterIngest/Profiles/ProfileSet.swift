// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// The delimited profiles that a run knows, in the order in which they are tried.
public struct ProfileSet: Hashable, Sendable {
    /// Profiles; the one that asks most of a header comes first, a person's before ours.
    public let profiles: [DelimitedProfile]

    /// The built-in profiles alone.
    public static let builtIn = ProfileSet(own: [])

    /// A person's profiles and the built-in ones; a built-in of the same name is replaced.
    public init(own: [DelimitedProfile]) {
        let shipped = ProfileSet.builtInTexts.map { name, yaml in
            do throws(ProfileError) {
                return try DelimitedProfile(yaml: yaml, file: name)
            } catch {
                preconditionFailure("a built-in profile reads: \(error)")
            }
        }
        let names = Set(own.map(\.name))
        let sortedOwn = own.sorted { $0.name < $1.name }
        let all = sortedOwn + shipped.filter { !names.contains($0.name) }
        // The sort is stable, so equal demands keep a person's profiles first, by name.
        profiles = all.enumerated()
            .sorted { ($1.element.demand, $0.offset) < ($0.element.demand, $1.offset) }
            .map(\.element)
    }

    /// The built-in profiles and every `*.yaml` of a folder, in the order of names.
    public init(folder: String) throws(ProfileError) {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder)
                .filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }
                .filter { !$0.hasPrefix(".") }.sorted()
        } catch {
            throw ProfileError(
                file: folder, line: 0, column: 0, problem: "the folder cannot be read",
                mend: "give a folder of profile files")
        }
        var own: [DelimitedProfile] = []
        var files: [String: String] = [:]
        var marks: [DelimitedProfile.Mark: String] = [:]
        for name in names {
            let path = folder + "/" + name
            guard let data = FileManager.default.contents(atPath: path),
                let yaml = String(validating: data, as: UTF8.self)
            else {
                throw ProfileError(
                    file: path, line: 0, column: 0, problem: "the file cannot be read",
                    mend: "save it as UTF-8 text")
            }
            let profile = try DelimitedProfile(yaml: yaml, file: path)
            if let other = files[profile.name] {
                throw ProfileError(
                    file: path, line: 1, column: 1,
                    problem: "the name '\(profile.name)' is taken by \(other)",
                    mend: "give each profile its own name")
            }
            if let other = marks[profile.mark] {
                throw ProfileError(
                    file: path, line: 1, column: 1,
                    problem: "nothing tells its files from those of \(other)",
                    mend: "name a column under detect that the header of one of them has")
            }
            files[profile.name] = path
            marks[profile.mark] = path
            own.append(profile)
        }
        self.init(own: own)
    }
}

extension DelimitedProfile {
    /// What files are told by: profiles of one mark would be taken for each other.
    fileprivate struct Mark: Hashable {
        var separator: UInt8
        var names: Set<String>
        var values: ValueColumns?
        var isNamedByUnit: Bool
        /// Of files without a header.
        var columns: Int?
        var timeFormat: TimeFormat?
    }

    fileprivate var mark: Mark {
        guard headerlessColumns == nil else {
            return Mark(
                separator: separator, names: [], values: nil, isNamedByUnit: false,
                columns: headerlessColumns, timeFormat: timeFormat)
        }
        return Mark(
            separator: separator, names: Set(neededColumns.map { "\($0)" } + detect),
            values: columns.values, isNamedByUnit: unit == .header, columns: nil, timeFormat: nil)
    }

    /// The columns that a file must have, but for those of values by time.
    private var neededColumns: [Column] {
        let single = [
            columns.meter, columns.timestamp, columns.time, columns.value, columns.quality,
            columns.channel,
        ]
        return (single.compactMap(\.self) + columns.registers.map(\.column))
            .filter { !$0.isOptional }
    }

    /// How much a header must hold to be taken for this format.
    fileprivate var demand: Int {
        detect.count + neededColumns.count + (columns.values?.count ?? 0)
    }
}

extension DelimitedProfile.Column {
    /// True where a file may lack the column.
    var isOptional: Bool {
        if case .named(_, optional: true) = self { true } else { false }
    }
}
