// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization

/// Bytes that are too many to hold, put aside in a file without a name; gone with the process.
///
/// The file is made when something is first put aside.
public final class ScratchFile: Sendable {
    private struct State {
        var descriptor: Int32 = -1
        var end: Int64 = 0
    }

    private let folder: String
    private let state = Mutex(State())

    /// A scratch file in a folder.
    public init(in folder: String) {
        self.folder = folder
    }

    deinit {
        state.withLock { state in
            if state.descriptor >= 0 { close(state.descriptor) }
        }
    }

    /// Puts bytes aside and gives where they are.
    public func append(_ bytes: [UInt8]) throws(FileError) -> Range<Int64> {
        try state.withLock { state throws(FileError) in
            if state.descriptor < 0 { state.descriptor = try nameless() }
            var done = 0
            while done < bytes.count {
                // SAFETY: `done..<bytes.count` is inside the array, which is lent for the call.
                let count = unsafe bytes.withUnsafeBytes { bytes in
                    unsafe pwrite(
                        state.descriptor, bytes.baseAddress! + done, bytes.count - done,
                        off_t(state.end) + done)
                }
                guard count > 0 else { throw failure("write") }
                done += count
            }
            defer { state.end += Int64(bytes.count) }
            return state.end..<(state.end + Int64(bytes.count))
        }
    }

    /// The bytes at a place that `append` gave.
    public func bytes(at place: Range<Int64>) throws(FileError) -> [UInt8] {
        let descriptor = state.withLock { $0.descriptor }
        var bytes = [UInt8](repeating: 0, count: Int(place.upperBound - place.lowerBound))
        var done = 0
        while done < bytes.count {
            let rest = bytes.count - done
            // SAFETY: `done..<bytes.count` is inside the array, which is lent for the call.
            let count = unsafe bytes.withUnsafeMutableBytes { bytes in
                unsafe pread(
                    descriptor, bytes.baseAddress! + done, rest, off_t(place.lowerBound) + done)
            }
            guard count > 0 else { throw failure("read") }
            done += count
        }
        return bytes
    }

    private func nameless() throws(FileError) -> Int32 {
        var name = Array("\(folder)/scratch-XXXXXX".utf8CString)
        // SAFETY: the name is lent for each call, and ends with a zero.
        let descriptor = unsafe mkstemp(&name)
        guard descriptor >= 0 else { throw failure("make room in") }
        // SAFETY: as above; that the name is gone is what is wanted.
        _ = unsafe unlink(name)
        return descriptor
    }

    private func failure(_ action: String) -> FileError {
        FileError(action: action, path: folder, errorNumber: errno)
    }
}
