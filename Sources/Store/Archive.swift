// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// Delivered files, kept for ever under the SHA-256 of their bytes as delivered.
extension TallyStore {
    /// Where the archive keeps a file of this hash: two levels, so that no folder grows huge.
    public func archivePath(sha256: String) -> String {
        "\(folder)/archive/\(sha256.prefix(2))/\(sha256)"
    }

    /// Copies a delivered file into the archive, durably; nothing happens where it is there.
    public func archive(_ source: String, sha256: String) throws {
        let target = archivePath(sha256: sha256)
        if DurableFile.exists(target) { return }
        let room = "\(folder)/archive/\(sha256.prefix(2))"
        try FileManager.default.createDirectory(atPath: room, withIntermediateDirectories: true)
        try DurableFile.copy(source, to: target)
        try DurableFile.syncFolder(room)
    }
}
