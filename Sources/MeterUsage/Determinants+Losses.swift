// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Quantities

extension Determinants {
    /// Energy that was lost between the meter and the point that is billed.
    public struct LostEnergy: Hashable, Sendable {
        /// The loss of the tariff.
        public var loss: String
        /// The energy it was added to.
        public var quantity: UsageQuantity
        /// The time-of-use period; `all` where the tariff has none.
        public var period: String
        /// kWh or kvarh, exact.
        public var amount: Exact

        /// An amount from its parts.
        public init(loss: String, quantity: UsageQuantity, period: String, amount: Exact) {
            self.loss = loss
            self.quantity = quantity
            self.period = period
            self.amount = amount
        }
    }

    /// What was measured of a quantity over all periods, without any loss; nil where it is not there.
    public func measured(_ quantity: UsageQuantity) -> Exact? {
        let known = read.contains { $0.quantity == quantity } ? read : energy
        let own = known.filter { $0.quantity == quantity }
        return own.isEmpty ? nil : own.reduce(Exact.zero) { $0 + $1.amount }
    }

    /// The energies as they were measured, without any loss, and not netted.
    public var measuredEnergy: [EnergyAmount] {
        if isAsMeasured, energy.allSatisfy(\.quantity.isMeasured) { return energy }
        return energy.filter(\.quantity.isMeasured).map { item in
            read.first { $0.quantity == item.quantity && $0.period == item.period } ?? item
        }
    }

    /// True where nothing was added to what was measured, or taken from it.
    public var isAsMeasured: Bool {
        guard case .some(let rare) = rare else { return true }
        return rare.read.isEmpty && rare.losses.isEmpty && rare.bank == nil
    }

    /// Forgets what was added to energy that is about to be written anew, and what was kept of it.
    public mutating func removeLosses() {
        if isAsMeasured { return }
        (read, losses, bank) = ([], [], nil)
    }

    /// What a measured energy is written as where losses were added to it.
    public static let readPrefix = "read."

    /// Gives what was measured, then each loss, as it is written.
    func forEachLoss<Failure: Error>(
        _ body: (Entry) throws(Failure) -> Void
    ) throws(Failure) {
        for item in read {
            try body(
                Entry(
                    quantity: Determinants.readPrefix + item.quantity.rawValue,
                    period: item.period, value: item.amount,
                    unit: item.quantity.obis.baseUnit.rawValue, at: nil))
        }
        for item in losses {
            try body(
                Entry(
                    quantity: "loss.\(item.loss).\(item.quantity.rawValue)", period: item.period,
                    value: item.amount, unit: item.quantity.obis.baseUnit.rawValue, at: nil))
        }
    }
}
