// SPDX-License-Identifier: Apache-2.0

import BillRating
import BillTariff
import Foundation
import Testing

@Suite struct ShippedTariffTests {
    static let folder =
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Tariffs").path()

    @Test func `every shipped tariff passes its own examples and the lint`() throws {
        let folder = try TariffFolder.load(Self.folder, sha256: { _ in "" })
        #expect(folder.entries.count >= 12)
        #expect(folder.entries.allSatisfy { !$0.tariff.examples.isEmpty })
        let findings = TariffCheck.findings(in: folder)
        #expect(findings.isEmpty, "\(findings.map(\.description).joined(separator: "\n"))")
    }

    @Test func `every shipped tariff says that its prices are made up`() throws {
        let folder = try TariffFolder.load(Self.folder, sha256: { _ in "" })
        for entry in folder.entries {
            #expect(entry.tariff.isIllustrative, "\(entry.file)")
            #expect(entry.tariff.source != nil, "\(entry.file)")
        }
    }
}
