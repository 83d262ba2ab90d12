// SPDX-License-Identifier: Apache-2.0

import MeterModel

/// Reads channel cells, the same one again and again, by comparing with the last.
struct ChannelMemo {
    /// The channel of the last cell; meaningless where there is a fault.
    private(set) var packed: UInt64
    /// Why the last cell's rows cannot be read, or nil.
    private(set) var fault: RejectionCode?
    private let usual: Channel
    private let unit: MeasuredUnit
    private var text: [UInt8] = []

    /// - Parameters:
    ///   - channel: The channel of an empty cell.
    ///   - unit: The unit of the file's values, which must fit the channel.
    init(channel: Channel, unit: MeasuredUnit) {
        usual = channel
        self.unit = unit
        packed = channel.packed
        fault = channel.obis.baseUnit == unit.base ? nil : .wrongUnit
    }

    /// Reads the cell at a range of bytes.
    @inline(__always)
    mutating func read(_ lines: RawSpan, _ from: Int, _ to: Int) {
        // SAFETY: bytes of an array are always initialized.
        let isSame = unsafe lines.equals(from, to, text.span.bytes, 0, text.count)
        if !isSame { readNew(lines, from, to) }
    }

    @inline(never)
    private mutating func readNew(_ lines: RawSpan, _ from: Int, _ to: Int) {
        text = (from..<to).map { lines.byte($0) }
        let channel =
            text.isEmpty
            ? usual : Channel(String(decoding: text, as: UTF8.self), kind: .interval)
        guard let channel else {
            fault = .badChannel
            return
        }
        packed = channel.packed
        fault = channel.obis.baseUnit == unit.base ? nil : .wrongUnit
    }
}
