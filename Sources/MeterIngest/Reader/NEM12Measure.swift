// SPDX-License-Identifier: Apache-2.0

import MeterModel

/// What the rows behind a 200 record measure; known also of many streams that are refused.
struct NEM12Measure: Hashable {
    let channel: Channel
    let unit: MeasuredUnit

    /// Reads suffix and unit of a 200 record of at least nine columns; nil where they are no energy
    /// or do not fit each other.
    init?(_ fields: [Field]) {
        let suffix = fields[4].text
        guard let unit = MeasuredUnit(name: fields[7].text),
            let quantity = NEM12Measure.quantity(suffix), quantity.baseUnit == unit.base,
            let channel = Channel(quantity, .interval, register: suffix)
        else { return nil }
        (self.channel, self.unit) = (channel, unit)
    }

    /// The quantity of a suffix: E drawn by the customer, B fed in, Q and K the reactive pair; nil
    /// for average, check and net streams.
    static func quantity(_ suffix: String) -> ObisCode? {
        switch suffix.utf8.first {
        case UInt8(ascii: "E"): .activeImport
        case UInt8(ascii: "B"): .activeExport
        case UInt8(ascii: "Q"): .reactiveImport
        case UInt8(ascii: "K"): .reactiveExport
        default: nil
        }
    }

    /// The energy of some values.
    func energy(of numbers: [WrittenNumber]) -> RejectedEnergy? {
        RejectedEnergy(
            channel: channel.packed, unit: unit,
            values: numbers.lazy.map { (value: $0.value, decimals: $0.decimals) })
    }

    /// The energy of a 300 record that is refused, over the values found in it.
    ///
    /// - Parameters:
    ///   - values: How many it has; where no quality follows them, it is not known which of its
    ///     columns are values and which are times.
    ///   - wanted: Those of them that count.
    func energy(of fields: [Field], values: Int, wanted: LineCells) -> RejectedEnergy? {
        guard fields.count > 2 + values else { return nil }
        let quality = NEM12Quality(method: fields[2 + values].text)?.quality(reason: nil)
        if let quality, !quality.hasValue { return nil }
        return energy(
            of: (2..<(2 + values)).filter(wanted.contains)
                .compactMap { WrittenNumber(fields[$0].text) })
    }
}
