// SPDX-License-Identifier: Apache-2.0

import Quantities

/// Energy that is lost between the meter and the point that is billed, and is added to what was
/// measured before anything is priced (变损, 线损; line loss factor).
public struct EnergyLoss: Hashable, Sendable {
    /// How much is lost.
    public enum Method: Hashable, Sendable {
        /// A share of the energy.
        case rate(LossRate)
        /// The same amount, whatever the energy.
        case fixed(FixedLoss)
        /// What a transformer loses by its load and without any.
        case transformer(TransformerLoss)
    }

    /// Which energy it is computed from.
    public enum Base: String, Hashable, Sendable, CaseIterable {
        /// What was measured.
        case read
        /// What was measured, with the losses that stand above.
        case withLossesAbove = "with_losses_above"
    }

    /// How a loss is shared out over time-of-use periods.
    public enum Spread: String, Hashable, Sendable, CaseIterable {
        /// By the energy of the periods, exactly.
        case exact
        /// By the energy of the periods, in whole steps of its rounding.
        case largestRemainder = "largest_remainder"
    }

    /// The period that takes a loss where no period has energy.
    public enum Idle: Hashable, Sendable {
        /// None: the bill is held for a person.
        case hold
        /// This one.
        case period(String)
    }

    /// What determinants call it.
    public let id: String
    /// All must hold for it to be added.
    public let conditions: [Condition]
    /// How much is lost.
    public let method: Method
    /// Which energy it is computed from.
    public let base: Base
    /// How it is rounded; nil where it stays exact.
    public let rounding: StepRounding?
    /// How it is shared out over periods; nil where the tariff has none, or each has a loss of its own.
    public let spread: Spread?
    /// Which period takes it where none has energy; nil where there is none to take then.
    public let idle: Idle?
    /// Where it stands in the file.
    public let position: SourcePosition

    /// The energies that it is added to.
    public var quantities: [BilledQuantity] {
        switch method {
        case .rate(let loss): [loss.quantity]
        case .fixed(let loss): [loss.quantity]
        case .transformer(let loss):
            loss.reactiveLoss == nil ? [.activeImport] : [.activeImport, .reactiveImport]
        }
    }

    /// The energies that it is computed from or added to.
    public var neededQuantities: Set<BilledQuantity> {
        guard case .transformer(let loss) = method else { return Set(quantities) }
        return Set(quantities + loss.reactive)
    }

    /// True where each interval has its own share of it, so that prices per interval can be applied.
    public var isKnownPerInterval: Bool {
        guard case .rate(let loss) = method, rounding == nil else { return false }
        return loss.ratesByPeriod.isEmpty
    }

    /// The parameters it uses.
    var parameters: [String] {
        let numbers: [ContractNumber] =
            switch method {
            case .rate(let loss): [loss.rate].compactMap(\.self)
            case .fixed(let loss): [loss.amount]
            case .transformer(let loss):
                [loss.capacity, loss.noLoadPower, loss.loadPower, loss.factor]
                    + (loss.reactiveLoss.map { [$0.noLoadCurrent, $0.impedance] } ?? [])
            }
        return conditions.map(\.parameter)
            + numbers.compactMap { if case .parameter(let name) = $0 { name } else { nil } }
    }
}

/// A number that the tariff writes, or that each contract gives.
public enum ContractNumber: Hashable, Sendable {
    /// The same for all contracts.
    case number(Exact)
    /// That of a parameter.
    case parameter(String)
}

/// A loss that is a share of the energy.
public struct LossRate: Hashable, Sendable {
    /// The energy.
    public let quantity: BilledQuantity
    /// The share that is added, or with `isFactor` what the energy is multiplied by; nil where it is
    /// by period.
    public let rate: ContractNumber?
    /// The share, or factor, of each period; empty where all have the same.
    public let ratesByPeriod: [String: Exact]
    /// True where the numbers are factors: 1.083 for a share of 0.083.
    public let isFactor: Bool
}

/// A loss that does not depend on the energy.
public struct FixedLoss: Hashable, Sendable {
    /// The energy that it is added to.
    public let quantity: BilledQuantity
    /// How much is lost, in the unit of the quantity.
    public let amount: ContractNumber
    /// What the amount is per.
    public let basis: TimeBasis
}

/// What a transformer loses, by the energy that passed it:
/// `P0·t + K·Pk·(Wp² + Wq²) / (S²·t)` in kWh, `I0·S·t + K·Uk·(Wp² + Wq²) / (S·t)` in kvarh.
public struct TransformerLoss: Hashable, Sendable {
    /// What tells the reactive loss.
    public struct Reactive: Hashable, Sendable {
        /// The no-load current I0 as a share of the rated one: 0.01 for one per cent.
        public let noLoadCurrent: ContractNumber
        /// The short-circuit voltage Uk as a share of the rated one.
        public let impedance: ContractNumber
    }

    /// The rated capacity S in kVA.
    public let capacity: ContractNumber
    /// The power P0 that it takes without load, in kW.
    public let noLoadPower: ContractNumber
    /// The power Pk that it takes at full load, in kW.
    public let loadPower: ContractNumber
    /// The factor K of a load that is not steady.
    public let factor: ContractNumber
    /// The reactive energies that together are Wq.
    public let reactive: [BilledQuantity]
    /// The reactive loss, added to reactive import; nil where none is.
    public let reactiveLoss: Reactive?
}
