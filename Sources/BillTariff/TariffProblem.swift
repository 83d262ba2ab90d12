// SPDX-License-Identifier: Apache-2.0

/// A place in a text that people wrote; lines and columns count from 1.
public struct SourcePosition: Hashable, Sendable, Comparable {
    /// The line.
    public let line: Int
    /// The column, in Unicode scalars.
    public let column: Int

    /// A place from its parts.
    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    /// The start of a text.
    public static let start = SourcePosition(line: 1, column: 1)

    /// The earlier place comes first.
    public static func < (left: SourcePosition, right: SourcePosition) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }
}

/// One thing that is wrong in a tariff file or a series, and how to mend it.
public struct TariffProblem: Error, Hashable, Sendable {
    /// What kind of problem it is. Stable: documented in `docs/tariffs.md`, each with a test.
    public enum Code: String, Hashable, Sendable, CaseIterable {
        /// The file is not there or cannot be read as UTF-8.
        case unreadableFile = "unreadable-file"
        /// The text is not YAML.
        case syntax = "yaml-syntax"
        /// A mapping has the same key twice.
        case duplicateKey = "duplicate-key"
        /// A key that the language does not have.
        case unknownKey = "unknown-key"
        /// An anchor or alias (`&a`, `*a`).
        case alias = "alias"
        /// An explicit type (`!!str`).
        case explicitTag = "explicit-tag"
        /// A list where a word belongs, and the like.
        case wrongShape = "wrong-shape"
        /// A key that is always needed is absent.
        case missingKey = "missing-key"
        /// The rules leave something open that the file must name.
        case undecided = "undecided"
        /// A value that cannot be read or does not make sense.
        case badValue = "bad-value"
        /// A charge, parameter or period that the file does not define.
        case unknownReference = "unknown-reference"
        /// Two charges or periods of one name, or a name the language uses itself.
        case takenName = "taken-name"
        /// A rule that an earlier rule always hides.
        case unreachable = "unreachable"
        /// A parameter that no charge uses.
        case unusedParameter = "unused-parameter"
        /// Two versions of one tariff that are valid on the same day.
        case overlappingVersions = "overlapping-versions"
        /// A series that is not loaded.
        case missingSeries = "missing-series"
        /// A column or kind of day that a series does not have.
        case missingColumn = "missing-column"
        /// A series of days where one of instants belongs, or the other way round.
        case wrongSeries = "wrong-series"
        /// Days inside a series for which it has no row.
        case seriesGap = "series-gap"
        /// A price per kWh that looks as if it were per MWh, or in hundredths of the currency.
        case unitSlip = "unit-slip"
        /// A version that has billed, with another content than the file has now.
        case changedVersion = "changed-version"
        /// One of the tariff's own examples gives another result.
        case exampleFailed = "example-failed"
    }

    /// The file as the caller named it.
    public let file: String
    /// Where in the file.
    public let position: SourcePosition
    /// What kind of problem it is.
    public let code: Code
    /// What was found.
    public let what: String
    /// What to do about it.
    public let mend: String

    /// A problem from its parts.
    public init(
        file: String, position: SourcePosition, code: Code, what: String, mend: String
    ) {
        self.file = file
        self.position = position
        self.code = code
        self.what = what
        self.mend = mend
    }
}

extension TariffProblem: CustomStringConvertible {
    /// One line that editors and terminals can follow: `file:line:column: code: what — mend`.
    public var description: String {
        "\(file):\(position.line):\(position.column): \(code.rawValue): \(what) — \(mend)"
    }
}

/// Everything that is wrong with some files; it stops before any work that would use them.
public struct TariffProblems: Error, Hashable, Sendable, CustomStringConvertible {
    /// At least one problem, file by file and in the order of each.
    public let problems: [TariffProblem]

    /// The problems of files, put in order.
    public init(_ problems: [TariffProblem]) {
        self.problems = problems.sorted { ($0.file, $0.position) < ($1.file, $1.position) }
    }

    /// One line per problem.
    public var description: String {
        problems.map(\.description).joined(separator: "\n")
    }
}
