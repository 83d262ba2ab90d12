// SPDX-License-Identifier: Apache-2.0

import BillTariff
import Quantities
import Testing

@testable import BatchRun

@Suite struct ComparisonBookTests {
    private static func piece(
        _ contract: String, _ place: Int?, _ now: Int64,
        _ other: Result<Money, ComparisonGap>
    ) -> ComparedPiece {
        ComparedPiece(
            invoices: [
                ComparedInvoice(
                    contractID: contract, contract: place, customerClass: "home", tariffID: "flat",
                    now: Money(minorUnits: now), kilowattHours: Exact(now))
            ],
            others: [other])
    }

    @Test func `a reason names its first contract, and a contract counts once`() throws {
        let file = "\(TariffFile.folder)/cn.xj.turpan.residential.yaml"
        let tariff = try ComparedTariff(file: file, stored: .init())
        var book = ComparisonBook(contracts: 2, others: 1)
        let paid = Result<Money, ComparisonGap>.success(Money(minorUnits: 150))
        func gap(_ detail: String) -> Result<Money, ComparisonGap> {
            .failure(ComparisonGap("missing-price", charge: "energy", detail))
        }
        book.add(Self.piece("K1", 0, 100, paid))
        book.add(Self.piece("K2", 1, 100, gap("K2 in January")))
        book.add(Self.piece("K3", nil, 100, paid))
        // K1 fails after K2 did, and stays out of the sums whatever comes then.
        book.add(Self.piece("K1", 0, 100, gap("K1 in February")))
        book.add(Self.piece("K1", 0, 100, paid))
        book.add(Self.piece("K3", nil, 100, paid))
        let report = book.report(of: [tariff]).tariffs[0]
        #expect(report.unpriced.map(\.example) == ["K1"])
        #expect(report.unpriced.map(\.detail) == ["K1 in February"])
        #expect(report.unpriced.map(\.contracts) == [2])
        #expect(report.total.contracts == 1)
        // Two invoices of K3: 200 now, 300 then.
        #expect(report.total.now == Money(minorUnits: 200))
        #expect(report.total.then == Money(minorUnits: 300))
        #expect(report.losers.map(\.contractID) == ["K3"])
    }
}

/// Where the shipped tariffs are.
private enum TariffFile {
    static let folder =
        #filePath.split(separator: "/").dropLast(3).reduce(into: "") { $0 += "/\($1)" } + "/Tariffs"
}
