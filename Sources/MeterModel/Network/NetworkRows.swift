// SPDX-License-Identifier: Apache-2.0

/// The rows of a network, as written: what is kept, merged and shown.
///
/// Rows say what people said; `Network` is what follows from them.
public struct NetworkRows: Hashable, Sendable {
    /// The grid's nodes.
    public var nodes: [NodeRow] = []
    /// The terminals.
    public var terminals: [TerminalRow] = []
    /// The customers.
    public var customers: [CustomerRow] = []
    /// The service points.
    public var servicePoints: [ServicePointRow] = []
    /// The meters.
    public var meters: [MeterRow] = []
    /// The contracts.
    public var contracts: [ContractRow] = []
    /// Further service points of contracts.
    public var contractPoints: [ContractPointRow] = []
    /// Register reads on site.
    public var registerReads: [RegisterReadRow] = []
    /// Where billing began.
    public var opening: [OpeningRow] = []

    /// A file of a network folder.
    public typealias File = (name: String, bytes: [UInt8])

    /// How much of a network a folder must hold.
    public enum Scope: Hashable, Sendable {
        /// All of it: no file may be missing, and what rows refer to must be in it.
        case whole
        /// Some of it, to be merged into a network on record; the result is checked as a whole.
        case part
    }

    /// No rows.
    public init() {}

    /// Reads the files of a folder and checks each row for itself; `Network` checks their history.
    ///
    /// - Parameters:
    ///   - files: The files by name, without the folder; only names ending in `.csv` count.
    ///   - scope: Whether they are a whole network.
    /// - Throws: Everything that is wrong, up to `NetworkErrors.limit` in full.
    public init(reading files: [File], scope: Scope) throws(NetworkErrors) {
        var errors = NetworkErrors()
        let names = Set(NetworkTable.allCases.map(\.fileName))
        for file in files.map(\.name).sorted() where file.hasSuffix(".csv") && !names.contains(file)
        {
            errors.append(
                NetworkError(
                    .unknownFile, file: file, line: 0, found: "not a file of a network folder",
                    mend: "correct its name, or move it out of the folder"))
        }
        var unread: Set<NetworkTable> = []
        nodes = NetworkRows.read(files, scope, &unread, &errors)
        terminals = NetworkRows.read(files, scope, &unread, &errors)
        customers = NetworkRows.read(files, scope, &unread, &errors)
        servicePoints = NetworkRows.read(files, scope, &unread, &errors)
        meters = NetworkRows.read(files, scope, &unread, &errors)
        contracts = NetworkRows.read(files, scope, &unread, &errors)
        contractPoints = NetworkRows.read(files, scope, &unread, &errors)
        registerReads = NetworkRows.read(files, scope, &unread, &errors)
        opening = NetworkRows.read(files, scope, &unread, &errors)
        if scope == .whole { checkReferences(&errors, except: unread) }
        guard errors.isEmpty else { throw errors }
    }

    /// The rows of one table; a table with lines that cannot be read is noted in `unread`.
    private static func read<Row: NetworkRow>(
        _ files: [File], _ scope: Scope, _ unread: inout Set<NetworkTable>,
        _ errors: inout NetworkErrors
    ) -> [Row] {
        let table = Row.table
        func refuse(_ code: NetworkError.Code, line: Int, _ found: String, mend: String) {
            errors.append(
                NetworkError(code, file: table.fileName, line: line, found: found, mend: mend))
        }
        guard let file = files.first(where: { $0.name == table.fileName }) else {
            if scope == .whole, !table.isOptional {
                let header = table.columns.joined(separator: ",")
                refuse(
                    .missingFile, line: 0, "the folder has no \(table.fileName)",
                    mend: "add it, with the header \(header)")
                unread.insert(table)
            }
            return []
        }
        let csv = CSVTable(file.bytes)
        if !csv.faults.isEmpty { unread.insert(table) }
        for fault in csv.faults {
            let (code, found, mend) = describe(fault.kind)
            refuse(code, line: fault.line, found, mend: mend)
        }
        for column in table.columns where !csv.header.contains(column) && !csv.header.isEmpty {
            refuse(.missingColumn, line: 1, "no column \(column)", mend: "add it to the header")
        }
        for (position, column) in csv.header.enumerated()
        where csv.header[..<position].contains(column) {
            refuse(.duplicateColumn, line: 1, "two columns \(column)", mend: "remove one of them")
        }
        if csv.header.isEmpty, csv.faults.isEmpty {
            refuse(
                .missingColumn, line: 1, "the file is empty",
                mend: "write the header \(table.columns.joined(separator: ","))")
        }
        guard csv.header.count == Set(csv.header).count,
            table.columns.allSatisfy(csv.header.contains)
        else {
            unread.insert(table)
            return []
        }
        return rows(csv, &errors)
    }

    private static func describe(
        _ fault: CSVTable.Fault.Kind
    ) -> (code: NetworkError.Code, found: String, mend: String) {
        switch fault {
        case .openQuote: (.badCSV, "a quoted field does not end", "close its quotes")
        case .strayQuote:
            (.badCSV, "a quote inside a field", "quote the whole field and double the quote")
        case .strayReturn:
            (.badCSV, "a carriage return without a line feed", "end lines with a line feed")
        case .nul: (.badCSV, "a NUL byte", "save the file as UTF-8 text")
        case .notUTF8: (.badCSV, "bytes that are not UTF-8", "save the file as UTF-8 text")
        case .longField:
            (
                .badCSV, "a field of more than \(CSVTable.longestField) bytes",
                "shorten it, or close the quotes before it"
            )
        case .fieldCount(let found, let expected):
            (
                .columnCount, "\(found) fields where the header has \(expected)",
                "write one field per column"
            )
        }
    }
}
