// SPDX-License-Identifier: Apache-2.0

/// Why stored readings could not be read: the bytes are not what was written.
public enum BlockError: Error, Hashable, Sendable {
    /// The bytes end before the data does, or go on after it.
    case wrongLength
    /// Not a block, or of a version or kind that we do not read.
    case unknownFormat
    /// The checksum does not fit the bytes.
    case wrongChecksum
    /// A count, an index or a number is outside what a block can hold.
    case outOfRange
}
