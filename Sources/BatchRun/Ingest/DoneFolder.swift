// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Store

/// A folder for read files that no file can be moved into.
public struct UnusableFolder: Error, Hashable, Sendable, CustomStringConvertible {
    /// The folder.
    public let path: String

    /// The path and what to do.
    public var description: String {
        "\(path): files cannot be moved here: give --done a folder that this account may write to"
    }
}

/// Where files go that were read and committed, when the operator names a folder for them.
struct DoneFolder {
    private let path: String

    /// A folder that files can be moved into; it is made where it is missing.
    init(_ path: String) throws(UnusableFolder) {
        let files = FileManager.default
        do { try files.createDirectory(atPath: path, withIntermediateDirectories: true) } catch {
            throw UnusableFolder(path: path)
        }
        guard DurableFile.names(in: path) != nil, files.isWritableFile(atPath: path) else {
            throw UnusableFolder(path: path)
        }
        self.path = path
    }

    /// Moves files, and gives what kept those that stay.
    ///
    /// One that is gone was moved before; one that is another now waits to be read.
    func move(_ files: [PlannedFile]) -> [String] {
        files.compactMap { file in
            guard DurableFile.stamp(of: file.path) == file.stamp else { return nil }
            do throws(FileError) { try move(file.path) } catch { return "\(error)" }
            return nil
        }
    }

    private func move(_ file: String) throws(FileError) {
        let name = file.split(separator: "/").last.map(String.init) ?? file
        var target = "\(path)/\(name)"
        var copy = 1
        while DurableFile.exists(target) {
            copy += 1
            target = "\(path)/\(name).\(copy)"
        }
        try DurableFile.move(file, to: target)
    }
}
