// SPDX-License-Identifier: Apache-2.0

import Quantities

extension TariffReader {
    private static let netKeys = [
        "netting", "bank", "against", "expires", "expired", "at_end", "if_split",
    ]

    /// Reads `net_metering` into `self.netMetering`.
    mutating func readNetMetering(_ top: Fields) {
        guard let tree = top["net_metering"],
            let net = fields.fields(tree, "net_metering", allowed: TariffReader.netKeys)
        else { return }
        hasNetMetering = true
        let netting = fields.decision(
            net, "netting", NetMetering.Scope.self,
            question: "whether each period is netted by itself")
        if netting == .byPeriod, !periods.hasTimeOfUse, let tree = net["netting"] {
            fields.report(
                tree.position, .badValue, "the tariff has no periods", "write netting: all")
        }
        let bank = bank(net, netting)
        let against = against(net, isWanted: netting == .byPeriod && bank == .all)
        let expiry = expiry(net)
        let atEnd = fields.decision(
            net, "at_end", NetMetering.Fate.self,
            question: "what becomes of the bank when a contract ends")
        let expired = expired(net, canExpire: expiry?.expiry != .never || atEnd == .expires)
        let split = fields.decision(
            net, "if_split", NetMetering.Split.self,
            question: "what a billing period does that tariff or terms part")
        guard let netting, let bank, let expiry, let atEnd, let split else { return }
        netMetering = NetMetering(
            netting: netting, bank: bank, against: against, expiry: expiry.expiry,
            order: expiry.order, expired: expired, atEnd: atEnd, split: split,
            position: tree.position)
    }

    private mutating func bank(_ net: Fields, _ netting: NetMetering.Scope?) -> NetMetering.Scope? {
        if netting == .byPeriod {
            return fields.decision(
                net, "bank", NetMetering.Scope.self,
                question: "whether what a period leaves over serves all periods")
        }
        if let tree = net["bank"], fields.word(tree, NetMetering.Scope.self) == .byPeriod {
            fields.report(
                tree.position, .badValue, "periods leave nothing over where all are netted at once",
                "write netting: by_period, or leave bank out")
        }
        return .all
    }

    /// Every period once, in the order in which the bank serves them.
    private mutating func against(_ net: Fields, isWanted: Bool) -> [String] {
        guard isWanted else {
            if let tree = net["against"] {
                fields.report(
                    tree.position, .badValue, "the bank serves no period before another",
                    "leave against out")
            }
            return []
        }
        guard let tree = net["against"] else {
            fields.report(
                net.position, .undecided,
                "net_metering leaves open which period the bank serves first",
                "add against: [\(periods.names.joined(separator: ", "))] in that order")
            return []
        }
        let names = fields.texts(tree)
        if names.sorted() != periods.names.sorted() {
            fields.report(
                tree.position, .badValue, "it does not name each period once",
                "put " + periods.names.joined(separator: ", ") + " in order")
        }
        return names
    }

    private mutating func expiry(
        _ net: Fields
    ) -> (expiry: NetMetering.Expiry, order: NetMetering.Order)? {
        guard let tree = net["expires"] else {
            fields.report(
                net.position, .undecided, "net_metering leaves open when kept energy expires",
                "add expires: never, expires: { each: 04-01, surplus_of_bill: expires }, or "
                    + "expires: { after_months: 12, use: oldest_first }")
            return nil
        }
        if case .scalar("never") = tree.content { return (.never, .oldestFirst) }
        guard
            let entries = fields.fields(
                tree, "expires", allowed: ["each", "surplus_of_bill", "after_months", "use"])
        else { return nil }
        if let months = entries["after_months"] {
            reportExtra(entries, ["each", "surplus_of_bill"], beside: "after_months")
            let order = fields.decision(
                entries, "use", NetMetering.Order.self,
                question: "which of the kept energy is used first")
            guard let count = wholeNumber(months, 1...120), let order else { return nil }
            return (.afterMonths(count), order)
        }
        reportExtra(entries, ["use"], beside: "each")
        let fate = fields.decision(
            entries, "surplus_of_bill", NetMetering.Fate.self,
            question: "what becomes of the surplus of the bill in which the date lies")
        guard let tree = fields.required(entries, "each"), let text = fields.text(tree) else {
            return nil
        }
        // A year without 29 February, so that every year has the date.
        guard let date = CivilDay(iso: "2001-\(text)"), let fate else {
            if fate != nil {
                fields.report(
                    tree.position, .badValue, "'\(text)' is not a date of every year",
                    "write the month and the day as 04-01")
            }
            return nil
        }
        let each = YearlyExpiry(
            month: date.components.month, day: date.components.day, surplusOfBill: fate)
        return (.each(each), .oldestFirst)
    }

    private mutating func reportExtra(_ entries: Fields, _ keys: [String], beside key: String) {
        for extra in keys {
            guard let tree = entries[extra] else { continue }
            fields.report(
                tree.position, .badValue, "'\(extra)' does not belong to '\(key)'", "leave it out")
        }
    }

    private mutating func expired(_ net: Fields, canExpire: Bool) -> NetMetering.Expired? {
        if canExpire {
            return fields.decision(
                net, "expired", NetMetering.Expired.self,
                question: "whether the customer has anything of energy that expired")
        }
        if let tree = net["expired"] {
            fields.report(tree.position, .badValue, "nothing expires", "leave expired out")
        }
        return nil
    }
}

/// What charges do with netted energy.
extension TariffReader {
    /// Reports charges for netted energy that the file does not have, and netted energy without charges.
    mutating func reportNetSlips() {
        var used: Set<BilledQuantity> = []
        for charge in charges {
            for quantity in charge.kind.quantities where !quantity.isMeasured {
                used.insert(quantity)
                reportSlip(of: charge, on: quantity)
            }
        }
        guard let netMetering else { return }
        if !used.contains(.net) {
            fields.report(
                netMetering.position, .badValue, "no charge bills net.kwh",
                "write on: net.kwh where a charge is for what is left after export")
        }
        if netMetering.expired == .billed, !used.contains(.expired) {
            fields.report(
                netMetering.position, .badValue, "no charge pays for expired.kwh",
                "add a charge on: expired.kwh with a price below zero, or write expired: lost")
        }
    }

    private mutating func reportSlip(of charge: Charge, on quantity: BilledQuantity) {
        guard let netMetering else {
            // One that could not be read has its own problems.
            if hasNetMetering { return }
            fields.report(
                charge.position, .unknownReference,
                "charge '\(charge.id)' bills \(quantity.rawValue), and nothing is netted",
                "add net_metering, or bill import.kwh")
            return
        }
        if quantity == .expired, netMetering.expired != .billed {
            fields.report(
                charge.position, .badValue, "nothing that expires is billed",
                "write expired: billed, or leave the charge out")
        }
        if charge.kind.needsIntervals {
            fields.report(
                charge.position, .badValue,
                "'\(charge.id)' asks for intervals, and \(quantity.rawValue) is of a whole bill",
                "bill import.kwh and export.kwh, or do not ask for intervals")
        }
        let isByPeriod =
            switch charge.kind {
            case .energy(let kind): kind.isByPeriod
            case .tiers(let kind): kind.isByPeriod
            default: false
            }
        if isByPeriod, quantity == .expired || netMetering.netting == .all {
            fields.report(
                charge.position, .badValue,
                "\(quantity.rawValue) is not told by period",
                "write netting: by_period, or one price for all periods")
        }
    }
}
