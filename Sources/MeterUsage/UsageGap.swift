// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Quantities

/// Why a contract's usage cannot be told yet: the reason of a hold.
public struct UsageGap: Error, Hashable, Sendable {
    /// The kind of reason. The text form is a promise: holds carry it.
    public enum Code: String, Hashable, Sendable, CaseIterable {
        /// No meter was in service for a part of the span.
        case noMeter = "no-meter"
        /// The register has no value where the span, or a meter within it, begins.
        case missingStart = "missing-start"
        /// The register has no value where the span, or a meter within it, ends.
        case missingEnd = "missing-end"
        /// The register fell, and not by rolling over.
        case registerDecrease = "register-decrease"
        /// Slots without a billable value.
        case missingIntervals = "missing-intervals"
        /// A meter goes from one kind that is billed to the other within a slot.
        case basisWithinSlot = "basis-within-slot"
        /// One stream of a meter fell silent and another of the same quantity began.
        case streamChanged = "stream-changed"
        /// The tariff names no register for one of its periods.
        case unmappedPeriod = "unmapped-period"
        /// A time-of-use register counted, and the tariff bills none of its periods by it.
        case unmappedRegister = "unmapped-register"
        /// The tariff needs a demand, and there are no intervals to find it in.
        case missingDemand = "missing-demand"
        /// A value too large, or of too many digits, to be counted exactly.
        case outOfRange = "out-of-range"

        /// True where values are missing that a meter can still deliver.
        public var isCuredByReadings: Bool {
            switch self {
            case .missingStart, .missingEnd, .missingIntervals: true
            case .noMeter, .registerDecrease, .basisWithinSlot, .streamChanged, .unmappedPeriod,
                .unmappedRegister, .missingDemand, .outOfRange:
                false
            }
        }
    }

    /// The kind of reason.
    public var code: Code
    /// The quantity or register it is about; nil where it is about none.
    public var obis: ObisCode?
    /// Where it begins; nil where it has no place in time.
    public var at: Instant?
    /// How many values it is about.
    public var count: Int
    /// The time-of-use period it is about; nil where it is about none.
    public var period: String?
    /// The usage it is about, in base units, such as a leap that days cannot be followed over; nil where it
    /// is about none.
    public var amount: Exact?
    /// The streams it is about, in words; nil where it is about none.
    public var streams: String?

    /// The service point it is about, where several count for the contract; else nil.
    public var servicePoint: String?

    /// A reason from its parts.
    public init(
        _ code: Code, obis: ObisCode? = nil, at: Instant? = nil, count: Int = 1,
        period: String? = nil, amount: Exact? = nil, streams: String? = nil
    ) {
        self.code = code
        self.obis = obis
        self.at = at
        self.count = count
        self.period = period
        self.amount = amount
        self.streams = streams
    }

    /// One short sentence for the list of holds, without the time.
    public var detail: String {
        servicePoint.map { "service point \($0): \(reason)" } ?? reason
    }

    private var reason: String {
        let channel = obis?.description ?? "the channel"
        return switch code {
        case .noMeter: "no meter in service"
        case .missingStart: "register \(channel) has no value to begin with"
        case .missingEnd: "register \(channel) has no value to end with"
        case .registerDecrease:
            amount.map {
                "register \(channel) fell or turned, and its days cannot be followed, which leap by \($0)"
            } ?? "register \(channel) fell"
        case .missingIntervals: "\(count) intervals of \(channel) have no value"
        case .basisWithinSlot:
            "the basis of the meter changes within a slot, of which a part would count twice or never"
        case .streamChanged:
            "the meter went from \(streams ?? channel): if that is one stream under a new name, or the "
                + "old one is gone, give the meter a row from that day"
        case .unmappedPeriod: "the tariff names no \(channel) register for '\(period ?? "all")'"
        case .unmappedRegister:
            "register \(channel) counted \(amount?.description ?? "?"), and the tariff bills no "
                + "period by it: map it under registers"
        case .missingDemand: "no intervals that the tariff's demand window can be made of"
        case .outOfRange: "\(channel) has values beyond what is counted exactly"
        }
    }
}
