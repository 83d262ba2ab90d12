// SPDX-License-Identifier: Apache-2.0

import BillTariff
import Store

/// The clauses of tariff files that billed.
public struct KeptClauses: Sendable {
    private var tariffs: [String: (rounding: MoneyRounding, clauses: [String: TariffClause])] = [:]

    /// The clauses of some tariff files, by the SHA-256 of their bytes.
    public init(_ files: some Sequence<String>, in store: TallyStore) throws {
        for sha256 in Set(files) {
            guard let text = try store.read({ try $0.keptTariff(sha256: sha256) }),
                let tariff = Tariff.kept(text, sha256: sha256)
            else { continue }
            tariffs[sha256] = (tariff.rounding, tariff.clauses(in: text))
        }
    }

    /// The clause of a charge; nil where the file can no longer be read.
    public func clause(of charge: String, tariff sha256: String) -> TariffClause? {
        tariffs[sha256]?.clauses[charge]
    }

    /// How a tariff rounds money; nil where its file can no longer be read.
    public func rounding(tariff sha256: String) -> MoneyRounding? { tariffs[sha256]?.rounding }
}
