// SPDX-License-Identifier: Apache-2.0

extension Exact: CustomStringConvertible, LosslessStringConvertible {
    /// Reads a plain decimal (`-12.340`), or the fraction form that `description` writes (`41/3`).
    ///
    /// No exponent, no spaces, no digit grouping; nil for anything else or too many digits.
    public init?(_ text: String) {
        self.init(text: Substring(text))
    }

    private init?(text: Substring) {
        if let slash = text.firstIndex(of: "/") {
            let (above, below) = (text[..<slash], text[text.index(after: slash)...])
            guard above.first != "+", below.first != "+", let top = Int128(above), top != .min,
                let bottom = Int128(below), bottom > 0
            else { return nil }
            self.init(top, over: bottom)
            return
        }
        var coefficient: Int128 = 0
        var decimals = 0
        var (digits, seenPoint, negative) = (0, false, false)
        for (position, byte) in text.utf8.enumerated() {
            switch byte {
            case UInt8(ascii: "-") where position == 0:
                negative = true
            case UInt8(ascii: ".") where !seenPoint && digits > 0:
                seenPoint = true
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                digits += 1
                guard digits <= 36 else { return nil }
                coefficient = coefficient * 10 + Int128(byte - UInt8(ascii: "0"))
                if seenPoint { decimals += 1 }
            default:
                return nil
            }
        }
        guard digits > 0, !seenPoint || decimals > 0 else { return nil }
        self.init(coefficient: negative ? -coefficient : coefficient, exponent: -decimals)
    }

    /// The shortest exact text: a decimal where it is finite, else `numerator/denominator`.
    public var description: String {
        if isOverflow { return "overflow" }
        guard let decimals = finiteDecimals else { return "\(numerator)/\(denominator)" }
        return decimalText(decimals: decimals) ?? "\(numerator)/\(denominator)"
    }

    /// The number as a document shows it: always a decimal, with 12 digits after the point where
    /// none is exact, such as for thirds.
    ///
    /// Only to be read: what is computed goes on from the number itself.
    public var documentText: String {
        if isOverflow || finiteDecimals != nil { return description }
        let shown = rounded(to: Exact(1, over: 1_000_000_000_000), .halfEven)
        return shown.decimalText(decimals: 12) ?? description
    }

    /// The value with just `decimals` digits after the point, or nil where that is not exact.
    public func decimalText(decimals: Int) -> String? {
        let scaled = self * Exact.powerOfTen(decimals)
        guard !scaled.isOverflow, scaled.denominator == 1 else { return nil }
        var digits = String(scaled.numerator.magnitude)
        if decimals > 0 {
            if digits.utf8.count <= decimals {
                digits = String(repeating: "0", count: decimals + 1 - digits.utf8.count) + digits
            }
            digits.insert(".", at: digits.index(digits.endIndex, offsetBy: -decimals))
        }
        return scaled.numerator < 0 ? "-" + digits : digits
    }

    /// How many decimals write this number exactly; nil for thirds and the like.
    private var finiteDecimals: Int? {
        var rest = denominator
        var (twos, fives) = (0, 0)
        while rest % 2 == 0 { (rest, twos) = (rest / 2, twos + 1) }
        while rest % 5 == 0 { (rest, fives) = (rest / 5, fives + 1) }
        return rest == 1 && max(twos, fives) <= 38 ? max(twos, fives) : nil
    }
}
