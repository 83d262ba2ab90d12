// SPDX-License-Identifier: Apache-2.0

import MeterModel

/// The bytes of a delivered file after its container is taken off: plain, gzip or zip.
///
/// The container is told by its first bytes, never by the file's name.
struct InflatedBytes: ~Copyable {
    private enum Container {
        case plain
        case gzip
        case zip
    }

    /// The file as delivered.
    var file: HashedFile
    /// How many inflated bytes were given so far.
    private(set) var count: Int64 = 0
    private let container: Container
    private let limit: Int64
    var inflater = Inflater()
    var isInMember = false
    var memberCount = 0
    /// The member of a zip archive that is being read.
    var zip = ZipMember()
    /// The names of the zip members so far.
    var zipNames: Set<String> = []
    /// True where all that is in the container has been entered.
    private var isExhausted = false

    /// Looks at the file's first bytes.
    ///
    /// - Parameter limit: More inflated bytes than this are refused.
    init(_ opened: consuming HashedFile, limit: Int64) throws(ContainerFault) {
        file = opened
        self.limit = limit
        guard try file.require(1) else {
            throw ContainerFault(code: .emptyFile, detail: "the file has no bytes")
        }
        _ = try file.require(6)
        container = try InflatedBytes.container(of: file)
    }

    private static func container(of file: borrowing HashedFile) throws(ContainerFault)
        -> Container
    {
        func starts(_ magic: [UInt8]) -> Bool {
            magic.count <= file.count && magic.indices.allSatisfy { file.peek($0) == magic[$0] }
        }
        if starts([0x1F, 0x8B]) { return .gzip }
        if starts([0x50, 0x4B, 0x03, 0x04]) || starts([0x50, 0x4B, 0x05, 0x06]) { return .zip }
        let others: [(magic: [UInt8], name: String)] = [
            ([0x1F, 0x9D], "compress"), ([0x42, 0x5A, 0x68], "bzip2"),
            ([0xFD, 0x37, 0x7A, 0x58, 0x5A], "xz"), ([0x28, 0xB5, 0x2F, 0xFD], "zstd"),
            ([0x37, 0x7A, 0xBC, 0xAF], "7z"), ([0x52, 0x61, 0x72, 0x21], "rar"),
        ]
        for other in others where starts(other.magic) {
            throw .unsupported("the file is \(other.name); send it plain, as gzip or as zip")
        }
        return .plain
    }

    /// Goes on to the next text: of a zip archive each member is one, of any other file the whole.
    ///
    /// - Returns: False where none is left, when every check has passed.
    mutating func beginText() throws(ContainerFault) -> Bool {
        if container == .zip { return try beginZipMember() }
        defer { isExhausted = true }
        return !isExhausted
    }

    /// Writes the next bytes of the text to `output`, which must not be empty.
    ///
    /// - Returns: How many were written; 0 at the text's end, when its checks have passed.
    mutating func read(into output: UnsafeMutableRawBufferPointer) throws(ContainerFault) -> Int {
        let written: Int
        switch container {
        case .plain: written = unsafe try readPlain(into: output)
        case .gzip: written = unsafe try readGzip(into: output)
        case .zip: written = unsafe try readZip(into: output)
        }
        count += Int64(written)
        guard count <= limit else {
            throw ContainerFault(
                code: .tooLarge, detail: "more than \(limit) bytes come out of \(file.size)")
        }
        return written
    }

    /// Reads the file to its end, so that its hash is of the whole.
    mutating func finish() throws(ContainerFault) {
        try file.finish()
    }

    private mutating func readPlain(into output: UnsafeMutableRawBufferPointer)
        throws(ContainerFault) -> Int
    {
        guard try file.require(1) else { return 0 }
        return unsafe file.use { bytes in
            let taken = min(bytes.count, output.count)
            // SAFETY: `taken` bytes fit both buffers, which are not the same memory.
            unsafe output.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<taken]))
            return (taken, taken)
        }
    }

    private mutating func readGzip(into output: UnsafeMutableRawBufferPointer)
        throws(ContainerFault) -> Int
    {
        while true {
            let isMore = try file.require(1)
            if !isInMember {
                guard isMore, try beginMember() else { return 0 }
            }
            let before = file.count
            let written = unsafe try inflater.step(from: &file, into: output)
            if inflater.isFinished {
                isInMember = false
                memberCount += 1
            } else if written == 0, !isMore {
                throw .truncated("the file ends inside gzip member \(memberCount + 1)")
            } else if written == 0, file.count == before {
                throw .corrupt("the decoder cannot go on")
            }
            if written > 0 { return written }
        }
    }

    /// Enters the next gzip member; false where only padding with zeros is left.
    private mutating func beginMember() throws(ContainerFault) -> Bool {
        if memberCount > 0, file.peek(0) == 0 {
            repeat {
                while file.count > 0 {
                    guard file.peek(0) == 0 else {
                        throw .corrupt("bytes other than zeros after the last gzip member")
                    }
                    file.skip(1)
                }
            } while try file.require(1)
            return false
        }
        guard file.peek(0) == 0x1F else {
            throw .corrupt("bytes other than zeros after the last gzip member")
        }
        inflater.begin(.gzip)
        isInMember = true
        return true
    }
}
