// SPDX-License-Identifier: Apache-2.0

import Quantities

/// One version of a tariff, read from its file and checked: what is charged, for what, and how it
/// is rounded.
///
/// Customer-specific numbers (kVA, persons) are not in it but named by `needs`; prices that change
/// over time stand in series.
public struct Tariff: Hashable, Sendable {
    /// What a batch that names the tariff calls it, such as `cn.xj.turpan.commerce`.
    public let id: String
    /// The name of this version, such as `2026-01`.
    public let version: String
    /// Where the file names it.
    public let versionPosition: SourcePosition
    /// The first day it is valid on.
    public let validFrom: CivilDay
    /// The day from which it is no longer valid; nil while open.
    public let validTo: CivilDay?
    /// The version it takes the place of.
    public let supersedes: String?
    /// What people call it.
    public let name: LocalizedText?
    /// The currency of all its prices.
    public let currency: Currency
    /// The IANA zone whose wall clock its periods follow.
    public let timeZoneName: String
    /// True where the prices are made up to show the form of the tariff.
    public let isIllustrative: Bool
    /// Where the rules and prices come from.
    public let source: String?
    /// The SHA-256 of the file's bytes as hexadecimal text, given by whoever read them.
    public let sha256: String
    /// The parameters a contract must give, in the order of the file.
    public let needs: [Parameter]
    /// How amounts of money are rounded.
    public let rounding: MoneyRounding
    /// True where prices include tax: lines then sum to the total, else to the net.
    public let pricesIncludeTax: Bool
    /// The seasons.
    public let seasons: SeasonPlan
    /// The time-of-use periods.
    public let periods: PeriodPlan
    /// The OBIS code of the register that measures each period of imported energy.
    ///
    /// `all` → `1.8.0` where the tariff has no periods; empty where it has periods but maps none, so
    /// that it can only be billed from intervals.
    public let registerOfPeriod: [String: String]
    /// What happens where a register read comes after billed estimates; nil only where the tariff
    /// cannot bill registers.
    public let trueUp: TrueUp?
    /// What is added to measured energy before it is priced, in the order in which it is added.
    public let losses: [EnergyLoss]
    /// How export is held against import; nil where it is not.
    public let netMetering: NetMetering?
    /// The charges, in the order of the file and of the invoice lines.
    public let charges: [Charge]
    /// The tariff's own tests.
    public let examples: [TariffExample]
}

extension Tariff {
    /// The measured quantities that its charges multiply, or that their demand is the mean of.
    public var requiredQuantities: Set<BilledQuantity> {
        var quantities = Set(charges.flatMap(\.kind.quantities))
        for loss in losses { quantities.formUnion(loss.neededQuantities) }
        if netMetering != nil {
            quantities = quantities.filter(\.isMeasured).union([.activeImport, .activeExport])
        }
        let units =
            demandMeasures.map(\.unit) + charges.compactMap(\.kind.coincidentDemand?.unit)
        if !units.isEmpty { quantities.insert(.activeImport) }
        if units.contains(where: { $0 != .kilowatts }) { quantities.insert(.reactiveImport) }
        return quantities
    }

    /// The energies that are billed by one that was measured: with its losses, and netted.
    public func quantities(restingOn measured: BilledQuantity) -> Set<BilledQuantity> {
        var found: Set = [measured]
        for loss in losses where !loss.neededQuantities.isDisjoint(with: found) {
            found.formUnion(loss.quantities)
        }
        if netMetering != nil, !found.isDisjoint(with: [.activeImport, .activeExport]) {
            found.formUnion([.net, .expired])
        }
        return found
    }

    /// What is measured of demand, each measure once, in the order of the charges.
    public var demandMeasures: [DemandMeasure] {
        charges.reduce(into: []) { found, charge in
            guard let measure = charge.kind.demand?.measure, !found.contains(measure) else {
                return
            }
            found.append(measure)
        }
    }

    /// How many months before a billing period charges look back for earlier peaks; 0 for none.
    public var demandMonthsBack: Int {
        charges.lazy.compactMap { $0.kind.demandHistory?.months }.max() ?? 0
    }

    /// True where charges look back for earlier peaks of single periods.
    public var looksBackByPeriod: Bool {
        charges.contains { charge in
            guard case .demand(let kind) = charge.kind, case .ratchet(let ratchet) = kind.history
            else { return false }
            return ratchet.scope != .all && kind.scope != .all
        }
    }

    /// Which calendar year a billing period belongs to; nil where no charge counts by year.
    public var yearAttribution: YearAttribution? {
        charges.lazy.compactMap(\.kind.yearAttribution).first
    }

    /// True where limits of a calendar year shrink to the days that a contract has in it.
    public var hasYearlyLimitsByDays: Bool {
        charges.contains { charge in
            if case .tiers(let tiers) = charge.kind, case .calendarYear = tiers.cycle {
                tiers.limits == .byDays
            } else {
                false
            }
        }
    }

    /// The identifiers of the series that its charges and periods look up.
    public var requiredSeries: Set<String> {
        var found = Set(charges.flatMap { $0.kind.seriesPrices.map(\.series) })
        found.formUnion(charges.compactMap(\.kind.intervalPrice?.series))
        found.formUnion(charges.compactMap(\.kind.coincidentDemand?.series))
        if let calendar = periods.dayKindSeries { found.insert(calendar) }
        return found
    }

    /// Whether it is valid on one of some days.
    public func isValid(within days: Range<CivilDay>) -> Bool {
        validFrom < days.upperBound && (validTo.map { days.lowerBound < $0 } ?? true)
    }

    /// Whether it is valid on a day.
    public func isValid(on day: CivilDay) -> Bool {
        validFrom <= day && (validTo.map { day < $0 } ?? true)
    }
}

/// A measured or netted quantity that charges multiply, under the name that tariff files use.
public enum BilledQuantity: String, Hashable, Sendable, CaseIterable {
    /// Active energy drawn by the customer.
    case activeImport = "import.kwh"
    /// Active energy fed in by the customer.
    case activeExport = "export.kwh"
    /// Reactive energy, import direction.
    case reactiveImport = "reactive_import.kvarh"
    /// Reactive energy, export direction.
    case reactiveExport = "reactive_export.kvarh"
    /// What is left of import after export and what earlier bills kept.
    case net = "net.kwh"
    /// What was kept and expired.
    case expired = "expired.kwh"

    /// True where meters tell it; else it is netted from what they do.
    public var isMeasured: Bool { self != .net && self != .expired }

    /// The unit it is billed in.
    public var unit: String {
        switch self {
        case .activeImport, .activeExport, .net, .expired: "kWh"
        case .reactiveImport, .reactiveExport: "kvarh"
        }
    }
}

/// What happens where a register read comes after estimates that were billed.
public enum TrueUp: String, Hashable, Sendable, CaseIterable {
    /// The next bill takes the difference.
    case nextBill = "next_bill"
    /// The estimated bills are credited and the whole span is billed again.
    case rebillSpan = "rebill_span"
}

/// A text in the languages the file gives.
public struct LocalizedText: Hashable, Sendable {
    /// Chinese.
    public let zh: String?
    /// English.
    public let en: String?

    /// A text in one or both languages.
    public init(zh: String?, en: String?) {
        self.zh = zh
        self.en = en
    }

    /// Both languages side by side where both are given.
    public var sideBySide: String {
        [zh, en].compactMap(\.self).joined(separator: " / ")
    }
}

/// How amounts of money are rounded.
public struct MoneyRounding: Hashable, Sendable {
    /// Where the rounding happens.
    public enum Place: String, Hashable, Sendable, CaseIterable {
        /// Every line is rounded and the invoice is their sum.
        case line
        /// The sum is rounded, and lines are apportioned to it by largest remainder.
        case invoice
    }

    /// The step in minor units of the currency: 1 for a cent, 5 for five.
    public let stepMinor: Int64
    /// How a remainder is treated.
    public let mode: RoundingMode
    /// Where it happens.
    public let place: Place
}
