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
        let tariff = text.flatMap { try? Tariff.parse($0, file: sha256, sha256: sha256) }
        tariffs[sha256] = .some(tariff)
        return tariff
    }
}
