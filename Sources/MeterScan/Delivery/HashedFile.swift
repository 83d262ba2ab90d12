// SPDX-License-Identifier: Apache-2.0

import Glibc
import MeterModel

/// A file read from front to back once, hashed on the way: the bytes as delivered.
struct HashedFile: ~Copyable {
    /// The bytes at hand; `next..<limit` are read and not yet used.
    private var buffer: [UInt8]
    private var next = 0
    private var limit = 0
    /// So many bytes that were used stay in the buffer, for `unread(_:)`.
    private let kept = 8
    private let descriptor: Int32
    private var hash = ContentHash()
    private let sizeBefore: Int64
    private let timeBefore: timespec
    /// When the file's bytes, name or rights last changed; unlike `timeBefore` nobody can set it.
    private let changeBefore: timespec

    /// How many bytes were read from the file so far.
    private(set) var deliveredBytes: Int64 = 0
    /// The hash of the whole file in lowercase hex; empty until `finish()`.
    private(set) var sha256 = ""
    /// True where size or times of change differ from those at the start; known after `finish()`.
    private(set) var changedWhileRead = false

    /// Opens a regular file.
    ///
    /// - Parameters:
    ///   - buffer: Memory to read into, whatever it holds.
    ///   - bufferBytes: How much is read at once.
    init(
        path: String, reusing buffer: consuming [UInt8] = [], bufferBytes: Int = 1 << 17
    ) throws(ContainerFault) {
        // Without waiting: a pipe in the inbox must not stop the night.
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw HashedFile.unreadable(errno) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else {
            let reason = errno
            close(descriptor)
            throw HashedFile.unreadable(reason)
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw ContainerFault(code: .unreadableFile, detail: "not a regular file")
        }
        self.descriptor = descriptor
        self.sizeBefore = Int64(status.st_size)
        self.timeBefore = status.st_mtim
        self.changeBefore = status.st_ctim
        self.buffer =
            buffer.count == bufferBytes ? buffer : [UInt8](repeating: 0, count: bufferBytes)
    }

    /// Gives the buffer away, once nothing more is to be read.
    mutating func giveBuffer() -> [UInt8] {
        (next, limit) = (0, 0)
        return exchange(&buffer, with: [])
    }

    deinit {
        close(descriptor)
    }

    /// The file's size when it was opened.
    var size: Int64 { sizeBefore }

    /// How many bytes are at hand.
    var count: Int { limit - next }

    /// Makes sure that at least `wanted` bytes are at hand, unless the file ends before.
    ///
    /// - Returns: False where fewer are left in the file.
    mutating func require(_ wanted: Int) throws(ContainerFault) -> Bool {
        precondition(wanted <= buffer.count - kept, "a look ahead within the buffer")
        while count < wanted {
            if next > kept {
                let rest = (next - kept)..<limit
                unsafe buffer.withUnsafeMutableBytes { bytes in
                    // SAFETY: the range is inside the buffer, and is moved to the front of it.
                    unsafe bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[rest]))
                }
                (next, limit) = (kept, rest.count)
            }
            let got = unsafe buffer.withUnsafeMutableBytes { bytes in
                // SAFETY: `limit` is inside the buffer, and no more than the rest is asked for.
                unsafe HashedFile.readOnce(
                    descriptor, UnsafeMutableRawBufferPointer(rebasing: bytes[limit...]))
            }
            guard got >= 0 else { throw HashedFile.unreadable(errno) }
            if got == 0 { return false }
            unsafe buffer.withUnsafeBytes { bytes in
                unsafe hash.update(UnsafeRawBufferPointer(rebasing: bytes[limit..<(limit + got)]))
            }
            limit += got
            deliveredBytes += Int64(got)
        }
        return true
    }

    /// The byte `offset` places on, which must be at hand.
    func peek(_ offset: Int) -> UInt8 {
        precondition(offset < count, "a byte at hand")
        return buffer[next + offset]
    }

    /// A number of `width` bytes at `offset`, the lowest byte first.
    func peekNumber(_ offset: Int, width: Int) -> UInt64 {
        (0..<width).reduce(0) { $0 | UInt64(peek(offset + $1)) << UInt64(8 * $1) }
    }

    /// Passes over bytes at hand.
    mutating func skip(_ bytes: Int) {
        precondition(bytes <= count, "bytes at hand")
        next += bytes
    }

    /// Takes back up to eight bytes that were passed over.
    mutating func unread(_ bytes: Int) {
        precondition(bytes <= min(kept, next), "bytes that are still kept")
        next -= bytes
    }

    /// Lends the bytes at hand; the body tells how many of them it used.
    mutating func use<R>(_ body: (UnsafeRawBufferPointer) -> (used: Int, result: R)) -> R {
        let (used, result) = unsafe buffer.withUnsafeBytes { bytes in
            // SAFETY: `next..<limit` is inside the buffer, which lives for the call.
            unsafe body(UnsafeRawBufferPointer(rebasing: bytes[next..<limit]))
        }
        skip(used)
        return result
    }

    /// Reads what is left, closes the hash and looks whether the file changed meanwhile.
    mutating func finish() throws(ContainerFault) {
        guard sha256.isEmpty else { return }
        repeat { skip(count) } while try require(1)
        sha256 = hash.finish()
        var status = stat()
        let known = unsafe fstat(descriptor, &status) == 0
        changedWhileRead =
            !known || Int64(status.st_size) != sizeBefore || deliveredBytes != sizeBefore
            || status.st_mtim.tv_sec != timeBefore.tv_sec
            || status.st_mtim.tv_nsec != timeBefore.tv_nsec
            || status.st_ctim.tv_sec != changeBefore.tv_sec
            || status.st_ctim.tv_nsec != changeBefore.tv_nsec
    }

    /// Reads into a buffer, again where a signal interrupted it; -1 with `errno` on failure.
    private static func readOnce(
        _ descriptor: Int32, _ bytes: UnsafeMutableRawBufferPointer
    ) -> Int {
        while true {
            let got = unsafe read(descriptor, bytes.baseAddress, bytes.count)
            if got >= 0 || errno != EINTR { return got }
        }
    }

    private static func unreadable(_ reason: Int32) -> ContainerFault {
        let text = unsafe String(cString: strerror(reason))
        return ContainerFault(code: .unreadableFile, detail: text)
    }
}
