// SPDX-License-Identifier: Apache-2.0

import CIsal
import Quantities

/// One member of a zip archive, as its local header tells.
struct ZipMember {
    /// True where the member is deflated, false where it is stored.
    var isDeflated = false
    /// Stored bytes that are still to come.
    var storedLeft: UInt64 = 0
    /// CRC and size that the header promises; nil where they stand after the data.
    var promised: (crc: UInt32, size: UInt64)?
    /// CRC and size of what came out so far.
    var crc: UInt32 = 0
    var size: UInt64 = 0
    /// Its name, for people only.
    var name = ""
}

// Zip archives, read from front to back: one member's text after the other, each checked.
//
// Names only say where a rejection stood, so no name can lead anywhere. Source: PKWARE APPNOTE 6.3.
extension InflatedBytes {
    /// Writes the next bytes of the member; 0 at its end, when CRC and length have been compared.
    mutating func readZip(
        into output: UnsafeMutableRawBufferPointer
    ) throws(ContainerFault) -> Int {
        while isInMember {
            let isMore = try file.require(1)
            let before = file.count
            let (written, isFinished) = unsafe try readZipData(into: output)
            if written > 0 {
                // SAFETY: so many bytes were just written to the buffer.
                unsafe zip.crc = crc32_gzip_refl(
                    zip.crc, output.baseAddress?.assumingMemoryBound(to: UInt8.self),
                    UInt64(written))
                zip.size += UInt64(written)
            }
            if isFinished {
                try endZipMember()
            } else if written == 0, !isMore {
                throw .truncated("the file ends inside zip member \(memberCount + 1)")
            } else if written == 0, file.count == before {
                throw .corrupt("the decoder cannot go on")
            }
            if written > 0 { return written }
        }
        return 0
    }

    private mutating func readZipData(
        into output: UnsafeMutableRawBufferPointer
    ) throws(ContainerFault) -> (written: Int, isFinished: Bool) {
        guard zip.isDeflated else {
            let left = zip.storedLeft
            let taken = unsafe file.use { bytes in
                let taken = min(bytes.count, output.count, Int(clamping: left))
                // SAFETY: `taken` bytes fit both buffers, which are not the same memory.
                unsafe output.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<taken]))
                return (taken, taken)
            }
            zip.storedLeft -= UInt64(taken)
            return (taken, zip.storedLeft == 0)
        }
        let written = unsafe try inflater.step(from: &file, into: output)
        if inflater.isFinished { file.unread(inflater.unusedBytes) }
        return (written, inflater.isFinished)
    }

    /// Reads a local header; false where the central directory begins, which is then checked.
    mutating func beginZipMember() throws(ContainerFault) -> Bool {
        zip.name = ""
        try needZip(4)
        guard file.peekNumber(0, width: 4) == 0x0403_4B50 else {
            try readZipDirectory()
            return false
        }
        try needZip(30)
        let flags = file.peekNumber(6, width: 2)
        let method = file.peekNumber(8, width: 2)
        let crc = UInt32(file.peekNumber(14, width: 4))
        let (packed, size) = (file.peekNumber(18, width: 4), file.peekNumber(22, width: 4))
        let nameBytes = Int(file.peekNumber(26, width: 2))
        let extraBytes = file.peekNumber(28, width: 2)
        guard flags & 1 == 0 else { throw .unsupported("a zip member is encrypted") }
        guard method == 0 || method == 8 else {
            throw .unsupported("a zip member is packed by method \(method)")
        }
        let isLate = flags & 8 != 0
        guard method == 8 || (!isLate && packed < 0xFFFF_FFFF) else {
            throw .unsupported("a stored zip member does not tell its size")
        }
        zip.isDeflated = method == 8
        zip.storedLeft = packed
        // A size beyond 32 bits stands elsewhere; the CRC says enough then.
        zip.promised = isLate ? nil : (crc, size)
        (zip.crc, zip.size) = (0, 0)
        try nameZipMember(nameBytes)
        try skipZip(30 + UInt64(nameBytes) + extraBytes)
        inflater.begin(.none)
        isInMember = true
        return true
    }

    /// Reads the member's name, by which its rejections are found again.
    private mutating func nameZipMember(_ bytes: Int) throws(ContainerFault) {
        // Names are kept, so their sum must have a bound, too.
        guard bytes <= 512, zipNames.count < 65_535 else {
            throw .unsupported("a zip archive of more than 65535 members, or too long a name")
        }
        try needZip(30 + bytes)
        zip.name = (0..<bytes).map { file.peek(30 + $0) }.visibleText
        // Nothing is unpacked to a folder, but who writes such a name means no good.
        let steps = zip.name.split(separator: "/", omittingEmptySubsequences: false)
        guard steps.first != "" || bytes == 0, !steps.contains("..") else {
            throw .unsupported("a zip member is named \(zip.name)")
        }
        guard zipNames.insert(zip.name).inserted else {
            throw .unsupported("two zip members are named \(zip.name)")
        }
    }

    /// Compares what came out with what the header, or the descriptor after the data, promises.
    private mutating func endZipMember() throws(ContainerFault) {
        isInMember = false
        memberCount += 1
        if zip.promised == nil {
            try needZip(16)
            if file.peekNumber(0, width: 4) == 0x0807_4B50 { file.skip(4) }
            try needZip(12)
            let crc = UInt32(file.peekNumber(0, width: 4))
            // Sizes have four bytes, eight in zip64; the next record begins with PK.
            try needZip(14)
            let isShort =
                file.peekNumber(8, width: 4) == zip.size & 0xFFFF_FFFF
                && file.peekNumber(12, width: 2) == 0x4B50
            if !isShort { try needZip(20) }
            zip.promised = (crc, file.peekNumber(isShort ? 8 : 12, width: isShort ? 4 : 8))
            file.skip(isShort ? 12 : 20)
        }
        guard let promised = zip.promised, promised.crc == zip.crc,
            promised.size & 0xFFFF_FFFF == zip.size & 0xFFFF_FFFF || promised.size == 0xFFFF_FFFF
        else { throw .corrupt("CRC or length of zip member \(memberCount) do not fit the data") }
    }

    /// Reads the central directory to the end record, which must count the members that were read.
    private mutating func readZipDirectory() throws(ContainerFault) {
        while true {
            try needZip(4)
            switch file.peekNumber(0, width: 4) {
            case 0x0201_4B50:
                try needZip(46)
                try skipZip(
                    46 + file.peekNumber(28, width: 2) + file.peekNumber(30, width: 2)
                        + file.peekNumber(32, width: 2))
            case 0x0606_4B50:
                try needZip(12)
                try skipZip(12 + min(file.peekNumber(4, width: 8), 1 << 40))
            case 0x0706_4B50: try skipZip(20)
            case 0x0605_4B50:
                try needZip(22)
                let count = file.peekNumber(10, width: 2)
                guard count == 0xFFFF || Int(count) == memberCount else {
                    throw .corrupt("the zip directory counts \(count) members, not \(memberCount)")
                }
                try skipZip(22 + file.peekNumber(20, width: 2))
                guard try !file.require(1) else { throw .corrupt("bytes after the zip archive") }
                return
            default: throw .corrupt("bad record in the zip archive")
            }
        }
    }

    private mutating func needZip(_ bytes: Int) throws(ContainerFault) {
        guard try file.require(bytes) else { throw .truncated("the file ends inside the zip") }
    }

    private mutating func skipZip(_ bytes: UInt64) throws(ContainerFault) {
        var left = bytes
        while left > 0 {
            try needZip(1)
            let step = min(left, UInt64(file.count))
            file.skip(Int(step))
            left -= step
        }
    }
}
