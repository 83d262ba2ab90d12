// SPDX-License-Identifier: Apache-2.0

import Quantities
import Store

/// Finds the files of a delivery.
enum DeliveryPlan {
    /// The files of an inbox that need reading, by name; what earlier runs read is left out.
    ///
    /// Names that start with `.` or end in `.tmp` or `.part` are uploads that are not finished.
    static func files(inInbox inbox: String, store: TallyStore) throws -> [PlannedFile] {
        let names = try finishedNames(inInbox: inbox)
            .compactMap { String(validating: $0, as: UTF8.self) }
        return try plan(names.map { path($0, inInbox: inbox) }, store: store)
    }

    /// What of an inbox no run reads though it is no unfinished upload: links, folders, and names
    /// that are not UTF-8, as a person can read them.
    static func passedOver(of request: NightlyRun.Request) throws -> [String] {
        guard let inbox = request.inbox else { return [] }
        return try finishedNames(inInbox: inbox).filter { bytes in
            guard let name = String(validating: bytes, as: UTF8.self) else { return true }
            let path = path(name, inInbox: inbox)
            // Files that were read may be put into a folder of the inbox.
            let isDone = request.done.map { $0 == path || $0 == path + "/" } ?? false
            return !isDone && DurableFile.stamp(of: path) == nil
        }.map(\.visibleText)
    }

    private static func finishedNames(inInbox inbox: String) throws -> [[UInt8]] {
        guard let names = DurableFile.names(in: inbox) else {
            throw UnreadableInput(path: inbox, mend: "give the folder that terminals deliver into")
        }
        return names.filter { name in
            let ends = [".tmp", ".part"].contains {
                name.suffix($0.utf8.count).elementsEqual($0.utf8)
            }
            return name.first != UInt8(ascii: ".") && !ends
        }
    }

    private static func path(_ name: String, inInbox inbox: String) -> String {
        inbox.hasSuffix("/") ? inbox + name : "\(inbox)/\(name)"
    }

    /// A plan of files named one by one; a name that is no file is an error.
    static func files(named paths: [String], store: TallyStore) throws -> [PlannedFile] {
        for path in paths where DurableFile.stamp(of: path) == nil {
            throw UnreadableInput(path: path, mend: "give the name of a reading file")
        }
        return try plan(paths, store: store)
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

    private static func plan(_ paths: [String], store: TallyStore) throws -> [PlannedFile] {
        try store.read { transaction in
            var files: [PlannedFile] = []
            for path in paths {
                guard let stamp = DurableFile.stamp(of: path) else { continue }
                if try transaction.remembers(path: path, stamp: stamp) { continue }
                files.append(PlannedFile(position: files.count, path: path, stamp: stamp))
            }
            return files
        }
    }
}
