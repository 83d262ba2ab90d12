// SPDX-License-Identifier: Apache-2.0

import BillTariff

/// Tariff texts that tests put together.
enum TariffText {
    static let head = """
        format: 1
        id: test
        version: 1
        valid_from: 2026-01-01
        currency: CNY
        timezone: Asia/Shanghai
        rounding: { money: 0.01, mode: half_up, at: line }
        prices_include_tax: false
        true_up: next_bill

        """

    /// A head and the rest of a tariff, which begins on line 10.
    static func tariff(_ rest: String, currency: String = "CNY") throws -> Tariff {
        let head = head.replacing("CNY", with: currency)
        return try Tariff.parse(head + rest, file: "t.yaml", sha256: "00")
    }

    /// The problems of a text as lines; empty where it is a tariff.
    static func problems(_ text: String) -> [String] {
        do throws(TariffProblems) {
            _ = try Tariff.parse(text, file: "t.yaml", sha256: "00")
            return []
        } catch {
            return error.problems.map(\.description)
        }
    }
}
