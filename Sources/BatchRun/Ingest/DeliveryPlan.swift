// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Store

/// Finds the files of a delivery.
enum DeliveryPlan {
    /// The files of an inbox that need reading, by name; what earlier runs read is left out.
    ///
    /// Names that start with `.` or end in `.tmp` or `.part` are uploads that are not finished. Links
    /// and folders are passed over.
    static func files(inInbox inbox: String, store: TallyStore) throws -> [PlannedFile] {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: inbox) else {
            throw UnreadableInput(path: inbox, mend: "give the folder that terminals deliver into")
        }
        let root = inbox.hasSuffix("/") ? String(inbox.dropLast()) : inbox
        let finished = names.filter { name in
            !name.hasPrefix(".") && !name.hasSuffix(".tmp") && !name.hasSuffix(".part")
        }
        return try plan(finished.sorted().map { "\(root)/\($0)" }, store: store)
    }

    /// A plan of files named one by one; a name that is no file is an error.
    static func files(named paths: [String], store: TallyStore) throws -> [PlannedFile] {
        for path in paths where DurableFile.stamp(of: path) == nil {
            throw UnreadableInput(path: path, mend: "give the name of a reading file")
        }
        return try plan(paths, store: store)
    }

    /// Archived files whose rejected lines are tried again.
    static func retries(_ hashes: [String], store: TallyStore) -> [PlannedFile] {
        hashes.sorted().enumerated().compactMap { position, sha256 in
            let path = store.archivePath(sha256: sha256)
            return DurableFile.stamp(of: path).map {
                PlannedFile(
                    position: position, path: path, bytes: $0.bytes,
                    modifiedNanoseconds: $0.modifiedNanoseconds)
            }
        }
    }

    private static func plan(_ paths: [String], store: TallyStore) throws -> [PlannedFile] {
        try store.read { transaction in
            var files: [PlannedFile] = []
            for path in paths {
                guard let stamp = DurableFile.stamp(of: path) else { continue }
                let isKnown = try transaction.remembers(
                    path: path, bytes: stamp.bytes, modifiedNanoseconds: stamp.modifiedNanoseconds)
                if isKnown { continue }
                files.append(
                    PlannedFile(
                        position: files.count, path: path, bytes: stamp.bytes,
                        modifiedNanoseconds: stamp.modifiedNanoseconds))
            }
            return files
        }
    }
}
