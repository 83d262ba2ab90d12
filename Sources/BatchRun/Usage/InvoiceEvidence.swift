// SPDX-License-Identifier: Apache-2.0

import BillInvoice
import MeterBlocks
import MeterModel
import MeterUsage
import Quantities
import Store

/// The readings behind an invoice, as they were known when it was computed.
public struct InvoiceEvidence: Sendable {
    /// Interval values of one channel that came in one file, or were estimated by one method.
    public struct Intervals: Hashable, Sendable {
        /// The meter.
        public let meterID: String
        /// The channel, such as `1.8.0` or `1.8.0:E1`.
        public let channel: String
        /// The file; nil for estimates of ours.
        public let file: SourceFile?
        /// The first storage day.
        public internal(set) var firstDay: CivilDay
        /// The last storage day.
        public internal(set) var lastDay: CivilDay
        /// How many values have each quality, such as `A` or `E17`.
        public internal(set) var qualities: [String: Int]
    }

    /// A register value at an end of the usage.
    public struct Register: Hashable, Sendable {
        /// The meter.
        public let meterID: String
        /// The register, such as `1.8.1`.
        public let channel: String
        /// When it stood so, ISO 8601 with offset.
        public let at: String
        /// How it stood, as exact text: before the multiplier, unless it was delivered with it.
        public let value: String
        /// Its quality, or `on-site` for a read that the network folder brought.
        public let quality: String
        /// The file; nil for estimates of ours and reads on site.
        public let file: SourceFile?
    }

    /// A delivered file.
    public struct SourceFile: Hashable, Sendable {
        /// The SHA-256 of its bytes.
        public let sha256: String
        /// The name it first came under.
        public let name: String
    }

    /// Interval values, by meter, channel and first day.
    public internal(set) var intervals: [Intervals] = []
    /// Register values, by meter, register and time.
    public internal(set) var registers: [Register] = []
    /// What checks said of the meters in the period, closed findings too; by meter and time.
    public internal(set) var exceptions: [ExceptionRecord] = []

    /// The evidence of an invoice.
    ///
    /// - Parameter determinants: The invoice's determinants: they tell which channels it used.
    public static func of(
        _ invoice: InvoiceRecord, determinants: [InvoiceDeterminant], in store: TallyStore
    ) throws -> InvoiceEvidence {
        let named = try store.read { try $0.points(ofInvoice: invoice.invoiceID) }
        let network = try store.loadNetwork(
            knownSeq: invoice.knownSeq, contract: invoice.contractID,
            servicePoints: Set(named + [invoice.servicePointID]))
        guard let contract = network.contract(invoice.contractID),
            let start = CivilDay(iso: invoice.periodStart),
            let end = CivilDay(iso: invoice.periodEnd)
        else { return InvoiceEvidence() }
        let zone = network.zones[contract.zone]
        let span = zone.startOfDay(start)..<zone.startOfDay(end)
        let cuts = Set(determinants.map { zone.startOfDay($0.partStart) } + [span.upperBound])
        var reading = EvidenceReading(
            store: store, network: network, knownSeq: invoice.knownSeq,
            wanted: BilledChannels(determinants))
        for point in contract.servicePoints {
            let counts = contract.points.filter { $0.servicePoint == point }
                .map { $0.span.clamped(to: span) }.filter { !$0.isEmpty }
            guard let first = counts.map(\.lowerBound).min(),
                let end = counts.map(\.upperBound).max()
            else { continue }
            try reading.read(
                network.meterSpans(atServicePoint: point, within: first..<end),
                within: first..<end, cuts: cuts)
        }
        return reading.evidence
    }
}
