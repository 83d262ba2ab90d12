// SPDX-License-Identifier: Apache-2.0

import Quantities

/// A share of earlier charges that depends on the power factor of the billing period (力率调整电费).
public struct PowerFactorCharge: Hashable, Sendable {
    /// The standard that a power factor is held against.
    public enum Standard: Hashable, Sendable {
        /// The same for all contracts.
        case number(Exact)
        /// That of a parameter.
        case parameter(String)
    }

    /// What a period without any energy does, which has no power factor.
    public enum Idle: String, Hashable, Sendable, CaseIterable {
        /// There is no adjustment.
        case noAdjustment = "no_adjustment"
        /// The bill is held for a person.
        case hold
    }

    /// What it is taken of.
    public let of: ChargeSelection
    /// The reactive energies that together are held against active import.
    public let reactive: [BilledQuantity]
    /// The share by standard and power factor.
    public let table: PowerFactorTable
    /// The standard.
    public let standard: Standard
    /// How the power factor's last hundredth is rounded.
    public let mode: RoundingMode
    /// What a period without any energy does.
    public let idle: Idle
    /// The energies that count with the losses added to them; the others count as they were measured.
    public let withLosses: [BilledQuantity]

    /// Whether the power factor is found in the same way, whatever share it gives of what.
    public func isFound(as other: PowerFactorCharge) -> Bool {
        reactive == other.reactive && mode == other.mode && withLosses == other.withLosses
    }
}

/// Shares by standard and power factor, as regulations print them.
public enum PowerFactorTable: String, Hashable, Sendable, CaseIterable {
    /// 《功率因数调整电费办法》, (83)水电财字第215号: standards 0.90, 0.85 and 0.80.
    case cn1983 = "cn_1983"

    /// The standards it has, in hundredths.
    public var standards: [Int] { [90, 85, 80] }

    /// The share for a power factor, both in hundredths; nil for a standard that it does not have.
    ///
    /// Below the standard half a per cent for each of the first twenty hundredths, one for each of the
    /// next five, then two. Above it a tenth of a per cent for each hundredth up to 0.90 and 0.15 for
    /// each above, until the reward of the standard is reached.
    public func share(of powerFactor: Int, standard: Int) -> Exact? {
        guard standards.contains(standard) else { return nil }
        var share: Int
        if powerFactor < standard {
            let below = standard - powerFactor
            share =
                50 * min(below, 20) + 100 * max(min(below, 25) - 20, 0) + 200 * max(below - 25, 0)
        } else {
            let reward = 10 * (min(powerFactor, 90) - standard) + 15 * max(powerFactor - 90, 0)
            let most = standard == 90 ? 75 : standard == 85 ? 110 : 130
            share = -min(reward, most)
        }
        return Exact(share) / Exact(10_000)
    }
}
