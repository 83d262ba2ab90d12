// SPDX-License-Identifier: Apache-2.0

import CZlib

/// The slow twin of the product's container reading: the whole file at once, by zlib.
enum ZlibInflater {
    /// The text of a gzip file of any number of members and trailing zeros; nil where it is damaged.
    static func inflate(_ bytes: [UInt8]) -> [UInt8]? {
        var (text, rest, members) = ([UInt8](), bytes[...], 0)
        while !rest.isEmpty {
            if members > 0, rest.allSatisfy({ $0 == 0 }) { return text }
            guard let (member, used) = inflateMember(Array(rest)) else { return nil }
            text += member
            rest = rest.dropFirst(used)
            members += 1
        }
        return members > 0 ? text : nil
    }

    private static func inflateMember(_ bytes: [UInt8]) -> (text: [UInt8], used: Int)? {
        var input = bytes
        var output = [UInt8](repeating: 0, count: 1 << 20)
        var stream = unsafe z_stream()
        let version = unsafe zlibVersion()
        guard unsafe inflateInit2_(&stream, 31, version, Int32(MemoryLayout<z_stream>.size)) == Z_OK
        else { return nil }
        let (status, written, used) = unsafe input.withUnsafeMutableBufferPointer { source in
            unsafe output.withUnsafeMutableBufferPointer { target in
                unsafe stream.next_in = source.baseAddress
                unsafe stream.avail_in = UInt32(source.count)
                unsafe stream.next_out = target.baseAddress
                unsafe stream.avail_out = UInt32(target.count)
                let status = unsafe CZlib.inflate(&stream, Z_FINISH)
                return unsafe (
                    status, target.count - Int(stream.avail_out),
                    source.count - Int(stream.avail_in)
                )
            }
        }
        unsafe inflateEnd(&stream)
        return status == Z_STREAM_END ? (Array(output[..<written]), used) : nil
    }

    /// One gzip member of these bytes, at zlib's usual level.
    static func gzip(_ text: [UInt8], windowBits: Int32 = 31) -> [UInt8] {
        var input = text
        var output = [UInt8](repeating: 0, count: text.count + text.count / 100 + 128)
        var stream = unsafe z_stream()
        let version = unsafe zlibVersion()
        unsafe deflateInit2_(
            &stream, 6, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY, version,
            Int32(MemoryLayout<z_stream>.size))
        let written = unsafe input.withUnsafeMutableBufferPointer { source in
            unsafe output.withUnsafeMutableBufferPointer { target in
                unsafe stream.next_in = source.baseAddress
                unsafe stream.avail_in = UInt32(source.count)
                unsafe stream.next_out = target.baseAddress
                unsafe stream.avail_out = UInt32(target.count)
                unsafe deflate(&stream, Z_FINISH)
                return unsafe target.count - Int(stream.avail_out)
            }
        }
        unsafe deflateEnd(&stream)
        return Array(output[..<written])
    }
}
