// SPDX-License-Identifier: Apache-2.0

import Quantities

/// Days of an invoice that were rated at once: one version of a tariff, the same terms.
public struct InvoicePart: Hashable, Sendable {
    /// The days.
    public var days: Range<CivilDay>
    /// The tariff.
    public var tariffID: String
    /// Its version.
    public var tariffVersion: String
    /// The SHA-256 of that version's file, in hexadecimal.
    public var tariffSHA256: String

    /// A part from its parts.
    public init(
        days: Range<CivilDay>, tariffID: String, tariffVersion: String, tariffSHA256: String
    ) {
        self.days = days
        self.tariffID = tariffID
        self.tariffVersion = tariffVersion
        self.tariffSHA256 = tariffSHA256
    }
}
