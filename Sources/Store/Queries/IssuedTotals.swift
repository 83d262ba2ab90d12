// SPDX-License-Identifier: Apache-2.0

import GRDB

/// What the invoices come to that one run issued.
public struct IssuedTotals: Hashable, Sendable {
    /// How many there are.
    public var invoices = 0
    /// How many values were estimated for them.
    public var estimated = 0
    /// Their totals by currency code, in minor units.
    public var totals: [String: Int64] = [:]
    /// The energy of their parts as exact decimals, in kWh.
    public var kilowattHours: [String] = []
}

extension StoreTransaction {
    /// What the invoices of a run come to.
    public func issued(byRun run: Int) throws -> IssuedTotals {
        var issued = IssuedTotals()
        let currencies = try Row.fetchAll(
            db,
            sql: """
                SELECT currency, count(*) AS invoices, sum(estimated_values) AS estimated,
                    sum(total_minor) AS total
                FROM invoice WHERE run_id = ? GROUP BY currency
                """, arguments: [run])
        for row in currencies {
            issued.invoices += row["invoices"]
            issued.estimated += row["estimated"]
            issued.totals[row["currency"]] = row["total"]
        }
        issued.kilowattHours = try String.fetchAll(
            db,
            sql: """
                SELECT value FROM invoice JOIN invoice_determinant USING (invoice_id)
                WHERE run_id = ? AND quantity = 'import.kwh'
                """, arguments: [run])
        return issued
    }
}
