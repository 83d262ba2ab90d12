// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The right to change a database, held by one process at a time.
///
/// A lock on the file `PATH.lock`, which the system releases when the process ends, however it ends.
/// The file holds the owner's process id, for the message another process gives.
public struct DatabaseLock: ~Copyable {
    /// Another process holds the database.
    public struct Held: Error, Hashable, Sendable, CustomStringConvertible {
        /// The database.
        public let path: String
        /// The owner's process id, where its file tells it.
        public let owner: String

        /// Who holds it and what to do.
        public var description: String {
            "\(path) is held by another run\(owner.isEmpty ? "" : " (process \(owner))"): "
                + "wait until it ends, or end it"
        }
    }

    private let descriptor: Int32

    /// Takes the lock, or throws `Held` at once where another process has it.
    public init(database path: String) throws {
        // SAFETY: the path is lent for the call.
        descriptor = unsafe open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw StoreError.unwritable(path: path, reason: FileError.reason(of: errno))
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            var text = [UInt8](repeating: 0, count: 32)
            // SAFETY: `text` is lent for the call, with its own length.
            let count = unsafe pread(descriptor, &text, text.count, 0)
            close(descriptor)
            let owner = String(decoding: text.prefix(max(count, 0)), as: UTF8.self)
            throw Held(path: path, owner: owner.filter { $0.isNumber })
        }
        let pid = Array("\(getpid())\n".utf8)
        // SAFETY: `pid` is lent for the call, with its own length. The text is only for people.
        unsafe _ = ftruncate(descriptor, 0) == 0 && pwrite(descriptor, pid, pid.count, 0) > 0
    }

    deinit {
        close(descriptor)
    }
}
