// SPDX-License-Identifier: Apache-2.0

import Quantities

/// The unit that sums of a quantity are kept and billed in.
public enum BaseUnit: String, Hashable, Sendable {
    /// Active energy.
    case kilowattHours = "kWh"
    /// Reactive energy.
    case kilovarHours = "kvarh"
}

/// A unit that senders deliver energy in.
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

    /// The power of ten that turns a value of this unit into the base unit.
    public var exponent: Int {
        switch self {
        case .wattHours, .varHours: -3
        case .kilowattHours, .kilovarHours: 0
        case .megawattHours, .megavarHours: 3
        }
    }

    /// The unit that sums of it are kept in.
    public var base: BaseUnit {
        switch self {
        case .wattHours, .kilowattHours, .megawattHours: .kilowattHours
        case .varHours, .kilovarHours, .megavarHours: .kilovarHours
        }
    }

    /// The unit of a name such as `kWh` or `KVARH`, in any letter case; nil for other names.
    public init?(name: some StringProtocol) {
        let lowered = name.lowercased()
        guard let unit = MeasuredUnit.allCases.first(where: { $0.name.lowercased() == lowered })
        else { return nil }
        self = unit
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
        }
    }
}
