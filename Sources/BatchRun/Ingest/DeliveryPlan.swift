// SPDX-License-Identifier: Apache-2.0

import Store

/// Finds the files of a delivery.
enum DeliveryPlan {
    /// Files named one by one; a name that is no file is an error.
    static func files(named paths: [String]) throws -> [PlannedFile] {
        try paths.enumerated().map { position, path in
            guard let stamp = DurableFile.stamp(of: path) else {
                throw UnreadableInput(path: path, mend: "give the name of a reading file")
            }
            return PlannedFile(position: position, path: path, stamp: stamp)
        }
    }

    /// Which of some files earlier runs read, and a plan of the others.
    static func plan(_ files: [PlannedFile], store: TallyStore) throws -> (
        read: [PlannedFile], new: [PlannedFile]
    ) {
        try store.read { transaction in
            var (read, new): ([PlannedFile], [PlannedFile]) = ([], [])
            for var file in files {
                if try transaction.remembers(path: file.path, stamp: file.stamp) {
                    read.append(file)
                } else {
                    file.position = new.count
                    new.append(file)
                }
            }
            return (read, new)
        }
    }

    /// Archived files whose rejected lines are tried again.
    static func retries(_ hashes: Set<String>, store: TallyStore) -> [PlannedFile] {
        hashes.sorted().enumerated().compactMap { position, sha256 in
            let path = store.archivePath(sha256: sha256)
            return DurableFile.stamp(of: path).map {
                PlannedFile(position: position, path: path, stamp: $0)
            }
        }
    }
}
