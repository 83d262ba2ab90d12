// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import BatchRun
import BillTariff

/// `tallywatt tariff import-urdb`: a URDB record as a tariff file.
struct ImportUrdbCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import-urdb",
        abstract: "Write a record of the OpenEI Utility Rate Database as a tariff file.",
        discussion: """
            The record is one rate as JSON, in NAME.urdb.json. What it leaves open is settled in \
            NAME.decisions.yaml beside it; everything that is missing there is listed at once. The tariff \
            file goes to stdout and holds the record, unchanged.
            """)

    @OptionGroup var global: GlobalOptions
    @Argument(help: "The record, NAME.urdb.json.") var file: String

    func validate() throws {
        guard file.hasSuffix(Urdb.ending) else {
            throw ValidationError("The name of a record ends in \(Urdb.ending), not '\(file)'.")
        }
    }

    func run() throws {
        let text = try TariffFolder.tariffText(of: file)
        // What is written must be a tariff, or say what keeps it from being one.
        _ = try Tariff.parse(text, file: file, sha256: "")
        Output.result(text)
    }
}

/// `tallywatt tariff export-urdb`: the record that a tariff file holds.
struct ExportUrdbCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export-urdb",
        abstract: "Write the URDB record that a tariff file was made of.")

    @OptionGroup var global: GlobalOptions
    @Argument(help: "A tariff file that import-urdb wrote, or a record.") var file: String

    func run() throws {
        let text = try TariffFolder.tariffText(of: file)
        guard let record = try Urdb.record(in: text, file: file) else {
            throw UnreadableInput(
                path: file, mend: "it holds no record of URDB: give a file that import-urdb wrote")
        }
        Output.result(record)
    }
}
