// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A text file written piece by piece, so that a table of ten million rows needs no memory.
struct OutputFile: ~Copyable {
    private let handle: FileHandle
    private let path: String
    private var pending: [UInt8] = []

    /// Creates or empties the file at `path`.
    init(path: String) throws(GenerationError) {
        self.path = path
        do {
            try Data().write(to: URL(fileURLWithPath: path))
            handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        } catch {
            throw .cannotWrite(path: path, reason: error.localizedDescription)
        }
        pending.reserveCapacity(1 << 20)
    }

    /// Adds text.
    mutating func append(_ text: String) throws(GenerationError) {
        pending.append(contentsOf: text.utf8)
        if pending.count >= 1 << 20 - 4096 { try flush() }
    }

    /// Writes what is pending and closes the file.
    consuming func close() throws(GenerationError) {
        try flush()
        do {
            try handle.close()
        } catch {
            throw .cannotWrite(path: path, reason: error.localizedDescription)
        }
    }

    private mutating func flush() throws(GenerationError) {
        do {
            try handle.write(contentsOf: pending)
        } catch {
            throw .cannotWrite(path: path, reason: error.localizedDescription)
        }
        pending.removeAll(keepingCapacity: true)
    }
}

/// Writes a small file in one go.
func writeWhole(_ bytes: [UInt8], to path: String) throws(GenerationError) {
    do {
        try Data(bytes).write(to: URL(fileURLWithPath: path))
    } catch {
        throw .cannotWrite(path: path, reason: error.localizedDescription)
    }
}

/// Makes a folder and those above it; an existing one must be empty.
func makeEmptyFolder(_ path: String) throws(GenerationError) {
    let files = FileManager.default
    do {
        try files.createDirectory(
            at: URL(fileURLWithPath: path), withIntermediateDirectories: true)
        guard try files.contentsOfDirectory(atPath: path).isEmpty else {
            throw GenerationError.folderNotEmpty(path: path)
        }
    } catch let error as GenerationError {
        throw error
    } catch {
        throw .cannotWrite(path: path, reason: error.localizedDescription)
    }
}
