// SPDX-License-Identifier: Apache-2.0

import Quantities

/// A quantity the lines of an invoice were computed from.
public struct InvoiceDeterminant: Hashable, Sendable {
    /// The first day of the part of the period that it is of.
    public var partStart: CivilDay
    /// What was measured, such as `import.kwh` or `demand.kw`.
    public var quantity: String
    /// The time-of-use period, or `all`.
    public var period: String
    /// Its value as exact text: a fraction where no decimal writes it.
    public var value: String
    /// Its value as a decimal to be read, with 12 digits after the point where none is exact.
    public var documentValue: String { Exact(value)?.documentText ?? value }
    /// kWh, kvarh or kW.
    public var unit: String
    /// When a demand peak was, ISO 8601; nil for energy.
    public var at: String?

    /// A determinant from its parts.
    public init(
        partStart: CivilDay, quantity: String, period: String, value: String, unit: String,
        at: String?
    ) {
        self.partStart = partStart
        self.quantity = quantity
        self.period = period
        self.value = value
        self.unit = unit
        self.at = at
    }
}
