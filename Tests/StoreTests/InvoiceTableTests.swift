// SPDX-License-Identifier: Apache-2.0

import BillInvoice
import BillRating
import MeterModel
import MeterUsage
import Quantities
import Store
import TestSupport
import Testing

/// Law 6, where it is kept: in the tables themselves.
@Suite struct InvoiceTableTests {
    private func draft(contract: String, total: Int64) -> InvoiceDraft {
        InvoiceDraft(
            contractID: contract, customerID: "C", servicePointID: "S", feederID: "F",
            parts: [20_000..<20_010, 20_010..<20_030].map { days in
                InvoicePart(
                    days: CivilDay(number: days.lowerBound)..<CivilDay(number: days.upperBound),
                    tariffID: "flat", tariffVersion: "1",
                    tariffSHA256: InvoiceTableTests.emptySHA256)
            },
            inputsSHA256: "00", knownSeq: 1, bill: bill(total),
            determinants: [
                Determinants(
                    start: CivilDay(number: 20_000), end: CivilDay(number: 20_030),
                    energy: [.init(quantity: .activeImport, period: "all", amount: .one)])
            ])
    }

    private func bill(_ total: Int64) -> RatedBill {
        let currency = Currency(code: "CNY")!
        let form = LineForm(
            chargeID: "energy", description: "Energy", unit: "kWh", price: .one, currency: currency)
        return RatedBill(
            currency: currency, pricesIncludeTax: false,
            lines: [
                ChargeLine(
                    span: 0, form: form, quantity: .one, amountExact: .one,
                    amount: Money(minorUnits: total))
            ],
            taxes: [
                TaxLine(
                    category: "VAT", rate: .zero, base: Money(minorUnits: total), amount: .zero,
                    amountExact: .zero)
            ],
            net: Money(minorUnits: total), tax: .zero, total: Money(minorUnits: total))
    }

    /// The SHA-256 of no bytes, which stand for the tariff's.
    private static let emptySHA256 =
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    /// A branch that keeps the tariff of the drafts.
    private func branch() throws -> TrialBranch {
        let branch = try TrialBranch()
        let keep = "INSERT INTO tariff_file VALUES ('\(Self.emptySHA256)', 'flat', '1', '', 1)"
        #expect(try branch.attempt(keep) == nil)
        return branch
    }

    private func invoices(_ drafts: [InvoiceDraft], year: Int) -> InvoiceRows {
        var invoices = InvoiceRows(
            as: Store.Issue(
                run: 1, date: CivilDay(year: year, month: 1, day: 5)!, prefix: "TLF-",
                engineVersion: "1"))
        for draft in drafts { invoices.add(draft) }
        return invoices
    }

    @Test(arguments: [
        (0, "TLF-INV-2026-000000"), (42, "TLF-INV-2026-000042"), (99_999, "TLF-INV-2026-099999"),
        (123_456, "TLF-INV-2026-123456"), (1_234_567, "TLF-INV-2026-1234567"),
    ])
    func `a number has six digits or more`(number: Int, text: String) {
        let number = InvoiceNumber(prefix: "TLF-", kind: .invoice, year: 2026, number: number)
        #expect(number.description == text)
    }

    @Test func `numbers go on without gaps and begin anew each year`() throws {
        let branch = try branch()
        let store = try branch.store()
        try store.write { transaction in
            try transaction.issue(
                invoices(
                    [draft(contract: "A", total: 1), draft(contract: "B", total: 2)], year: 2026))
        }
        try store.write { try $0.issue(invoices([], year: 2026)) }
        try store.write { transaction in
            try transaction.issue(invoices([draft(contract: "C", total: 3)], year: 2026))
            try transaction.issue(invoices([draft(contract: "D", total: 4)], year: 2027))
        }
        #expect(
            try branch.column("SELECT number || ' ' || contract_id FROM invoice ORDER BY number")
                == [
                    "TLF-INV-2026-000001 A", "TLF-INV-2026-000002 B", "TLF-INV-2026-000003 C",
                    "TLF-INV-2027-000001 D",
                ])
        #expect(try store.read { try $0.brokenLaws() }.isEmpty)
    }

    @Test func `the last billed day is that of the feeder that was billed farthest`() throws {
        let branch = try branch()
        let store = try branch.store()
        #expect(try store.read { try $0.lastBilledDay() } == .min)
        for (feeder, end) in [("F2", 20_040), ("F1", 20_035), ("F3", 20_050), ("F2", 20_031)] {
            var draft = draft(contract: feeder, total: 1)
            draft.feederID = feeder
            let last = CivilDay(number: 20_010)..<CivilDay(number: Int32(end))
            draft.parts[1] = InvoicePart(
                days: last, tariffID: "flat", tariffVersion: "1",
                tariffSHA256: InvoiceTableTests.emptySHA256)
            try store.write { try $0.issue(invoices([draft], year: 2026)) }
        }
        #expect(try store.read { try $0.lastBilledDay() } == 20_050)
    }

    @Test func `a failed transaction takes no number`() throws {
        struct Stopped: Error {}
        let branch = try TrialBranch()
        let store = try branch.store()
        do {
            try store.write { transaction in
                try transaction.issue(invoices([draft(contract: "A", total: 1)], year: 2026))
                throw Stopped()
            }
        } catch is Stopped {}
        try store.write {
            try $0.issue(invoices([draft(contract: "B", total: 1)], year: 2026))
        }
        #expect(
            try branch.rows("SELECT number, contract_id FROM invoice") == [
                ["TLF-INV-2026-000001", "B"]
            ])
    }

    @Test(arguments: [
        ("UPDATE invoice SET total_minor = 0", "an issued invoice is never changed"),
        ("DELETE FROM invoice", "an issued invoice is never deleted"),
        ("UPDATE invoice_part SET part = 2", "a part of an issued invoice is never changed"),
        ("DELETE FROM invoice_part", "a part of an issued invoice is never deleted"),
        (
            "UPDATE invoice_point SET service_point_id = 'S9'",
            "a point of an issued invoice is never changed"
        ),
        ("DELETE FROM invoice_point", "a point of an issued invoice is never deleted"),
        ("UPDATE invoice_line SET price = '2'", "a line of an issued invoice is never changed"),
        ("DELETE FROM invoice_line", "a line of an issued invoice is never deleted"),
        ("UPDATE invoice_tax SET tax_minor = 0", "a tax of an issued invoice is never changed"),
        ("DELETE FROM invoice_tax", "a tax of an issued invoice is never deleted"),
        (
            "UPDATE invoice_determinant SET value = '0'",
            "what an issued invoice rests on is never changed"
        ),
        ("DELETE FROM invoice_determinant", "what an issued invoice rests on is never deleted"),
    ])
    func `what was issued is refused to any change`(statement: String, refusal: String) throws {
        let branch = try TrialBranch()
        var draft = draft(contract: "A", total: 100)
        draft.determinants[0].points = [
            Determinants.PointEnergy(
                share: PointShare(servicePoint: "S2", factor: .one), quantity: .activeImport,
                period: "all", amount: .one)
        ]
        try branch.store().write { try $0.issue(invoices([draft], year: 2026)) }
        let before = try branch.digest()
        #expect(try branch.attempt(statement) == refusal)
        #expect(try branch.digest() == before)
    }

    @Test(arguments: [
        (
            "INSERT INTO invoice_sequence VALUES ('TLF-INV-2025', 1)",
            "law 6: numbers have no gaps: TLF-INV-2025"
        ),
        (
            """
            INSERT INTO invoice_line SELECT invoice_id, 2, charge_id, description, quantity, unit,
                price, 1, amount_exact, formula, part FROM invoice_line
            """, "law 5: lines sum to the total or to the net: TLF-INV-2026-000001"
        ),
        (
            "INSERT INTO invoice_tax SELECT invoice_id, 'GST', '0.1', 100, 10 FROM invoice",
            "law 5: taxes sum to the tax: TLF-INV-2026-000001"
        ),
        (
            """
            INSERT INTO source_file VALUES (1, 'ab', 'n', NULL, 1, 1, 'accepted', 1, 1, 0, 0, 0, 1,
                1, NULL);
            INSERT INTO rejection (sha256, member, line, byte, code, found, readings, delivery)
                VALUES ('ab', '', 1, 0, 'bad-number', 'x', 1, 1)
            """, "law 1: a file's readings are the sum of their verdicts: ab"
        ),
    ])
    func `a broken law is found`(statement: String, problem: String) throws {
        let branch = try branch()
        try branch.store().write {
            try $0.issue(invoices([draft(contract: "A", total: 100)], year: 2026))
        }
        #expect(try branch.problems().isEmpty)
        #expect(try branch.attempt(statement) == nil)
        #expect(try branch.problems() == [problem])
    }
}
