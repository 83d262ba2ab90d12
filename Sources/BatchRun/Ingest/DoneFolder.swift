// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Store

/// Where files go that were read and committed, when the operator names a folder for them.
enum DoneFolder {
    /// Moves files; one that is gone already was moved by an earlier run.
    static func move(_ paths: [String], to folder: String) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for path in paths where DurableFile.exists(path) {
            let name = path.split(separator: "/").last.map(String.init) ?? path
            var target = "\(folder)/\(name)"
            var copy = 1
            while DurableFile.exists(target) {
                copy += 1
                target = "\(folder)/\(name).\(copy)"
            }
            try DurableFile.move(path, to: target)
        }
    }
}
