// SPDX-License-Identifier: Apache-2.0

import Quantities
import Store

/// What the folder that terminals deliver into holds when a run begins.
struct Inbox {
    /// The files by name.
    ///
    /// Names that start with `.` or end in `.tmp` or `.part` are uploads that are not finished.
    private(set) var files: [PlannedFile] = []
    /// What no run reads though it is no unfinished upload: links, folders, and names that are not
    /// UTF-8, as a person can read them.
    private(set) var passedOver: [String] = []

    /// Lists a folder.
    ///
    /// - Parameter done: Where files go that were read; it may be a folder of the inbox.
    init(_ folder: String, done: String?) throws {
        guard let names = DurableFile.names(in: folder) else {
            throw UnreadableInput(path: folder, mend: "give the folder that terminals deliver into")
        }
        for bytes in names where !Inbox.isUnfinished(bytes) {
            guard let name = String(validating: bytes, as: UTF8.self) else {
                passedOver.append(bytes.visibleText)
                continue
            }
            let path = folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
            if let stamp = DurableFile.stamp(of: path) {
                files.append(PlannedFile(position: files.count, path: path, stamp: stamp))
            } else if done.map({ $0 != path && $0 != path + "/" }) ?? true {
                passedOver.append(bytes.visibleText)
            }
        }
    }

    private static func isUnfinished(_ name: [UInt8]) -> Bool {
        name.first == UInt8(ascii: ".")
            || [".tmp", ".part"].contains { name.suffix($0.utf8.count).elementsEqual($0.utf8) }
    }
}
