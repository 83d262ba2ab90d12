// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Store

/// A folder for read files that no file can be moved into.
public struct UnusableFolder: Error, Hashable, Sendable, CustomStringConvertible {
    /// Why files cannot be moved into a folder.
    public enum Reason: Hashable, Sendable {
        /// The database keeps its own files there.
        case database
        /// It is the folder that terminals deliver into: a file moved there would come again.
        case inbox
        /// The folder cannot be made, listed or written to.
        case unwritable
    }

    /// The folder.
    public let path: String

    /// Why.
    public let reason: Reason

    /// The path and what to do.
    public var description: String {
        switch reason {
        case .database:
            "\(path): the database keeps its own files here: give --done another folder"
        case .inbox: "\(path): this is the inbox itself: give --done another folder"
        case .unwritable:
            "\(path): files cannot be moved here: give --done a folder that this account may write to"
        }
    }
}

/// Where files go that were read and committed, when the operator names a folder for them.
struct DoneFolder {
    private let path: String

    /// A folder that files can be moved into; it is made where it is missing.
    ///
    /// - Parameters:
    ///   - database: The folder of the database, in which it must not be.
    ///   - inbox: The folder the files come from, which it must not be; it may be a folder in it.
    init(_ path: String, database: String, inbox: String?) throws(UnusableFolder) {
        if DoneFolder.leads(path, into: database) {
            throw UnusableFolder(path: path, reason: .database)
        }
        if let inbox = inbox.flatMap(DurableFile.resolved), inbox == DurableFile.resolved(path) {
            throw UnusableFolder(path: path, reason: .inbox)
        }
        let files = FileManager.default
        do { try files.createDirectory(atPath: path, withIntermediateDirectories: true) } catch {
            throw UnusableFolder(path: path, reason: .unwritable)
        }
        guard DurableFile.names(in: path) != nil, files.isWritableFile(atPath: path) else {
            throw UnusableFolder(path: path, reason: .unwritable)
        }
        self.path = path
    }

    /// True for a folder, there or yet to be made, that is or would be below another.
    private static func leads(_ path: String, into folder: String) -> Bool {
        var parts = path.split(separator: "/")
        let root = path.hasPrefix("/") ? "/" : "./"
        while !parts.isEmpty, DurableFile.resolved(root + parts.joined(separator: "/")) == nil {
            parts.removeLast()
        }
        guard let place = DurableFile.resolved(root + parts.joined(separator: "/")),
            let folder = DurableFile.resolved(folder)
        else { return false }
        return place == folder || place.hasPrefix(folder + "/")
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
        while DurableFile.isTaken(target) {
            copy += 1
            target = "\(path)/\(name).\(copy)"
        }
        try DurableFile.move(file, to: target)
    }
}
