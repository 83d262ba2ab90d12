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
                // Through the plan: a tariff is large to copy.
                let plan = input.plan
                return InvoicePart(
                    days: plan.start..<plan.end, tariffID: plan.tariff.id,
                    tariffVersion: plan.tariff.version, tariffSHA256: plan.tariff.sha256)
            },
            inputsSHA256: InvoiceDraft.inputsDigest(inputs, of: (try? period.spans.get()) ?? []),
            knownSeq: knownSeq, bill: bill,
            determinants: inputs.map(\.determinants))
    }

    /// SHA-256 over everything the amounts follow from, as text.
    private static func inputsDigest(_ inputs: [RatingInput], of spans: [DueSpan]) -> String {
        precondition(inputs.count == spans.count, "each span has its input")
        var text: [UInt8] = []
        text.reserveCapacity(512 + inputs.reduce(0) { $0 + $1.plan.seriesText.count })
        for index in inputs.indices {
            let plan = inputs[index].plan
            text += plan.tariff.sha256.utf8
            text.append(UInt8(ascii: "\n"))
            let parameters = inputs[index].parameters
            if !parameters.isEmpty { append(parameters, to: &text) }
            text += plan.seriesText
            let yearToDate = inputs[index].yearToDate
            for (quantity, name) in UsageQuantity.yearToDateNames {
                guard let amount = yearToDate[quantity] else { continue }
                text += name
                amount.append(to: &text)
                text.append(UInt8(ascii: "\n"))
            }
        }
        for index in inputs.indices {
            let determinants = inputs[index].determinants
            let names = spans[index].shared.determinantNames
            var place = 0
            determinants.forEachEntry { entry in
                if place < names.count, names[place].isName(of: entry) {
                    text += names[place].text
                } else {
                    text += DeterminantName(entry, from: determinants.start).text
                }
                place += 1
                entry.value.append(to: &text)
                text.append(UInt8(ascii: "\n"))
            }
        }
        return sha256(of: text)
    }

    private static func append(_ parameters: [String: String], to text: inout [UInt8]) {
        for (name, value) in parameters.sorted(by: { $0.key < $1.key }) {
            text += "\(name)=\(value)\n".utf8
        }
    }
}

/// What stands before the value of a determinant in the text that is hashed.
struct DeterminantName {
    private let quantity: String
    private let period: String
    let text: [UInt8]

    /// The name of a determinant of a span that begins on a day.
    init(quantity: String, period: String, from start: CivilDay) {
        self.quantity = quantity
        self.period = period
        text = Array("\(start),\(quantity),\(period),".utf8)
    }

    fileprivate init(_ entry: Determinants.Entry, from start: CivilDay) {
        self.init(quantity: entry.quantity, period: entry.period, from: start)
    }

    /// True for a determinant of this name; the start is for the caller to know.
    fileprivate func isName(of entry: Determinants.Entry) -> Bool {
        period == entry.period && quantity == entry.quantity
    }
}

extension UsageQuantity {
    /// Each quantity with what stands before its year to date, by name.
    fileprivate static let yearToDateNames = allCases.sorted { $0.rawValue < $1.rawValue }
        .map { (quantity: $0, name: Array("year_to_date.\($0.rawValue)=".utf8)) }
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
