// SPDX-License-Identifier: Apache-2.0

import MeterModel

/// A delivered file that is refused as a whole: nothing of it counts, and it may come again.
public struct FileQuarantine: Error, Hashable, Sendable {
    /// Why, as a stable code; one of those that `RejectionCode.isQuarantine` names.
    public let code: RejectionCode
    /// What an operator needs besides the code, in one sentence; may be empty.
    public let detail: String
    /// SHA-256 of the file's bytes as delivered, in lowercase hex; empty where it cannot be read.
    public let sha256: String
    /// How many bytes were delivered.
    public let deliveredBytes: Int64

    /// A quarantine from its parts.
    public init(code: RejectionCode, detail: String, sha256: String, deliveredBytes: Int64) {
        self.code = code
        self.detail = detail
        self.sha256 = sha256
        self.deliveredBytes = deliveredBytes
    }
}

/// Why a container's bytes cannot be read on; becomes a `FileQuarantine` once the hash is known.
struct ContainerFault: Error, Hashable {
    let code: RejectionCode
    let detail: String

    static func truncated(_ detail: String) -> ContainerFault {
        ContainerFault(code: .truncatedCompression, detail: detail)
    }

    static func corrupt(_ detail: String) -> ContainerFault {
        ContainerFault(code: .corruptCompression, detail: detail)
    }

    static func unsupported(_ detail: String) -> ContainerFault {
        ContainerFault(code: .unsupportedContainer, detail: detail)
    }
}
