// SPDX-License-Identifier: Apache-2.0

/// Text as bytes, written like an interpolated string.
///
/// Tables have a row for each of millions of meters; `String` looks at each piece for its Unicode,
/// which costs ten times as much.
struct TextLine: ExpressibleByStringInterpolation {
    /// The text in UTF-8.
    let text: TextBuffer

    init(stringLiteral literal: String) {
        var text = TextBuffer()
        text.append(literal)
        self.text = text
    }

    init(stringInterpolation: Interpolation) { text = stringInterpolation.text }

    /// The text as a string.
    var string: String { String(decoding: text.bytes[..<text.count], as: UTF8.self) }

    /// What a line is put together from.
    struct Interpolation: StringInterpolationProtocol {
        fileprivate var text: TextBuffer

        init(literalCapacity: Int, interpolationCount: Int) {
            text = TextBuffer(room: literalCapacity + interpolationCount * 24)
        }

        mutating func appendLiteral(_ literal: String) { text.append(literal) }

        mutating func appendInterpolation(_ string: String) { text.append(string) }

        /// The name, or nothing.
        mutating func appendInterpolation(_ name: Name?) {
            guard let name else { return }
            text.append(name.letters)
            text.append(name.number, digits: name.digits)
        }

        mutating func appendInterpolation(_ number: Int) { text.append(number, digits: 1) }

        /// A number with leading zeros up to `digits` digits.
        mutating func appendInterpolation(_ number: Int, digits: Int) {
            text.append(number, digits: digits)
        }

        /// An integer of `10^-decimals` as a decimal, such as 12345 at 2 decimals as `123.45`.
        mutating func appendInterpolation(_ number: Int, decimals: Int) {
            let scale = (0..<decimals).reduce(1) { scale, _ in scale * 10 }
            text.append(number / scale, digits: 1)
            text.append(".")
            text.append(number % scale, digits: decimals)
        }
    }
}
