// SPDX-License-Identifier: Apache-2.0

import MeterModel

/// One channel of one connection point, as a 200 record opens it.
struct NEM12Stream: Hashable {
    /// The connection point's id.
    let nmi: String
    /// The register's suffix, such as `E1`.
    let suffix: String
    /// What its values measure.
    let measure: NEM12Measure
    /// Minutes of an interval.
    let minutes: Int

    /// How many values a 300 record has.
    var count: Int { 1440 / minutes }

    /// Units of the format that measure no energy that is settled. Source: AEMO MDFF, UOM.
    private static let otherUnits: Set<String> = [
        "w", "kw", "mw", "var", "kvar", "mvar", "va", "kva", "mva", "vah", "kvah", "mvah", "v",
        "kv", "a", "ka", "pf",
    ]

    /// Reads a 200 record of at least nine columns: NMI, configuration, register, suffix, stream, serial, unit, minutes and
    /// a date that may be absent.
    static func read(_ fields: [Field], isStrict: Bool) -> Result<NEM12Stream, Refusal> {
        guard !isStrict || fields.count == 10 else { return .failure(Refusal(.columnCount)) }
        guard let minutes = Int(fields[8].text), [5, 15, 30].contains(minutes) else {
            return .failure(Refusal(.wrongIntervalLength))
        }
        let unitName = fields[7].text
        guard MeasuredUnit(name: unitName) != nil else {
            let isOther = otherUnits.contains(unitName.lowercased())
            return .failure(Refusal(isOther ? .wrongUnit : .badUnit))
        }
        let suffix = fields[4].text
        guard let quantity = NEM12Measure.quantity(suffix),
            Channel(quantity, .interval, register: suffix) != nil
        else { return .failure(Refusal(.badChannel)) }
        if isStrict, !lists(fields[2].text, suffix) {
            return .failure(Refusal(.badChannel))
        }
        guard let measure = NEM12Measure(fields) else { return .failure(Refusal(.wrongUnit)) }
        return .success(
            NEM12Stream(
                nmi: fields[1].text, suffix: suffix, measure: measure, minutes: minutes))
    }

    /// True where a configuration such as `E1B1Q1K1` names the suffix.
    private static func lists(_ configuration: String, _ suffix: String) -> Bool {
        let bytes = Array(configuration.utf8)
        return stride(from: 0, to: bytes.count - 1, by: 2).contains {
            String(decoding: bytes[$0..<($0 + 2)], as: UTF8.self) == suffix
        }
    }

    /// How many value cells a 300 record that cannot be read holds: those in front of the first
    /// one that begins with a letter, at least 1.
    static func valueCount(_ fields: [Field]) -> Int {
        let cells = fields.dropFirst(2)
        return max(1, cells.prefix { ($0.text.utf8.first ?? 0) < UInt8(ascii: "A") }.count)
    }
}

/// A quality as NEM12 writes it: a letter, the method of a substitution, a reason.
struct NEM12Quality: Hashable {
    /// `A`, `E`, `S`, `F`, `N`, or `V` where 400 records tell.
    let letter: UInt8
    /// Two digits, or nil.
    let method: Int?

    /// Reads a QualityMethod field such as `A` or `S14`; nil for any other text.
    init?(method text: String) {
        let bytes = Array(text.utf8)
        guard let letter = bytes.first, "AESFNV".utf8.contains(letter) else { return nil }
        self.letter = letter
        if bytes.count == 1 {
            method = nil
        } else if bytes.count == 3, let number = Int(text.dropFirst()),
            text.utf8.dropFirst().first != 0x2B, number >= 0
        {
            method = number
        } else {
            return nil
        }
    }

    /// True where 400 records carry the qualities.
    var isVariable: Bool { letter == UInt8(ascii: "V") }

    /// What it means to us with its reason; nil for `V`.
    func quality(reason: Int?) -> Quality? {
        Quality(letter: letter, method: method, reason: reason)
    }

    /// True where method and reason stand as the format wants them: F and S need both, E the
    /// method alone, A and N no method.
    func isComplete(hasReason: Bool) -> Bool {
        switch letter {
        case UInt8(ascii: "F"), UInt8(ascii: "S"): method != nil && hasReason
        case UInt8(ascii: "E"): method != nil && !hasReason
        default: method == nil
        }
    }
}
