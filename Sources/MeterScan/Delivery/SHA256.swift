// SPDX-License-Identifier: Apache-2.0

/// The SHA-256 of bytes in lowercase hex, for what is small: tariff files, digests of content.
public func sha256(of bytes: [UInt8]) -> String {
    var hash = ContentHash()
    // SAFETY: the array is lent for the call.
    unsafe bytes.withUnsafeBytes { unsafe hash.update($0) }
    return hash.finish()
}
