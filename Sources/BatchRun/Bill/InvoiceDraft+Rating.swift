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
        self.init(
            contractID: period.contract.id, customerID: period.contract.customerID,
            servicePointID: servicePointID, feederID: feederID,
            parts: inputs.map { input in
                let tariff = input.plan.tariff
                return InvoicePart(
                    days: input.determinants.start..<input.determinants.end, tariffID: tariff.id,
                    tariffVersion: tariff.version, tariffSHA256: tariff.sha256)
            },
            inputsSHA256: InvoiceDraft.inputsDigest(inputs), knownSeq: knownSeq, bill: bill,
            determinants: inputs.map(\.determinants))
    }

    /// SHA-256 over everything the amounts follow from, as text.
    private static func inputsDigest(_ inputs: [RatingInput]) -> String {
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
        for input in inputs {
            let start = input.determinants.start.description
            input.determinants.forEachEntry { entry in
                text += start.utf8
                text.append(UInt8(ascii: ","))
                text += entry.quantity.utf8
                text.append(UInt8(ascii: ","))
                text += entry.period.utf8
                text.append(UInt8(ascii: ","))
                entry.value.append(to: &text)
                text.append(UInt8(ascii: "\n"))
            }
        }
        return sha256(of: text)
    }
}

extension UsageQuantity {
    fileprivate static let byName = allCases.sorted { $0.rawValue < $1.rawValue }
}

extension InvoiceDeterminant {
    /// The determinants of a span as stored.
    static func list(_ determinants: Determinants) -> [InvoiceDeterminant] {
        var list: [InvoiceDeterminant] = []
        determinants.forEachEntry { entry in
            list.append(
                InvoiceDeterminant(
                    partStart: determinants.start, quantity: entry.quantity, period: entry.period,
                    value: entry.value.description, unit: entry.unit,
                    at: entry.at?.iso(offset: 0)))
        }
        return list
    }
}
