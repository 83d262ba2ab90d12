// SPDX-License-Identifier: Apache-2.0

import BillTariff
import Store

/// Tariffs as they were when they billed, each read once.
struct KeptTariffs {
    private var tariffs: [String: Tariff?] = [:]

    /// The tariff of a file that billed; nil where it can no longer be read.
    mutating func tariff(_ sha256: String, _ transaction: StoreTransaction) throws -> Tariff? {
        if let known = tariffs[sha256] { return known }
        let text = try transaction.keptTariff(sha256: sha256)
        let tariff = text.flatMap { Tariff.kept($0, sha256: sha256) }
        tariffs[sha256] = .some(tariff)
        return tariff
    }
}

extension Tariff {
    /// The tariff of a text that was kept; nil where it can no longer be read.
    static func kept(_ text: String, sha256: String) -> Tariff? {
        // A byte order mark is kept, as its bytes are hashed, and is no part of the text.
        let body = text.unicodeScalars.drop { $0 == "\u{FEFF}" }
        return try? Tariff.parse(String(body), file: sha256, sha256: sha256)
    }
}
