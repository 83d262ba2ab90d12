// SPDX-License-Identifier: Apache-2.0

import Quantities

/// Who pays for a service point, and by which terms.
public struct Contract: Hashable, Sendable {
    /// Terms that hold for some days of a contract.
    public struct Terms: Hashable, Sendable {
        /// The first day.
        public var from: CivilDay
        /// The day on which they end, not included; nil is open.
        public var to: CivilDay?
        /// The tariff.
        public var tariffID: String
        /// The day of the month on whose midnight periods end, 1 to 31; clamped to the month.
        public var billingDay: Int
        /// How many months a period has.
        public var cycleMonths: Int
        /// What the tariff needs to know.
        public var parameters: [String: String]

        /// Terms from its parts.
        public init(
            from: CivilDay, to: CivilDay? = nil, tariffID: String, billingDay: Int,
            cycleMonths: Int, parameters: [String: String]
        ) {
            self.from = from
            self.to = to
            self.tariffID = tariffID
            self.billingDay = billingDay
            self.cycleMonths = cycleMonths
            self.parameters = parameters
        }
    }

    /// A service point whose energy counts for the contract.
    public struct Point: Hashable, Sendable {
        /// As an index in `Network.servicePointIDs`.
        public var servicePoint: Int
        /// The quantity that counts; nil is every quantity.
        public var quantity: ObisCode?
        /// 1 where the energy is added, −1 where it is deducted.
        public var sign: Int
        /// The part of the energy that counts.
        public var share: Exact
        /// When it counts.
        public var span: Range<Instant>

        /// A point from its parts.
        public init(
            servicePoint: Int, quantity: ObisCode? = nil, sign: Int, share: Exact,
            span: Range<Instant>
        ) {
            self.servicePoint = servicePoint
            self.quantity = quantity
            self.sign = sign
            self.share = share
            self.span = span
        }
    }

    /// What an earlier system billed and counted.
    public struct Opening: Hashable, Sendable {
        /// The day up to which the contract was billed, not included.
        public var billedThrough: CivilDay
        /// What was counted up to then, by key.
        public var values: [String: Exact]

        /// An opening from its parts.
        public init(billedThrough: CivilDay, values: [String: Exact]) {
            self.billedThrough = billedThrough
            self.values = values
        }
    }

    /// The id of the contract.
    public var id: String
    /// The service point it pays for, as an index in `Network.servicePointIDs`.
    public var servicePoint: Int
    /// Who pays.
    public var customerID: String
    /// The service point's clock, as an index in `Network.zones`.
    public var zone: Int
    /// The terms in order of time, without gaps; never empty.
    public var terms: [Terms]
    /// The service points that count: the contract's own, unless the rows of `contract_points.csv`
    /// name it themselves, and theirs.
    public var points: [Point]
    /// Where billing began, where an earlier system billed before us.
    public var opening: Opening?

    /// A contract from its parts; `terms` must not be empty.
    public init(
        id: String, servicePoint: Int, customerID: String, zone: Int, terms: [Terms],
        points: [Point], opening: Opening? = nil
    ) {
        precondition(!terms.isEmpty, "a contract has terms")
        self.id = id
        self.servicePoint = servicePoint
        self.customerID = customerID
        self.zone = zone
        self.terms = terms
        self.points = points
        self.opening = opening
    }

    /// The first day.
    public var start: CivilDay { terms[0].from }

    /// The day on which it ends, not included; nil is open.
    public var end: CivilDay? { terms[terms.count - 1].to }

    /// The terms of a day, or nil where the contract does not hold.
    public func terms(on day: CivilDay) -> Terms? {
        terms.last { $0.from <= day && ($0.to.map { day < $0 } ?? true) }
    }

    /// The periods that ended on or before `asOf`, in order of time.
    ///
    /// A period ends on the billing day, every `cycleMonths`; the grid of such days is the one that
    /// has the last billing day on or before the period's start, so the first period is never longer
    /// than a cycle. The terms at a period's start say when it ends. First and last may be short.
    ///
    /// - Parameter first: Where the first of them begins; nil is where the contract does.
    public func billingPeriods(
        from first: CivilDay? = nil, upTo asOf: CivilDay
    ) -> [Range<CivilDay>] {
        var periods: [Range<CivilDay>] = []
        var day = first ?? start
        while day < asOf, let terms = terms(on: day) {
            var stop = Contract.cycle(around: day, terms).upperBound
            if let end, end < stop { stop = end }
            guard stop <= asOf else { break }
            periods.append(day..<stop)
            day = stop
        }
        return periods
    }

    /// The full billing cycle of a period that starts on `day`, were the contract to fill it: from
    /// the last billing day on or before `day`, for as many months as the terms say.
    public static func cycle(around day: CivilDay, _ terms: Terms) -> Range<CivilDay> {
        let month = day.startOfMonth
        let sameMonth = month.addingMonths(0, preferredDay: terms.billingDay)
        let anchor = sameMonth <= day ? month : month.addingMonths(-1)
        return anchor.addingMonths(
            0, preferredDay: terms.billingDay)..<anchor.addingMonths(
                terms.cycleMonths, preferredDay: terms.billingDay)
    }
}
