// SPDX-License-Identifier: Apache-2.0

import CIsal
import CZlib

/// How much work goes into making gzip bytes small.
public enum CompressionEffort: String, Hashable, Sendable, CaseIterable {
    /// As `gzip -6`: zlib, about a tenth of a meter file's text is left.
    case standard
    /// ISA-L's level 1: some twenty times faster than `standard`, a fifth larger.
    case fast
}

/// Compresses byte buffers into gzip members, one after the other, with memory that it keeps.
///
/// The header carries no name and no time, so equal input gives equal output.
@safe public struct GzipWriter: ~Copyable {
    // SAFETY: the pointers are allocated in `init`, released in `deinit` and never leave this type.
    @unsafe private enum Engine {
        case zlib(UnsafeMutablePointer<z_stream>)
        case isal(UnsafeMutablePointer<isal_zstream>, UnsafeMutablePointer<UInt8>)
    }

    /// The token memory that ISA-L's level 1 wants: its header's `ISAL_DEF_LVL1_LARGE` or more.
    private static let isalLevelBytes = 512 * 1024
    /// The most bytes one call compresses; both libraries count input in 32 bits.
    public static let maximumInput = 1 << 31

    private let engine: Engine
    // SAFETY: allocated in `compress`, released there or in `deinit`; never leaves this type.
    /// Where a member is written before it is copied out; kept, so that it is not cleared for each.
    private var room = unsafe UnsafeMutableBufferPointer<UInt8>(start: nil, count: 0)

    /// A writer of this effort.
    public init(_ effort: CompressionEffort) {
        switch effort {
        case .standard:
            let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
            unsafe stream.initialize(to: z_stream())
            // 15 window bits, and 16 for a gzip wrapper; memory level 8 is zlib's default.
            let status = unsafe deflateInit2_(
                stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
                Int32(MemoryLayout<z_stream>.size))
            precondition(status == Z_OK, "zlib of the version we were built with, and memory")
            unsafe engine = .zlib(stream)
        case .fast:
            let stream = UnsafeMutablePointer<isal_zstream>.allocate(capacity: 1)
            let level = UnsafeMutablePointer<UInt8>.allocate(capacity: Self.isalLevelBytes)
            unsafe engine = .isal(stream, level)
        }
    }

    deinit {
        unsafe room.deallocate()
        switch unsafe engine {
        case .zlib(let stream):
            // SAFETY: `stream` was initialized by deflateInit2_ and is released only here.
            unsafe deflateEnd(stream)
            unsafe stream.deallocate()
        case .isal(let stream, let level):
            unsafe stream.deallocate()
            unsafe level.deallocate()
        }
    }

    /// One gzip member of what `source` holds.
    ///
    /// - Parameter source: At most `maximumInput` bytes.
    public mutating func compress(_ source: Span<UInt8>) -> [UInt8] {
        precondition(source.count <= Self.maximumInput, "a buffer the libraries can count")
        // Both store what does not shrink in blocks of at most 65 535 bytes; this covers the worst.
        let bound = source.count + source.count / 1024 + 4096
        if unsafe room.count < bound {
            unsafe room.deallocate()
            unsafe room = .allocate(capacity: bound)
        }
        // SAFETY: both buffers outlive the call, and the libraries stay within the counts given.
        let written = unsafe source.withUnsafeBufferPointer { input in
            unsafe compress(input, into: room)
        }
        // SAFETY: the library has written these bytes.
        return unsafe Array(UnsafeBufferPointer(rebasing: room[..<written]))
    }

    private func compress(
        _ input: UnsafeBufferPointer<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>
    ) -> Int {
        let first = unsafe UnsafeMutablePointer(mutating: input.baseAddress)
        let room = UInt32(clamping: output.count)
        switch unsafe engine {
        case .zlib(let stream):
            unsafe deflateReset(stream)
            unsafe stream.pointee.next_in = first
            unsafe stream.pointee.avail_in = UInt32(input.count)
            unsafe stream.pointee.next_out = output.baseAddress
            unsafe stream.pointee.avail_out = room
            let status = unsafe deflate(stream, Z_FINISH)
            precondition(status == Z_STREAM_END, "the bound holds")
            return unsafe Int(room - stream.pointee.avail_out)
        case .isal(let stream, let level):
            unsafe isal_deflate_init(stream)
            unsafe stream.pointee.level = 1
            unsafe stream.pointee.level_buf = level
            unsafe stream.pointee.level_buf_size = UInt32(Self.isalLevelBytes)
            unsafe stream.pointee.gzip_flag = UInt16(IGZIP_GZIP)
            unsafe stream.pointee.end_of_stream = 1
            unsafe stream.pointee.flush = UInt16(NO_FLUSH)
            unsafe stream.pointee.next_in = first
            unsafe stream.pointee.avail_in = UInt32(input.count)
            unsafe stream.pointee.next_out = output.baseAddress
            unsafe stream.pointee.avail_out = room
            let status = unsafe isal_deflate(stream)
            let ended = unsafe stream.pointee.internal_state.state == ZSTATE_END
            precondition(status == COMP_OK && ended, "the bound holds")
            return unsafe Int(room - stream.pointee.avail_out)
        }
    }
}
