// SPDX-License-Identifier: Apache-2.0

import CIsal

/// The deflate decoder of ISA-L, working in steps, so that files of any size pass through it.
@safe
struct Inflater: ~Copyable {
    /// What wraps a deflate stream.
    enum Wrapping {
        /// Header and trailer of gzip; the decoder checks CRC and length.
        case gzip
        /// Nothing, as in a zip archive.
        case none
    }

    private let state: UnsafeMutablePointer<inflate_state>

    init() {
        // SAFETY: allocated here, freed in `deinit`, known to no one else.
        unsafe state = .allocate(capacity: 1)
        unsafe isal_inflate_init(state)
    }

    deinit {
        unsafe state.deallocate()
    }

    /// Prepares for the next stream.
    mutating func begin(_ wrapping: Wrapping) {
        unsafe isal_inflate_reset(state)
        unsafe state.pointee.crc_flag = UInt32(wrapping == .gzip ? ISAL_GZIP : ISAL_DEFLATE)
    }

    /// True where the stream has ended and, in gzip, its checks have passed.
    var isFinished: Bool { unsafe state.pointee.block_state == ISAL_BLOCK_FINISH }

    /// Decodes from `file` into `output` until one of the two is used up or the stream ends.
    ///
    /// - Returns: The number of bytes written.
    mutating func step(
        from file: inout HashedFile, into output: UnsafeMutableRawBufferPointer
    ) throws(ContainerFault) -> Int {
        let (written, status) = unsafe file.use { input in
            // SAFETY: ISA-L reads at most `avail_in` and writes at most `avail_out` bytes, which
            // both buffers hold, and keeps neither pointer beyond this call's use of it.
            unsafe state.pointee.next_in = UnsafeMutablePointer(
                mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
            unsafe state.pointee.avail_in = UInt32(input.count)
            unsafe state.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
            unsafe state.pointee.avail_out = UInt32(output.count)
            let status = unsafe isal_inflate(state)
            let used = unsafe input.count - Int(state.pointee.avail_in)
            let written = unsafe output.count - Int(state.pointee.avail_out)
            return (used, (written, status))
        }
        switch status {
        case ISAL_DECOMP_OK, ISAL_END_INPUT: return written
        case ISAL_INCORRECT_CHECKSUM: throw .corrupt("CRC or length do not fit the data")
        case ISAL_INVALID_WRAPPER, ISAL_UNSUPPORTED_METHOD: throw .corrupt("bad gzip header")
        default: throw .corrupt("bad deflate data")
        }
    }

    /// In a bare stream that has finished: bytes that were taken from the file and not decoded.
    ///
    /// ISA-L loads eight bytes at a time; what is left of them belongs to what follows the stream.
    var unusedBytes: Int { unsafe Int(state.pointee.read_in_length) / 8 }
}
