// SPDX-License-Identifier: Apache-2.0

import Quantities

/// One quantity of a load: kWh or kvarh per interval.
///
/// Whole numbers of one decimal step, so that sums are sums of integers; exact fractions only where an
/// amount does not fit.
struct LoadColumn: Hashable, Sendable {
    /// The amounts, as the column holds them.
    enum Amounts: Hashable, Sendable {
        /// In steps of `10^-decimals`, with at most 18 decimals. Shape: `[interval]`.
        case steps([Int64], decimals: Int)
        /// As they are. Shape: `[interval]`.
        case exact([Exact])
    }

    private var steps: [Int64] = []
    private var decimals = 0
    /// Nil while all amounts are whole steps.
    private var exact: [Exact]?

    /// A column without intervals.
    init() {}

    /// A column of these amounts.
    init(_ amounts: [Exact]) { exact = amounts }

    /// What it holds.
    var amounts: Amounts {
        if let exact { .exact(exact) } else { .steps(steps, decimals: decimals) }
    }

    /// Adds the amount of the next interval.
    mutating func append(_ amount: LoadAmount) {
        if case .steps(let count, let amountDecimals) = amount, exact == nil {
            if amountDecimals == decimals || rescale(to: max(amountDecimals, decimals)),
                let count = LoadColumn.scaled(count, by: decimals - amountDecimals)
            {
                return steps.append(count)
            }
        }
        if exact == nil {
            exact = steps.map { Exact(coefficient: Int128($0), exponent: -decimals) }
            steps = []
        }
        exact?.append(amount.exact)
    }

    /// Counts in smaller steps; false where one of the amounts does not fit then.
    private mutating func rescale(to finer: Int) -> Bool {
        if finer == decimals { return true }
        var scaled: [Int64] = []
        scaled.reserveCapacity(steps.capacity)
        for count in steps {
            guard let count = LoadColumn.scaled(count, by: finer - decimals) else { return false }
            scaled.append(count)
        }
        (steps, decimals) = (scaled, finer)
        return true
    }

    /// A count in steps that are smaller by a power of ten; nil where it does not fit.
    static func scaled(_ count: Int64, by digits: Int) -> Int64? {
        var scaled = count
        for _ in 0..<digits {
            let (product, isOver) = scaled.multipliedReportingOverflow(by: 10)
            if isOver { return nil }
            scaled = product
        }
        return scaled
    }

    /// The energy of some intervals.
    func sum(_ intervals: Range<Int>) -> Exact {
        if let exact { return exact[intervals].reduce(.zero, +) }
        var sum: Int128 = 0
        for interval in intervals { sum += Int128(steps[interval]) }
        return Exact(coefficient: sum, exponent: -decimals)
    }

    /// The energy of some intervals, period by period. Shape: `[period]`.
    ///
    /// - Parameter periods: The period of each interval of the load. Shape: `[interval]`.
    func sums(_ intervals: Range<Int>, by periods: [UInt8], count: Int) -> [Exact] {
        if let exact {
            var sums = [Exact](repeating: .zero, count: count)
            for interval in intervals { sums[Int(periods[interval])] += exact[interval] }
            return sums
        }
        var sums = [Int128](repeating: 0, count: count)
        for interval in intervals { sums[Int(periods[interval])] += Int128(steps[interval]) }
        return sums.map { Exact(coefficient: $0, exponent: -decimals) }
    }
}

/// An amount as a load file writes it.
enum LoadAmount {
    /// A whole number of steps of `10^-decimals`, of at most 18 digits.
    case steps(Int64, decimals: Int)
    /// Any other.
    case exact(Exact)

    /// The number.
    var exact: Exact {
        switch self {
        case .steps(let count, let decimals):
            Exact(coefficient: Int128(count), exponent: -decimals)
        case .exact(let amount): amount
        }
    }
}
