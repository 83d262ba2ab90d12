// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A step on a file that the system refused.
public struct FileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was attempted, as a verb phrase.
    public let action: String
    /// The file or folder.
    public let path: String
    /// The system's error number.
    public let errorNumber: Int32

    /// What failed, on which file, and the system's reason.
    public var description: String {
        // SAFETY: strerror gives a string that stays valid until the next call on this thread.
        let reason = unsafe String(cString: strerror(errorNumber))
        return "\(path): cannot \(action): \(reason)"
    }
}

/// File steps whose effect survives a power cut.
///
/// The system's file calls take C strings and buffers, so every call is `unsafe`; each gets a path
/// that lives for the call, and a length that is the buffer's own.
public enum DurableFile {
    /// Copies a file to a temporary name beside `target`, syncs it and renames it into place.
    ///
    /// Does nothing where `target` is there already: archived files are named by their content. Two
    /// threads that hold equal files may copy at the same time; the second finds the first's work.
    ///
    /// - Parameter isSteady: Tells whether the source is still as it was when it was read; asked
    ///   after copying.
    /// - Returns: False where the source changed meanwhile; the copy is thrown away then.
    public static func copy(
        _ source: String, to target: String, isSteady: () -> Bool
    ) throws(FileError) -> Bool {
        if exists(target) { return isSteady() }
        let input = try open(source, O_RDONLY | O_CLOEXEC, "open")
        defer { close(input) }
        let temporary = target + ".tmp"
        let output = try open(temporary, O_WRONLY | O_CREAT | O_CLOEXEC, "create")
        // Closing releases the lock, so it lasts until the name is in place.
        defer { close(output) }
        guard flock(output, LOCK_EX) == 0 else { throw failure("lock", temporary) }
        if exists(target) {
            // SAFETY: the path is lent for the call; that the name is gone already is no error.
            _ = unsafe unlink(temporary)
            return isSteady()
        }
        // What a crash left under the name may be longer than the file.
        guard ftruncate(output, 0) == 0 else { throw failure("empty", temporary) }
        try copyBytes(from: input, to: output, path: temporary)
        guard fsync(output) == 0 else { throw failure("sync", temporary) }
        guard isSteady() else {
            // SAFETY: the path is lent for the call; the copy is of no use to anyone.
            _ = unsafe unlink(temporary)
            return false
        }
        // SAFETY: both paths are Swift strings lent for the call.
        guard unsafe rename(temporary, target) == 0 else { throw failure("rename", temporary) }
        return true
    }

    /// Makes the names in a folder durable.
    public static func syncFolder(_ path: String) throws(FileError) {
        let folder = try open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, "open")
        defer { close(folder) }
        guard fsync(folder) == 0 else { throw failure("sync", path) }
    }

    /// Size and time of change of a regular file that is no link; nil for anything else.
    public static func stamp(of path: String) -> (bytes: Int64, modifiedNanoseconds: Int64)? {
        var status = stat()
        // SAFETY: the path is lent for the call and `status` is one whole `stat`.
        guard unsafe lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            return nil
        }
        let modified = Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
        return (Int64(status.st_size), modified)
    }

    /// True where something of this name is there.
    public static func exists(_ path: String) -> Bool {
        // SAFETY: the path is lent for the call.
        unsafe access(path, F_OK) == 0
    }

    /// Moves a file; both names must be on one file system.
    public static func move(_ source: String, to target: String) throws(FileError) {
        // SAFETY: both paths are lent for the call.
        guard unsafe rename(source, target) == 0 else { throw failure("move", source) }
    }

    private static func copyBytes(from input: Int32, to output: Int32, path: String)
        throws(FileError)
    {
        var chunk = [UInt8](repeating: 0, count: 1 << 17)
        while true {
            // SAFETY: `chunk` is lent for each call, with its own length.
            let taken = unsafe read(input, &chunk, chunk.count)
            if taken == 0 { return }
            guard taken > 0 else { throw failure("read", path) }
            var written = 0
            while written < taken {
                let rest = Array(chunk[written..<taken])
                // SAFETY: `rest` is lent for the call, with its own length.
                let count = unsafe write(output, rest, rest.count)
                guard count > 0 else { throw failure("write", path) }
                written += count
            }
        }
    }

    private static func open(_ path: String, _ flags: Int32, _ action: String) throws(FileError)
        -> Int32
    {
        // SAFETY: the path is lent for the call.
        let descriptor = unsafe Glibc.open(path, flags, 0o644)
        guard descriptor >= 0 else { throw failure(action, path) }
        return descriptor
    }

    private static func failure(_ action: String, _ path: String) -> FileError {
        FileError(action: action, path: path, errorNumber: errno)
    }
}
