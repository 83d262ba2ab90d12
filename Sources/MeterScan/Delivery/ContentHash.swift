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
        // SAFETY: a SHA-256 has 32 bytes, half of the room, which is written whole: each byte as its two
        // digits, from the last on, so that none is overwritten before it is read.
        unsafe String(unsafeUninitializedCapacity: 64) { text in
            let finished = unsafe EVP_DigestFinal_ex(context, text.baseAddress, nil)
            precondition(finished == 1, "libcrypto closes an open hash once")
            for place in (0..<32).reversed() {
                let byte = unsafe text[place]
                unsafe text[2 * place] = hexDigit(byte >> 4)
                unsafe text[2 * place + 1] = hexDigit(byte & 15)
            }
            return 64
        }
    }
}

private func hexDigit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x57 + value }
