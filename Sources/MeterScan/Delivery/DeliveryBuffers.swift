// SPDX-License-Identifier: Apache-2.0

/// The memory in which a file is read and inflated, to be handed on to the next file.
///
/// Clearing it anew for each of thousands of small files would cost as much as unpacking a tenth of them.
public struct DeliveryBuffers: Sendable {
    /// Bytes as delivered.
    var input: [UInt8] = []
    /// Inflated bytes.
    var window: [UInt8] = []

    /// No memory yet; the first file takes what it needs.
    public init() {}
}
