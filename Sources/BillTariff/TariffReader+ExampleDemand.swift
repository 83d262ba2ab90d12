// SPDX-License-Identifier: Apache-2.0

import Quantities

extension TariffReader {
    /// The demand of each bill of an example: `demand` for all of them, or `demand_by_month`.
    mutating func exampleDemand(_ given: Fields, bills: Int) -> [[String: [Exact]]] {
        guard let tree = given["demand_by_month"] else {
            return given["demand"].map { [periodDemand($0)] } ?? []
        }
        if let extra = given["demand"] {
            fields.report(extra.position, .badValue, "the demand is given twice", "keep one")
        }
        if let extra = given["to"] {
            fields.report(
                extra.position, .badValue, "an example of several months has no 'to'",
                "leave it out: the bills run from month to month")
        }
        let months = fields.list(tree).map { periodDemand($0) }
        if bills > 0, bills != months.count {
            fields.report(
                tree.position, .badValue,
                "there are \(months.count) months of demand and \(bills) of energy",
                "give both for the same months")
        }
        return months
    }

    /// The demand of a bill: that over all, or one for each period.
    private mutating func periodDemand(_ tree: YamlTree) -> [String: [Exact]] {
        guard case .mapping(let entries) = tree.content else { return ["all": windows(tree)] }
        var found: [String: [Exact]] = [:]
        for entry in entries {
            if entry.key != "all", !periods.names.contains(entry.key) {
                fields.report(
                    entry.position, .unknownReference, "there is no period '\(entry.key)'",
                    "use all, or one of " + periods.names.joined(separator: ", "))
            }
            found[entry.key] = windows(entry.value)
        }
        return found
    }

    /// One number, or the highest windows.
    private mutating func windows(_ tree: YamlTree) -> [Exact] {
        let found = fields.list(tree).compactMap { fields.decimal($0) }
        if case .list(let items) = tree.content, items.isEmpty {
            fields.report(tree.position, .badValue, "no demand is given", "write a number")
        }
        return found.isEmpty ? [.zero] : found
    }
}
