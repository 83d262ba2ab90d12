// SPDX-License-Identifier: Apache-2.0

/// The ids of a branch's things, as they stand in every file.
enum Names {
    static func meter(_ number: Int) -> String { "M" + digits(number + 1, 8) }
    /// Ten letters and digits, so that it serves as NMI in NEM12 files as well.
    static func servicePoint(_ meter: Int) -> String { "SP" + digits(meter + 1, 8) }
    static func customer(_ meter: Int) -> String { "C" + digits(meter + 1, 8) }
    static func contract(_ meter: Int) -> String { "K" + digits(meter + 1, 8) }
    static func terminal(_ number: Int) -> String { "T" + digits(number + 1, 4) }

    static func node(_ node: Branch.Node) -> String {
        switch node {
        case .company: "B1"
        case .district(let number): "D" + digits(number + 1, 2)
        case .station(let number): "S" + digits(number + 1, 3)
        case .feeder(let number): "F" + digits(number + 1, 3)
        case .transformer(let number): "TX" + digits(number + 1, 5)
        }
    }

    /// A number with leading zeros up to `width` digits.
    static func digits(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}

/// An integer of `10^-decimals` as a decimal, such as 12345 at 2 decimals as `123.45`.
///
/// - Parameter value: Not negative.
func decimalText(_ value: Int, decimals: Int) -> String {
    let digits = Names.digits(value, decimals + 1)
    return digits.dropLast(decimals) + "." + digits.suffix(decimals)
}
