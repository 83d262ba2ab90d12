// SPDX-License-Identifier: Apache-2.0

import BillTariff
import MeterUsage
import Quantities

/// How billed energy comes about where it is not what was measured.
extension SpanRater {
    /// The periods that a line is of; nil for all.
    func members(of name: String?, _ groups: PeriodGroups?) -> [String]? {
        guard let name else { return nil }
        guard let groups, let group = groups.names.firstIndex(of: name) else { return [name] }
        return zip(tariff.periods.names, groups.groupOfPeriod).filter { $0.1 == group }.map(\.0)
    }

    /// What is said before the formula of a line of some energy; nil for what the form says.
    ///
    /// - Parameter periods: The periods that the line is of; nil for all.
    func note(
        of form: LineForm, _ quantity: BilledQuantity, _ periods: [String]? = nil
    ) -> String? {
        guard let origin = origin(of: quantity, periods) else { return nil }
        let own = String(decoding: form.formula.note.dropLast(2), as: UTF8.self)
        return own.isEmpty ? origin : "\(origin); \(own)"
    }

    /// How some energy comes about; nil where it is as it was measured.
    func origin(of quantity: BilledQuantity, _ periods: [String]?) -> String? {
        let determinants = input.determinants
        if quantity == .net { return originOfNet(periods) }
        func isWanted(_ usage: UsageQuantity, _ period: String) -> Bool {
            usage == quantity.usage && (periods?.contains(period) ?? true)
        }
        let read = determinants.read.filter { isWanted($0.quantity, $0.period) }
        guard !read.isEmpty else { return nil }
        var text = "read \(read.reduce(Exact.zero) { $0 + $1.amount }) \(quantity.unit)"
        for loss in tariff.losses {
            let lost = determinants.losses.filter {
                $0.loss == loss.id && isWanted($0.quantity, $0.period)
            }
            if lost.isEmpty { continue }
            let sum = lost.reduce(Exact.zero) { $0 + $1.amount }
            text += sum < .zero ? " − \(-sum) \(loss.id)" : " + \(sum) \(loss.id)"
        }
        return text
    }

    /// What was netted, and what the bank did.
    private func originOfNet(_ periods: [String]?) -> String? {
        guard let bank = input.determinants.bank else { return nil }
        func sum(_ quantity: UsageQuantity) -> Exact {
            input.determinants.energy.reduce(Exact.zero) { sum, item in
                let isWanted =
                    item.quantity == quantity && (periods?.contains(item.period) ?? true)
                return isWanted ? sum + item.amount : sum
            }
        }
        func sum(_ amounts: [Determinants.PeriodAmount]) -> Exact {
            amounts.reduce(Exact.zero) { sum, item in
                periods?.contains(item.period) ?? true ? sum + item.amount : sum
            }
        }
        var text = "import \(sum(.activeImport)) − export \(sum(.activeExport)) kWh"
        let (used, added) = (sum(bank.used), sum(bank.added))
        if used != .zero { text += " − \(used) kept before" }
        if added != .zero { text += ", \(added) kept for later" }
        return text
    }
}
