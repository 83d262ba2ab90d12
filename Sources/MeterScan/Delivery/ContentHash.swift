// SPDX-License-Identifier: Apache-2.0

import CCrypto

/// A SHA-256 that grows with the bytes of a file; libcrypto uses the processor's instructions.
@safe
struct ContentHash: ~Copyable {
    private let context: OpaquePointer
    /// The algorithm, looked up once: libcrypto would look it up for each hash.
    // SAFETY: never changed nor freed, and libcrypto lets any thread read it.
    nonisolated(unsafe) private static let algorithm = unsafe EVP_MD_fetch(nil, "SHA256", nil)

    init() {
        guard let context = unsafe EVP_MD_CTX_new() else {
            preconditionFailure("memory for a hash context")
        }
        // SAFETY: the context lives until `deinit`, and only this owner knows it.
        unsafe self.context = context
        let started = unsafe EVP_DigestInit_ex(context, ContentHash.algorithm, nil)
        precondition(started == 1, "libcrypto offers SHA-256")
    }

    deinit {
        unsafe EVP_MD_CTX_free(context)
    }

    /// Adds bytes.
    mutating func update(_ bytes: UnsafeRawBufferPointer) {
        // SAFETY: the buffer is readable for the length of the call.
        let taken = unsafe EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
        precondition(taken == 1, "libcrypto takes bytes of an open hash")
    }

    /// The hash of all bytes in lowercase hex; the hash can take no more bytes afterwards.
    mutating func finish() -> String {
        var digest = [UInt8](repeating: 0, count: 32)
        // SAFETY: a SHA-256 has 32 bytes, the size of the buffer.
        let finished = unsafe digest.withUnsafeMutableBufferPointer {
            unsafe EVP_DigestFinal_ex(context, $0.baseAddress, nil)
        }
        precondition(finished == 1, "libcrypto closes an open hash once")
        var text: [UInt8] = []
        text.reserveCapacity(64)
        func append(_ digit: UInt8) { text.append(digit < 10 ? 0x30 + digit : 0x57 + digit) }
        for byte in digest {
            append(byte >> 4)
            append(byte & 15)
        }
        return String(decoding: text, as: UTF8.self)
    }
}
