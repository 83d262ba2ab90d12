// SPDX-License-Identifier: Apache-2.0

/// One thing that keeps a network folder from being accepted.
public struct NetworkError: Error, Hashable, Sendable {
    /// What is wrong. The text form is a promise: scripts and people rely on it.
    public enum Code: String, Hashable, Sendable, CaseIterable {
        // The files.
        case missingFile = "missing-file"
        case unknownFile = "unknown-file"
        case missingColumn = "missing-column"
        case duplicateColumn = "duplicate-column"
        case badCSV = "bad-csv"
        case columnCount = "column-count"
        // The fields of a row.
        case emptyValue = "empty-value"
        case unknownValue = "unknown-value"
        case badID = "bad-id"
        case badDate = "bad-date"
        case badNumber = "bad-number"
        case badChannel = "bad-channel"
        case badParameters = "bad-parameters"
        case unknownTimeZone = "unknown-time-zone"
        // What a row refers to.
        case unknownNode = "unknown-node"
        case unknownTerminal = "unknown-terminal"
        case unknownCustomer = "unknown-customer"
        case unknownServicePoint = "unknown-service-point"
        case unknownMeter = "unknown-meter"
        case unknownContract = "unknown-contract"
        // The history.
        case duplicateID = "duplicate-id"
        case emptySpan = "empty-span"
        case overlappingSpans = "overlapping-spans"
        case nodeCycle = "node-cycle"
        case noFeeder = "no-feeder"
        case twoBillingMeters = "two-billing-meters"
        case overlappingContracts = "overlapping-contracts"
        case changedContract = "changed-contract"
        case termsGap = "terms-gap"
        case billedTotal = "billed-total"
        case openingConflict = "opening-conflict"
    }

    /// What is wrong.
    public var code: Code
    /// The file of the folder, such as `meters.csv`.
    public var file: String
    /// The line, from 1; 0 where the whole file is meant, or a row already on record.
    public var line: Int
    /// What was found, naming the id and the text as it stood.
    public var found: String
    /// What to do about it.
    public var mend: String

    /// An error from its parts.
    public init(_ code: Code, file: String, line: Int, found: String, mend: String) {
        self.code = code
        self.file = file
        self.line = line
        self.found = found
        self.mend = mend
    }
}

extension NetworkError: CustomStringConvertible {
    /// One line that editors and terminals can follow: `file:line: code: what — mend`.
    public var description: String {
        let place = line == 0 ? file : "\(file):\(line)"
        return "\(place): \(code.rawValue): \(found) — \(mend)"
    }
}

/// Everything that keeps a network folder from being accepted, as far as one pass can tell.
public struct NetworkErrors: Error, Hashable, Sendable {
    /// How many errors are kept; chosen, more than anyone mends in one go.
    public static let limit = 100

    /// The first errors found, at most `limit`.
    public private(set) var errors: [NetworkError] = []
    /// How many more there were.
    public private(set) var omitted = 0

    /// No errors.
    public init() {}

    /// True where nothing was wrong.
    public var isEmpty: Bool { errors.isEmpty }

    /// Takes one more.
    mutating func append(_ error: NetworkError) {
        if errors.count < NetworkErrors.limit { errors.append(error) } else { omitted += 1 }
    }

    /// Takes one more, of a row.
    mutating func append<Row: NetworkRow>(
        _ code: NetworkError.Code, _ row: Row, found: String, mend: String
    ) {
        append(
            NetworkError(
                code, file: Row.table.fileName, line: row.context.line, found: found, mend: mend))
    }
}

extension NetworkErrors: CustomStringConvertible {
    /// One line per error, and how many were left out.
    public var description: String {
        let lines = errors.map(\.description)
        return (omitted == 0 ? lines : lines + ["and \(omitted) more"]).joined(separator: "\n")
    }
}
