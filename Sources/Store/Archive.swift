// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// Delivered files, kept for ever under the SHA-256 of their bytes as delivered.
extension TallyStore {
    /// Where the archive keeps a file of this hash: two levels, so that no folder grows huge.
    public func archivePath(sha256: String) -> String {
        "\(folder)/archive/\(sha256.prefix(2))/\(sha256)"
    }

    /// Copies a delivered file into the archive, durably; nothing happens where it is there.
    ///
    /// - Parameter isSteady: Tells whether the file is still as it was when it was hashed.
    /// - Returns: False where it changed meanwhile, so that its bytes are not those of the hash.
    public func archive(_ source: String, sha256: String, isSteady: () -> Bool) throws -> Bool {
        let target = archivePath(sha256: sha256)
        if DurableFile.exists(target) { return isSteady() }
        let room = "\(folder)/archive/\(sha256.prefix(2))"
        try FileManager.default.createDirectory(atPath: room, withIntermediateDirectories: true)
        let isCopied = try DurableFile.copy(source, to: target, isSteady: isSteady)
        try DurableFile.syncFolder(room)
        return isCopied
    }
}
