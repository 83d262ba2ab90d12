// SPDX-License-Identifier: Apache-2.0

import CLinux
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
        "\(path): cannot \(action): \(FileError.reason(of: errorNumber))"
    }

    /// The system's words for an error number.
    static func reason(of errorNumber: Int32) -> String {
        // SAFETY: strerror gives a string that stays valid until the next call on this thread.
        unsafe String(cString: strerror(errorNumber))
    }
}

/// What tells a file from another of the same name without reading it: no program can give new bytes
/// the old time of change.
public struct FileStamp: Hashable, Sendable {
    /// Its size.
    public var bytes: Int64
    /// When its bytes were written, as the writer says, in nanoseconds since 1970.
    public var modifiedNanoseconds: Int64
    /// When its bytes, name or rights last changed, as the system says, in nanoseconds since 1970.
    public var changedNanoseconds: Int64
    /// Its number in the file system.
    public var inode: Int64
}

/// File steps whose effect survives a power cut.
///
/// The system's file calls take C strings and buffers, so every call is `unsafe`; each gets a path
/// that lives for the call, and a length that is the buffer's own.
public enum DurableFile {
    /// Copies a file's bytes. Not durable before a sync.
    ///
    /// - Parameters:
    ///   - isBegun: True where the target holds the first bytes already and the next are to follow;
    ///     else what it held is gone.
    ///   - bytes: About so many are copied, at most.
    public static func copy(
        _ source: String, to target: String, isBegun: Bool = false, atMost bytes: Int = .max
    ) throws(FileError) {
        let input = try open(source, O_RDONLY | O_CLOEXEC, "open")
        defer { close(input) }
        let mode = isBegun ? 0 : O_CREAT | O_TRUNC
        let output = try open(target, O_WRONLY | O_CLOEXEC | mode, "create")
        defer { close(output) }
        let copied = lseek(output, 0, SEEK_END)
        guard copied >= 0, lseek(input, copied, SEEK_SET) == copied else {
            throw failure("copy", target)
        }
        try copyBytes(from: input, to: output, atMost: bytes, path: target)
    }

    /// Makes everything durable that was written to the file system of a folder: bytes and names.
    public static func syncFileSystem(of folder: String) throws(FileError) {
        let descriptor = try open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, "open")
        defer { close(descriptor) }
        guard syncfs(descriptor) == 0 else { throw failure("sync", folder) }
    }

    /// Removes a file.
    public static func remove(_ path: String) throws(FileError) {
        // SAFETY: the path is lent for the call.
        guard unsafe unlink(path) == 0 else { throw failure("remove", path) }
    }

    /// The stamp of a regular file that is no link; nil for anything else.
    public static func stamp(of path: String) -> FileStamp? {
        var status = stat()
        // SAFETY: the path is lent for the call and `status` is one whole `stat`.
        guard unsafe lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            return nil
        }
        func nanoseconds(_ time: timespec) -> Int64 {
            Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
        }
        return FileStamp(
            bytes: Int64(status.st_size), modifiedNanoseconds: nanoseconds(status.st_mtim),
            changedNanoseconds: nanoseconds(status.st_ctim),
            inode: Int64(truncatingIfNeeded: status.st_ino))
    }

    /// The names in a folder as their bytes, in the order of bytes; nil where it cannot be read.
    public static func names(in folder: String) -> [[UInt8]]? {
        // SAFETY: the path is lent for the call; the stream is closed below.
        guard let stream = unsafe opendir(folder) else { return nil }
        defer { unsafe closedir(stream) }
        var names: [[UInt8]] = []
        // SAFETY: an entry is valid until the next call, and its name ends with a zero.
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
                unsafe name.withMemoryRebound(to: CChar.self, capacity: 256) { text in
                    unsafe Array(UnsafeRawBufferPointer(start: text, count: strlen(text)))
                }
            }
            if name != [0x2E], name != [0x2E, 0x2E] { names.append(name) }
        }
        return names.sorted { $0.lexicographicallyPrecedes($1) }
    }

    /// The first bytes of a file; none where it cannot be read.
    public static func beginning(of path: String, bytes count: Int) -> [UInt8] {
        guard let descriptor = try? open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, "open") else {
            return []
        }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: count)
        // SAFETY: `bytes` is lent for the call, with its own length.
        let taken = unsafe read(descriptor, &bytes, count)
        return Array(bytes.prefix(max(taken, 0)))
    }

    /// True where something of this name is there.
    public static func exists(_ path: String) -> Bool {
        // SAFETY: the path is lent for the call.
        unsafe access(path, F_OK) == 0
    }

    /// True where the name is taken, also by a link to nothing.
    public static func isTaken(_ path: String) -> Bool {
        var status = stat()
        // SAFETY: the path is lent for the call and `status` is one whole `stat`.
        return unsafe lstat(path, &status) == 0
    }

    /// Where a path leads, from the root on and without links; nil where nothing is there.
    public static func resolved(_ path: String) -> String? {
        // SAFETY: the path is lent for the call; the text that it gives is ours to free.
        guard let text = unsafe realpath(path, nil) else { return nil }
        defer { unsafe free(text) }
        return unsafe String(cString: text)
    }

    /// Moves a file; to another file system as a copy, whose source goes when the copy is durable.
    public static func move(_ source: String, to target: String) throws(FileError) {
        // SAFETY: both paths are lent for the call.
        if unsafe rename(source, target) == 0 { return }
        guard errno == EXDEV else { throw failure("move", source) }
        let folder = target.split(separator: "/", omittingEmptySubsequences: false).dropLast()
            .joined(separator: "/")
        let part = target + ".part"
        do throws(FileError) {
            try copy(source, to: part)
            try syncFileSystem(of: folder)
            // SAFETY: both paths are lent for the call.
            guard unsafe rename(part, target) == 0 else { throw failure("move", source) }
        } catch {
            try? remove(part)
            throw error
        }
        try remove(source)
    }

    private static func copyBytes(
        from input: Int32, to output: Int32, atMost bytes: Int, path: String
    ) throws(FileError) {
        var left = bytes
        // Within the system as far as it can: without a way through our memory.
        while left > 0 {
            let copied = copy_file_range(input, nil, output, nil, min(left, 1 << 30), 0)
            if copied == 0 { return }
            if copied < 0 { break }
            left -= copied
        }
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while left > 0 {
            // SAFETY: `chunk` is lent for each call, with its own length.
            let taken = unsafe read(input, &chunk, chunk.count)
            if taken == 0 { return }
            guard taken > 0 else { throw failure("read", path) }
            var written = 0
            while written < taken {
                // SAFETY: `written..<taken` is inside the chunk, which is lent for the call.
                let count = unsafe chunk.withUnsafeBytes { bytes in
                    unsafe write(output, bytes.baseAddress! + written, taken - written)
                }
                guard count > 0 else { throw failure("write", path) }
                written += count
            }
            left -= taken
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
