// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A text file written piece by piece, so that a table of ten million rows needs no memory.
struct OutputFile: ~Copyable {
    private let handle: FileHandle
    private let path: String
    private var pending = TextBuffer(room: 1 << 20)

    /// Creates or empties the file at `path`.
    init(path: String) throws(GenerationError) {
        self.path = path
        handle = try newFile(path)
    }

    /// Adds text.
    mutating func append(_ line: TextLine) throws(GenerationError) {
        pending.append(line)
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
            try handle.write(contentsOf: pending.bytes[..<pending.count])
        } catch {
            throw .cannotWrite(path: path, reason: error.localizedDescription)
        }
        pending.removeAll()
    }
}

/// Writes a file in one go.
///
/// Not by `Data.write`, which waits until each file is on the disk; made-up data can be made again.
func writeWhole(_ bytes: [UInt8], to path: String) throws(GenerationError) {
    let handle = try newFile(path)
    do {
        try handle.write(contentsOf: bytes)
        try handle.close()
    } catch {
        throw .cannotWrite(path: path, reason: error.localizedDescription)
    }
}

/// Creates or empties the file at `path`.
private func newFile(_ path: String) throws(GenerationError) -> FileHandle {
    do {
        try Data().write(to: URL(fileURLWithPath: path))
        return try FileHandle(forWritingTo: URL(fileURLWithPath: path))
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
