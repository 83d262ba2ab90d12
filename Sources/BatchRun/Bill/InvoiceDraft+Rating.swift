// SPDX-License-Identifier: Apache-2.0

import BillInvoice
import BillRating
import BillTariff
import MeterModel
import MeterScan
import MeterUsage
import Quantities

extension InvoiceDraft {
    /// The invoice of a rated period.
    init(
        _ bill: RatedBill, _ inputs: [RatingInput], _ period: DuePeriod, servicePointID: String,
        feederID: String, knownSeq: Int
    ) {
        let determinants = inputs.flatMap { Determinant.list($0.determinants) }
        self.init(
            contractID: period.contract.id, customerID: period.contract.customerID,
            servicePointID: servicePointID, feederID: feederID,
            parts: inputs.map { input in
                Part(
                    days: input.determinants.start..<input.determinants.end,
                    tariffID: input.plan.tariff.id, tariffVersion: input.plan.tariff.version,
                    tariffSHA256: input.plan.tariff.sha256)
            },
            inputsSHA256: InvoiceDraft.inputsDigest(inputs, determinants), knownSeq: knownSeq,
            currency: bill.currency, lines: bill.lines.map(Line.init),
            taxes: bill.taxes.map {
                Tax(
                    category: $0.category, rate: $0.rate.description, base: $0.base,
                    amount: $0.amount)
            },
            net: bill.net, tax: bill.tax, total: bill.total,
            estimatedValues: inputs.reduce(0) { $0 + $1.determinants.estimatedValues },
            determinants: determinants)
    }

    /// SHA-256 over everything the amounts follow from, as text.
    private static func inputsDigest(_ inputs: [RatingInput], _ determinants: [Determinant])
        -> String
    {
        var text: [UInt8] = []
        text.reserveCapacity(512 + inputs.reduce(0) { $0 + $1.plan.seriesText.count })
        for input in inputs {
            text += input.plan.tariff.sha256.utf8
            text += "\n".utf8
            for (name, value) in input.parameters.sorted(by: { $0.key < $1.key }) {
                text += name.utf8
                text += "=".utf8
                text += value.utf8
                text += "\n".utf8
            }
            text += input.plan.seriesText
            for quantity in UsageQuantity.byName {
                guard let amount = input.yearToDate[quantity] else { continue }
                text += "year_to_date.".utf8
                text += quantity.rawValue.utf8
                text += "=".utf8
                amount.append(to: &text)
                text += "\n".utf8
            }
        }
        for entry in determinants {
            entry.partStart.append(to: &text)
            for part in [",", entry.quantity, ",", entry.period, ",", entry.value, "\n"] {
                text += part.utf8
            }
        }
        return sha256(of: text)
    }
}

extension UsageQuantity {
    fileprivate static let byName = allCases.sorted { $0.rawValue < $1.rawValue }
}

extension InvoiceDraft.Line {
    init(_ line: ChargeLine) {
        self.init(
            part: line.span, chargeID: line.chargeID, description: line.description,
            quantity: line.quantity?.documentText, unit: line.unit, price: line.price?.documentText,
            amount: line.amount, amountExact: line.amountExact.documentText, formula: line.formula)
    }
}

extension InvoiceDraft.Determinant {
    /// The determinants of a span as stored.
    static func list(_ determinants: Determinants) -> [InvoiceDraft.Determinant] {
        let energy = determinants.energy.map { item in
            InvoiceDraft.Determinant(
                partStart: determinants.start, quantity: item.quantity.rawValue,
                period: item.period, value: item.amount.description,
                unit: item.quantity.obis.baseUnit.rawValue, at: nil)
        }
        let demand = determinants.demand.map { peak in
            InvoiceDraft.Determinant(
                partStart: determinants.start, quantity: "demand.kw", period: peak.period,
                value: peak.kilowatts.description, unit: "kW", at: peak.at.iso(offset: 0))
        }
        return energy + demand
    }
}
