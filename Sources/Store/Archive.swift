// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// Delivered files, kept for ever under the SHA-256 of their bytes as delivered.
///
/// A file is copied aside while it is read; before its readings are committed, the copies of a group
/// are synced together and given their names. A name in the archive always stands for whole bytes.
extension TallyStore {
    /// Where the archive keeps a file of this hash: two levels, so that no folder grows huge.
    public func archivePath(sha256: String) -> String { "\(archiveRoom(sha256))/\(sha256)" }

    private func archiveRoom(_ sha256: String) -> String { "\(folder)/archive/\(sha256.prefix(2))" }

    /// Copies that have no name yet.
    private var incoming: String { "\(folder)/archive/incoming" }

    /// Copies the next piece of a delivered file aside, so that disks are busy while it is read.
    ///
    /// The rest follows with `copyAside`, or the copy is to be dropped.
    ///
    /// - Parameters:
    ///   - place: The copy's name; of one file at a time.
    ///   - isBegun: False for the first piece.
    public func copyPieceAside(_ source: String, place: Int, isBegun: Bool) throws {
        try DurableFile.copy(
            source, to: "\(incoming)/\(place)", isBegun: isBegun, atMost: 2 << 20)
    }

    /// Drops what was copied of a file that is not to be archived.
    public func dropCopy(place: Int) throws {
        let copy = "\(incoming)/\(place)"
        if DurableFile.exists(copy) { try DurableFile.remove(copy) }
    }

    /// Copies a delivered file aside, or the rest of it, to be archived when its readings are
    /// committed.
    ///
    /// - Parameters:
    ///   - place: The copy's name; of one file at a time.
    ///   - isBegun: True where pieces of it were copied.
    ///   - isSteady: Tells whether the file is still as it was when it was hashed.
    /// - Returns: False where it changed meanwhile, so that its bytes are not those of the hash.
    public func copyAside(
        _ source: String, sha256: String, place: Int, isBegun: Bool = false, isSteady: () -> Bool
    ) throws -> Bool {
        if DurableFile.exists(archivePath(sha256: sha256)) {
            try dropCopy(place: place)
            return isSteady()
        }
        try DurableFile.copy(source, to: "\(incoming)/\(place)", isBegun: isBegun)
        if isSteady() { return true }
        try dropCopy(place: place)
        return false
    }

    /// Archives files that were copied aside, durably; one whose bytes are there already is dropped.
    ///
    /// - Parameter copies: The hash and place of each; those that were not copied are passed over.
    public func archive(_ copies: [(sha256: String, place: Int)]) throws {
        let present = copies.filter { DurableFile.exists("\(incoming)/\($0.place)") }
        guard !present.isEmpty else { return }
        // One sync for all is a tenth of the work of one for each.
        try DurableFile.syncFileSystem(of: folder)
        for (sha256, place) in present {
            let target = archivePath(sha256: sha256)
            if DurableFile.exists(target) {
                try DurableFile.remove("\(incoming)/\(place)")
                continue
            }
            let room = archiveRoom(sha256)
            if !DurableFile.exists(room) {
                try FileManager.default.createDirectory(
                    atPath: room, withIntermediateDirectories: true)
            }
            try DurableFile.move("\(incoming)/\(place)", to: target)
        }
        try DurableFile.syncFileSystem(of: folder)
    }

    /// Makes room for copies, and removes those that a crash left.
    public func sweepCopies() throws {
        try FileManager.default.createDirectory(atPath: incoming, withIntermediateDirectories: true)
        for name in try FileManager.default.contentsOfDirectory(atPath: incoming) {
            try DurableFile.remove("\(incoming)/\(name)")
        }
    }
}
