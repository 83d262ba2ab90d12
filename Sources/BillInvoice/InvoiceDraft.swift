// SPDX-License-Identifier: Apache-2.0

import Quantities

/// An invoice that is complete but for its number, which it takes when it is issued.
public struct InvoiceDraft: Hashable, Sendable {
    /// Days that were rated at once: one version of a tariff, the same terms.
    public struct Part: Hashable, Sendable {
        /// The days.
        public var days: Range<CivilDay>
        /// The tariff.
        public var tariffID: String
        /// Its version.
        public var tariffVersion: String
        /// The SHA-256 of that version's file, in hexadecimal.
        public var tariffSHA256: String

        /// A part from its parts.
        public init(
            days: Range<CivilDay>, tariffID: String, tariffVersion: String, tariffSHA256: String
        ) {
            self.days = days
            self.tariffID = tariffID
            self.tariffVersion = tariffVersion
            self.tariffSHA256 = tariffSHA256
        }
    }

    /// One line: a charge, or a tier, time-of-use period or component of one.
    public struct Line: Hashable, Sendable {
        /// The part of the period that it charges for, from 0.
        public var part: Int
        /// The charge of the tariff.
        public var chargeID: String
        /// What the customer reads.
        public var description: String
        /// How much is charged for, as exact decimal text; nil for a lump sum.
        public var quantity: String?
        /// The unit of the quantity.
        public var unit: String
        /// The price per unit, as exact decimal text; nil for a lump sum.
        public var price: String?
        /// The amount billed.
        public var amount: Money
        /// The amount before rounding, as exact decimal text.
        public var amountExact: String
        /// How the amount was computed, with its numbers.
        public var formula: String

        /// A line from its parts.
        public init(
            part: Int, chargeID: String, description: String, quantity: String?, unit: String,
            price: String?, amount: Money, amountExact: String, formula: String
        ) {
            self.part = part
            self.chargeID = chargeID
            self.description = description
            self.quantity = quantity
            self.unit = unit
            self.price = price
            self.amount = amount
            self.amountExact = amountExact
            self.formula = formula
        }
    }

    /// The tax of one category and rate.
    public struct Tax: Hashable, Sendable {
        /// The category, such as `VAT`.
        public var category: String
        /// The rate as exact decimal text, such as `0.13`.
        public var rate: String
        /// What it was taken of.
        public var base: Money
        /// The tax.
        public var amount: Money

        /// A tax from its parts.
        public init(category: String, rate: String, base: Money, amount: Money) {
            self.category = category
            self.rate = rate
            self.base = base
            self.amount = amount
        }
    }

    /// A quantity the lines were computed from.
    public struct Determinant: Hashable, Sendable {
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

    /// The contract billed.
    public var contractID: String
    /// Who pays.
    public var customerID: String
    /// Where the energy was used.
    public var servicePointID: String
    /// The feeder at the end of the period.
    public var feederID: String
    /// The period billed, in the parts that it was rated in: one, or several where tariff or terms
    /// changed inside it.
    public var parts: [Part]
    /// SHA-256 over determinants, parameters and prices: what the amounts follow from.
    public var inputsSHA256: String
    /// The latest change of input it was computed from.
    public var knownSeq: Int
    /// The currency.
    public var currency: Currency
    /// The lines in the tariff's order.
    public var lines: [Line]
    /// The taxes.
    public var taxes: [Tax]
    /// What the lines are worth without tax.
    public var net: Money
    /// All taxes.
    public var tax: Money
    /// What is to pay: net plus tax.
    public var total: Money
    /// How many values behind it are estimates.
    public var estimatedValues: Int
    /// What the lines were computed from.
    public var determinants: [Determinant]

    /// A draft from its parts; net plus tax must be the total.
    public init(
        contractID: String, customerID: String, servicePointID: String, feederID: String,
        parts: [Part], inputsSHA256: String, knownSeq: Int, currency: Currency,
        lines: [Line], taxes: [Tax], net: Money, tax: Money, total: Money, estimatedValues: Int,
        determinants: [Determinant]
    ) {
        precondition(net + tax == total, "net and tax make the total")
        precondition(!parts.isEmpty, "a period has a part")
        self.contractID = contractID
        self.customerID = customerID
        self.servicePointID = servicePointID
        self.feederID = feederID
        self.parts = parts
        self.inputsSHA256 = inputsSHA256
        self.knownSeq = knownSeq
        self.currency = currency
        self.lines = lines
        self.taxes = taxes
        self.net = net
        self.tax = tax
        self.total = total
        self.estimatedValues = estimatedValues
        self.determinants = determinants
    }
}
