// SPDX-License-Identifier: Apache-2.0

import Quantities

/// The unit that sums of a quantity are kept and billed in.
public enum BaseUnit: String, Hashable, Sendable {
    /// Active energy.
    case kilowattHours = "kWh"
    /// Reactive energy.
    case kilovarHours = "kvarh"
}

/// A unit that energy is kept in as it was delivered.
///
/// Senders name units of energy. Mean power is kept as the energy of its interval where that is a
/// finite decimal, else over minutes: 5 minutes at 1 kW are 5 kW-min, 60 of which are 1 kWh.
public enum MeasuredUnit: UInt8, Hashable, Sendable, CaseIterable {
    /// Watt-hours.
    case wattHours = 0
    /// Kilowatt-hours.
    case kilowattHours = 1
    /// Megawatt-hours.
    case megawattHours = 2
    /// Var-hours.
    case varHours = 3
    /// Kilovar-hours.
    case kilovarHours = 4
    /// Megavar-hours.
    case megavarHours = 5
    /// Watts over minutes.
    case wattMinutes = 6
    /// Kilowatts over minutes.
    case kilowattMinutes = 7
    /// Megawatts over minutes.
    case megawattMinutes = 8
    /// Vars over minutes.
    case varMinutes = 9
    /// Kilovars over minutes.
    case kilovarMinutes = 10
    /// Megavars over minutes.
    case megavarMinutes = 11

    /// The power of ten that turns a value of this unit into the base unit, or into 60 times that.
    public var exponent: Int {
        switch self {
        case .wattHours, .varHours, .wattMinutes, .varMinutes: -3
        case .kilowattHours, .kilovarHours, .kilowattMinutes, .kilovarMinutes: 0
        case .megawattHours, .megavarHours, .megawattMinutes, .megavarMinutes: 3
        }
    }

    /// What a value is divided by, beside the power of ten, to be in the base unit: 60 where the unit
    /// is of power over minutes, else 1.
    public var divisor: Int {
        switch self {
        case .wattHours, .kilowattHours, .megawattHours, .varHours, .kilovarHours, .megavarHours: 1
        case .wattMinutes, .kilowattMinutes, .megawattMinutes, .varMinutes, .kilovarMinutes,
            .megavarMinutes:
            60
        }
    }

    /// The unit that sums of it are kept in.
    public var base: BaseUnit {
        switch self {
        case .wattHours, .kilowattHours, .megawattHours, .wattMinutes, .kilowattMinutes,
            .megawattMinutes:
            .kilowattHours
        case .varHours, .kilovarHours, .megavarHours, .varMinutes, .kilovarMinutes,
            .megavarMinutes:
            .kilovarHours
        }
    }

    /// The unit of energy of a name such as `kWh` or `KVARH`, in any letter case; nil for other names.
    ///
    /// Power over minutes is what we keep, no unit that a sender could name.
    public init?(name: some StringProtocol) {
        let lowered = name.lowercased()
        let named = MeasuredUnit.allCases.first {
            $0.divisor == 1 && $0.name.lowercased() == lowered
        }
        guard let named else { return nil }
        self = named
    }

    /// The unit of the same power of ten that measures a quantity: kvarh beside kWh.
    public func of(_ obis: ObisCode) -> MeasuredUnit {
        like(exponent, divisor, obis.baseUnit)
    }

    /// The unit of the same power over minutes: kW-min beside kWh.
    public var overMinutes: MeasuredUnit { like(exponent, 60, base) }

    private func like(_ exponent: Int, _ divisor: Int, _ base: BaseUnit) -> MeasuredUnit {
        let found = MeasuredUnit.allCases.first {
            $0.exponent == exponent && $0.divisor == divisor && $0.base == base
        }
        guard let found else { preconditionFailure("each power of ten has all units") }
        return found
    }

    /// The unit as people write it.
    public var name: String {
        switch self {
        case .wattHours: "Wh"
        case .kilowattHours: "kWh"
        case .megawattHours: "MWh"
        case .varHours: "varh"
        case .kilovarHours: "kvarh"
        case .megavarHours: "Mvarh"
        case .wattMinutes: "W-min"
        case .kilowattMinutes: "kW-min"
        case .megawattMinutes: "MW-min"
        case .varMinutes: "var-min"
        case .kilovarMinutes: "kvar-min"
        case .megavarMinutes: "Mvar-min"
        }
    }
}
