// SPDX-License-Identifier: Apache-2.0

import Quantities

/// Why a register was read outside the usual deliveries.
public enum RegisterReadKind: String, Hashable, Sendable, CaseIterable {
    case install, remove, opening, special, reset
}

/// A row of `register_reads.csv`: how a register stood when someone touched the meter.
public struct RegisterReadRow: NetworkRow {
    static let table = NetworkTable.registerReads
    /// The meter.
    public var meterID: String
    /// The register that was read.
    public var channel: Channel
    /// When.
    public var at: NetworkMoment
    /// Why.
    public var kind: RegisterReadKind
    /// How it stood, before the multiplier.
    public var value: Exact
    /// Line, span and further columns.
    public var context: RowContext

    init(_ reader: inout RowReader) {
        meterID = reader.required("meter_id")
        let written = reader.required("channel")
        if let known = Channel(written, kind: .register) {
            channel = known
        } else {
            channel = Channel(.activeImport, .register)
            if !written.isEmpty {
                reader.refuse(
                    .badChannel, "channel '\(written)' is not a register",
                    mend: "write an OBIS code such as 1.8.0")
            }
        }
        at = reader.requiredMoment("at")
        kind = reader.choice("kind") ?? .special
        value = reader.required("value").isEmpty ? .zero : reader.decimal("value") ?? .zero
        context = reader.context()
    }

    /// Each read is a record of its own: an import adds to those of the meter.
    var id: String { "\(meterID) \(channel) \(at) \(kind.rawValue)" }

    /// The meter of a read's id, which may have spaces of its own.
    public static func meterID(ofRead id: String) -> String {
        id.split(separator: " ", omittingEmptySubsequences: false).dropLast(3)
            .joined(separator: " ")
    }

    var fields: [(column: String, value: String)] {
        [
            ("meter_id", meterID), ("channel", channel.description), ("at", at.description),
            ("kind", kind.rawValue), ("value", value.description),
        ]
    }
}

/// A row of `opening.csv`: what an earlier system billed and counted before we took over.
public struct OpeningRow: NetworkRow {
    static let table = NetworkTable.opening
    /// The contract.
    public var id: String
    /// The day up to which the contract was billed, not included.
    public var billedThrough: NetworkMoment
    /// What the value is, such as `year_to_date.import.kwh`; empty where the row only says how far was billed.
    public var key: String
    /// The value; 0 where there is no key.
    public var value: Exact
    /// Line, span and further columns.
    public var context: RowContext

    init(_ reader: inout RowReader) {
        id = reader.required("contract_id")
        billedThrough = reader.requiredMoment("billed_through")
        key = reader.text("key")
        if key.isEmpty {
            value = .zero
        } else {
            value = reader.required("value").isEmpty ? .zero : reader.decimal("value") ?? .zero
        }
        context = reader.context()
    }

    var historyKey: String { "\(id)\u{0}\(key)" }

    var fields: [(column: String, value: String)] {
        [
            ("contract_id", id), ("billed_through", billedThrough.description), ("key", key),
            ("value", key.isEmpty ? "" : value.description),
        ]
    }
}
