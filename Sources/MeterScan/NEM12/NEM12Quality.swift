// SPDX-License-Identifier: Apache-2.0

import MeterModel

/// A QualityMethod cell with its reason code: a flag letter, for most letters with a method.
enum NEM12Quality {
    /// The quality of all values.
    case plain(Quality)
    /// `V`: the 400 records say it.
    case variable

    /// Reads the cells; nil where they are no quality.
    ///
    /// - Parameters:
    ///   - flag: Range of the QualityMethod, such as `A` or `S14`.
    ///   - reason: Range of the ReasonCode, empty where the row has none.
    static func read(
        _ lines: RawSpan, flag: Range<Int>, reason: Range<Int>
    ) -> NEM12Quality? {
        guard flag.count == 1 || flag.count == 3, reason.count <= 3 else { return nil }
        let letter = lines.byte(flag.lowerBound)
        if letter == UInt8(ascii: "V") { return flag.count == 1 ? .variable : nil }
        var (method, code): (Int?, Int?) = (nil, nil)
        if flag.count == 3 {
            guard let number = TimeLabel.number(lines, flag.lowerBound + 1, 2) else { return nil }
            method = number
        }
        if !reason.isEmpty {
            guard let number = TimeLabel.number(lines, reason.lowerBound, reason.count),
                number <= 254
            else { return nil }
            code = number
        }
        return Quality(letter: letter, method: method, reason: code).map { .plain($0) }
    }
}
