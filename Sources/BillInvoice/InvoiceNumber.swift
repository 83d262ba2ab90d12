// SPDX-License-Identifier: Apache-2.0

import Quantities

/// What a document is: its kind decides its series of numbers.
public enum InvoiceKind: String, Hashable, Sendable {
    /// A bill.
    case invoice
    /// Credits exactly one bill.
    case creditNote = "credit_note"

    /// How the kind is written in a number.
    public var mark: String {
        switch self {
        case .invoice: "INV"
        case .creditNote: "CRN"
        }
    }
}

/// The number of a document, `<prefix><kind>-<year>-<n>`; the numbers of a series have no gaps.
public struct InvoiceNumber: Hashable, Sendable, CustomStringConvertible {
    /// Prefix, kind and year: the numbers of one series run from 1.
    public var series: String
    /// The place in the series.
    public var number: Int

    /// A number from its parts.
    public init(prefix: String, kind: InvoiceKind, year: Int, number: Int) {
        self.series = "\(prefix)\(kind.mark)-\(year)"
        self.number = number
    }

    /// The number as printed, such as `INV-2026-000042`.
    public var description: String {
        var text: [UInt8] = []
        append(to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// Appends what `description` says.
    public func append(to text: inout [UInt8]) {
        text += series.utf8
        text.append(UInt8(ascii: "-"))
        var least = 100_000
        while least > 1, number < least {
            text.append(UInt8(ascii: "0"))
            least /= 10
        }
        Exact(number).append(to: &text)
    }
}
