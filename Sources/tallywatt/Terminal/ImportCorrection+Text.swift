// SPDX-License-Identifier: Apache-2.0

import BatchRun
import Store

extension ImportCorrection {
    /// One line that names the invoice and what changed under it.
    var text: String {
        "for correction: \(invoice.number) of \(invoice.contractID), "
            + "\(invoice.period.lowerBound) to \(invoice.period.upperBound): \(detail)"
    }
}
