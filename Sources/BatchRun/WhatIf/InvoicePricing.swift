// SPDX-License-Identifier: Apache-2.0

import BillRating
import BillTariff
import MeterModel
import MeterUsage
import Quantities
import Store

/// An invoice with what the network says of its contract.
struct FoundInvoice: Sendable {
    let invoice: BilledInvoice
    /// As an index in `Network.contractIDs`; nil for one that the network no longer has.
    let contract: Int?
    /// What was billed before it in its years; nil where no tariff asks that.
    let year: YearToDate?
    /// The demand billed before it; nil where no tariff looks back.
    let earlier: EarlierPeaks?
}

/// Prices invoices under other tariffs, one after the other.
///
/// Most are of the days, tariffs and terms of the one before, and are priced by what was made for that.
struct InvoicePricing {
    /// A tariff that billed, and its calendar.
    typealias Billed = (tariff: Tariff, calendar: TimeOfUseCalendar)

    /// What invoices of the same days, tariffs and terms share.
    private struct Setting {
        let contract: Int
        /// As an index in the network.
        let zone: Int
        let period: Range<CivilDay>
        let days: [Range<CivilDay>]
        let tariffs: [String]
        /// Shape: `[other tariff]`.
        var spans: [ComparedSpans]

        func isOf(_ invoice: BilledInvoice, _ contract: Int, _ network: Network) -> Bool {
            period == invoice.period && days.count == invoice.parts.count
                && invoice.parts.indices.allSatisfy {
                    days[$0] == invoice.parts[$0].days
                        && tariffs[$0] == invoice.parts[$0].tariffSHA256
                } && network.hasSameTerms(contract, as: self.contract)
                && network.place(ofContract: contract).zone == zone
        }
    }

    let network: Network
    /// By the SHA-256 of their files.
    let billed: [String: Billed]
    /// What contracts lack that a tariff needs.
    let parameters: [String: String]
    private let others: [ComparedTariff]
    private let currencies: [String]
    private var setting: Setting?

    init(
        network: Network, billed: [String: Billed], parameters: [String: String],
        others: [ComparedTariff]
    ) {
        self.network = network
        self.billed = billed
        self.parameters = parameters
        self.others = others
        currencies = others.map { $0.tariff.currency.code }
    }

    /// Adds an invoice to a piece, with what is to pay for it under each other tariff.
    mutating func price(_ found: FoundInvoice, into piece: inout ComparedPiece) {
        let invoice = found.invoice
        piece.invoices.append(
            ComparedInvoice(
                contractID: invoice.contractID, contract: found.contract,
                customerClass: invoice.customerClass ?? "", tariffID: invoice.tariffID,
                now: invoice.total,
                kilowattHours: invoice.parts.reduce(Exact.zero) {
                    $0 + $1.determinants.total(.activeImport)
                }))
        let gap = settle(invoice, found.contract)
        for other in others.indices {
            guard currencies[other] == invoice.currency else {
                piece.others.append(
                    .failure(
                        ComparisonGap(
                            ComparisonGap.otherCurrency, "billed in \(invoice.currency)")))
                continue
            }
            if let gap {
                piece.others.append(.failure(gap))
                continue
            }
            piece.others.append(
                Result { () throws(ComparisonGap) in
                    guard let total = try setting?.spans[other].total(of: found)
                    else {
                        preconditionFailure("a setting was made")
                    }
                    return total
                })
        }
    }

    /// Has the setting of an invoice, or tells why it cannot be priced at all.
    private mutating func settle(_ invoice: BilledInvoice, _ contract: Int?) -> ComparisonGap? {
        guard let contract else {
            return ComparisonGap(
                ComparisonGap.unknownContract, "the network has no \(invoice.contractID)")
        }
        if let setting, setting.isOf(invoice, contract, network) { return nil }
        setting = nil
        do throws(ComparisonGap) {
            let terms = network.contract(contract)
            let spans = try spans(of: invoice, terms)
            let cycle = terms.cyclePlace(of: invoice.period)
            setting = Setting(
                contract: contract, zone: terms.zone, period: invoice.period,
                days: invoice.parts.map(\.days),
                tariffs: invoice.parts.map(\.tariffSHA256),
                spans: others.map {
                    ComparedSpans(spans, cycle, network.zones[terms.zone], under: $0)
                })
            return nil
        } catch {
            return error
        }
    }

    /// The parts of an invoice with the terms of their days.
    ///
    /// A part has several where the tariff that billed asked nothing of what changed.
    private func spans(
        of invoice: BilledInvoice, _ contract: Contract
    ) throws(ComparisonGap) -> [BilledSpan] {
        var spans: [BilledSpan] = []
        for part in invoice.parts {
            guard let billed = billed[part.tariffSHA256] else {
                throw ComparisonGap(
                    ComparisonGap.unreadableTariff,
                    "the file of \(invoice.tariffID) with sha256 "
                        + "\(part.tariffSHA256.prefix(12))… cannot be read")
            }
            guard let terms = contract.terms(on: part.days.lowerBound) else {
                throw ComparisonGap(
                    ComparisonGap.unknownContract,
                    "\(contract.id) has no terms on \(part.days.lowerBound)")
            }
            let later = contract.terms.filter {
                part.days.lowerBound < $0.from && $0.from < part.days.upperBound
            }
            spans.append(
                BilledSpan(
                    days: part.days, billed: billed.tariff, calendar: billed.calendar,
                    parameters: parameters.merging(terms.parameters) { $1 },
                    laterParameters: later.map { parameters.merging($0.parameters) { $1 } }))
        }
        return spans
    }
}
