// SPDX-License-Identifier: Apache-2.0

extension Determinants {
    /// What few tariffs ask, apart from the rest: determinants are handed on and copied for each bill, and
    /// most have none of it.
    struct Rare: Hashable {
        var earlierDemand: [EarlierDemand] = []
        var stretches: [StretchEnergy] = []
        var priced: [PricedEnergy] = []
        var events: [EventDemand] = []
        var reactiveExcess: [ReactiveExcess] = []
        var billedToDate: [BilledToDate] = []
        var read: [EnergyAmount] = []
        var losses: [LostEnergy] = []
        var points: [PointEnergy] = []
        var bank: BankStatement?

        /// Its place; none where it says nothing.
        indirect enum Box: Hashable {
            case none
            case some(Rare)
        }
    }

    /// Writes to what few tariffs ask, and drops it where nothing is left of it.
    private mutating func changeRare(_ body: (inout Rare) -> Void) {
        var content = Rare()
        if case .some(let known) = rare { content = known }
        body(&content)
        rare = content == Rare() ? .none : .some(content)
    }

    /// What earlier bills of the contract measured, where charges look back; in order of time.
    public var earlierDemand: [EarlierDemand] {
        get { if case .some(let rare) = rare { rare.earlierDemand } else { [] } }
        set { if rare != .none || !newValue.isEmpty { changeRare { $0.earlierDemand = newValue } } }
    }

    /// Energy by stretches of time, in order; of each quantity that the tariff asks it of and that
    /// intervals measured throughout, or daily freezes where stretches are days.
    public var stretches: [StretchEnergy] {
        get { if case .some(let rare) = rare { rare.stretches } else { [] } }
        set { if rare != .none || !newValue.isEmpty { changeRare { $0.stretches = newValue } } }
    }

    /// What energy costs at the price of each interval; of each charge that asks it and whose quantity
    /// intervals measured throughout.
    public var priced: [PricedEnergy] {
        get { if case .some(let rare) = rare { rare.priced } else { [] } }
        set { if rare != .none || !newValue.isEmpty { changeRare { $0.priced = newValue } } }
    }

    /// The demand in dated windows, of each charge that asks it.
    public var events: [EventDemand] {
        get { if case .some(let rare) = rare { rare.events } else { [] } }
        set { if rare != .none || !newValue.isEmpty { changeRare { $0.events = newValue } } }
    }

    /// Reactive energy beyond a share of the active energy, of each charge that asks it by intervals.
    public var reactiveExcess: [ReactiveExcess] {
        get { if case .some(let rare) = rare { rare.reactiveExcess } else { [] } }
        set {
            if rare != .none || !newValue.isEmpty { changeRare { $0.reactiveExcess = newValue } }
        }
    }

    /// What earlier bills of the year came to, of each charge that brings a year up to a least amount.
    public var billedToDate: [BilledToDate] {
        get { if case .some(let rare) = rare { rare.billedToDate } else { [] } }
        set { if rare != .none || !newValue.isEmpty { changeRare { $0.billedToDate = newValue } } }
    }

    /// What was measured of the energies that losses were added to, as `energy` lists them.
    public var read: [EnergyAmount] {
        get { if case .some(let rare) = rare { rare.read } else { [] } }
        set { if rare != .none || !newValue.isEmpty { changeRare { $0.read = newValue } } }
    }

    /// The losses that were added, in the order in which they were.
    public var losses: [LostEnergy] {
        get { if case .some(let rare) = rare { rare.losses } else { [] } }
        set { if rare != .none || !newValue.isEmpty { changeRare { $0.losses = newValue } } }
    }

    /// What each of several service points brought to the energy; empty where there is one.
    public var points: [PointEnergy] {
        get { if case .some(let rare) = rare { rare.points } else { [] } }
        set { if rare != .none || !newValue.isEmpty { changeRare { $0.points = newValue } } }
    }

    /// What became of energy that bills keep for later ones; nil where nothing is netted.
    public var bank: BankStatement? {
        get { if case .some(let rare) = rare { rare.bank } else { nil } }
        set { if rare != .none || newValue != nil { changeRare { $0.bank = newValue } } }
    }
}
