// SPDX-License-Identifier: Apache-2.0

extension Exact: CustomStringConvertible, LosslessStringConvertible {
    /// Reads a plain decimal (`-12.340`), or the fraction form that `description` writes (`41/3`).
    ///
    /// No exponent, no spaces, no digit grouping; nil for anything else or too many digits.
    public init?(_ text: String) { self.init(utf8: text.utf8Span.span) }

    /// As from a text, from its bytes.
    public init?(utf8 text: Span<UInt8>) {
        var (short, coefficient): (UInt64, Int128) = (0, 0)
        var decimals = 0
        var (digits, seenPoint, negative) = (0, false, false)
        for place in text.indices {
            let byte = text[place]
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                digits += 1
                let digit = byte - UInt8(ascii: "0")
                // So many digits are of one word.
                if digits <= 19 {
                    short = short &* 10 &+ UInt64(digit)
                } else {
                    guard digits <= 36 else {
                        self.init(fraction: text)
                        return
                    }
                    if digits == 20 { coefficient = Int128(short) }
                    coefficient = coefficient * 10 + Int128(digit)
                }
                if seenPoint { decimals += 1 }
            case UInt8(ascii: "-") where place == 0:
                negative = true
            case UInt8(ascii: ".") where !seenPoint && digits > 0:
                seenPoint = true
            case UInt8(ascii: "/"):
                self.init(fraction: text)
                return
            default:
                return nil
            }
        }
        guard digits > 0, !seenPoint || decimals > 0 else { return nil }
        if digits <= 19 { coefficient = Int128(short) }
        self.init(coefficient: negative ? -coefficient : coefficient, exponent: -decimals)
    }

    private init?(fraction utf8: Span<UInt8>) {
        let text = String(decoding: utf8.indices.map { utf8[$0] }, as: UTF8.self)
        guard let slash = text.firstIndex(of: "/") else { return nil }
        let (above, below) = (text[..<slash], text[text.index(after: slash)...])
        guard above.first != "+", below.first != "+", let top = Int128(above), top != .min,
            let bottom = Int128(below), bottom > 0
        else { return nil }
        self.init(top, over: bottom)
    }

    /// The shortest exact text: a decimal where it is finite, else `numerator/denominator`.
    public var description: String {
        var text: [UInt8] = []
        append(to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// Appends what `description` says.
    public func append(to text: inout [UInt8]) {
        if let short = shortText { return text.append(short) }
        if let (steps, decimals) = shortestDecimal {
            Exact.append(steps, decimals: decimals, to: &text)
        } else if isOverflow {
            text += "overflow".utf8
        } else {
            text += "\(numerator)/\(denominator)".utf8
        }
    }

    /// The number as a document shows it: always a decimal, with 12 digits after the point where
    /// none is exact, such as for thirds.
    ///
    /// Only to be read: what is computed goes on from the number itself.
    public var documentText: String {
        var text: [UInt8] = []
        appendDocumentText(to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// Appends what `documentText` says.
    public func appendDocumentText(to text: inout [UInt8]) {
        if let short = shortText { return text.append(short) }
        if let (steps, decimals) = shortestDecimal {
            return Exact.append(steps, decimals: decimals, to: &text)
        }
        if isOverflow || finiteDecimals != nil { return append(to: &text) }
        let shown = rounded(to: Exact(1, over: 1_000_000_000_000), .halfEven)
        if let decimal = shown.decimalText(decimals: 12) {
            text += decimal.utf8
        } else {
            append(to: &text)
        }
    }

    /// The value with just `decimals` digits after the point, or nil where that is not exact.
    public func decimalText(decimals: Int) -> String? {
        guard !isOverflow, let steps = steps(decimals: decimals) else { return nil }
        var text: [UInt8] = []
        Exact.append(steps, decimals: decimals, to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// The shortest decimal that is exact, as steps of so many digits after the point; nil where there
    /// is none, or it is too large.
    private var shortestDecimal: (steps: Int128, decimals: Int)? {
        guard let (above, below) = words, below > 0, let factor = Exact.toDecimal(below) else {
            return finiteDecimals.flatMap { decimals in
                steps(decimals: decimals).map { ($0, decimals) }
            }
        }
        // Products of two words.
        return (Int128(above) &* Int128(factor.value), factor.decimals)
    }

    /// What a denominator is multiplied by to be a power of ten, and which; nil where nothing of one word
    /// does.
    static func toDecimal(_ denominator: Int64) -> (value: Int64, decimals: Int)? {
        if denominator == 1 { return (1, 0) }
        let twos = denominator.trailingZeroBitCount
        var (rest, fives) = (UInt64(denominator >> Int64(twos)), 0)
        while rest != 1 {
            let (quotient, remainder) = rest.quotientAndRemainder(dividingBy: 5)
            guard remainder == 0 else { return nil }
            (rest, fives) = (quotient, fives + 1)
        }
        if fives >= twos { return (1 << Int64(fives - twos), fives) }
        guard twos - fives <= 27, twos <= 38 else { return nil }
        var value: Int64 = 1
        for _ in fives..<twos { value &*= 5 }
        return (value, twos)
    }

    /// How many steps of `decimals` digits after the point it is; nil where not whole, or too large.
    private func steps(decimals: Int) -> Int128? {
        // The fraction is reduced, so the power alone must take up the denominator.
        let factor = Exact.powerOfTen(decimals).numerator.parts(dividingBy: denominator)
        guard factor.remainder == 0 else { return nil }
        let (steps, over) = numerator.multipliedReportingOverflow(by: factor.quotient)
        return over || steps == .min ? nil : steps
    }

    private static func append(_ steps: Int128, decimals: Int, to text: inout [UInt8]) {
        // At most 39 digits, a point and a sign, from the last to the first.
        var written: [48 of UInt8] = .init(repeating: UInt8(ascii: "."))
        var place = 48
        var high = steps.magnitude
        while high > UInt128(UInt64.max) {
            if 48 - place == decimals, decimals > 0 { place -= 1 }
            place -= 1
            written[place] = UInt8(ascii: "0") + UInt8(high % 10)
            high /= 10
        }
        var rest = UInt64(high)
        let least = decimals > 0 ? decimals + 2 : 1
        while rest != 0 || 48 - place < least {
            if 48 - place == decimals, decimals > 0 { place -= 1 }
            place -= 1
            written[place] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        }
        if steps < 0 { text.append(UInt8(ascii: "-")) }
        for place in place..<48 { text.append(written[place]) }
    }

    /// How many decimals write this number exactly; nil for thirds and the like.
    private var finiteDecimals: Int? {
        if denominator == 1 { return 0 }
        let twos = denominator.trailingZeroBitCount
        var (rest, fives) = (denominator >> Int128(twos), 0)
        if var small = UInt64(exactly: rest) {
            while small % 5 == 0 { (small, fives) = (small / 5, fives + 1) }
            rest = Int128(small)
        } else {
            while rest % 5 == 0 { (rest, fives) = (rest / 5, fives + 1) }
        }
        return rest == 1 && max(twos, fives) <= 38 ? max(twos, fives) : nil
    }
}
