// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A delivered file's inflated bytes, for the thread that reads them and one that inflates ahead of it.
///
/// Who inflates holds the lock for a window, so that windows and faults are the same whoever does.
final class SharedBytes: Sendable {
    /// How a window was filled.
    struct Filling {
        /// How many bytes came.
        var count = 0
        /// True where the text has ended with them, or reading it has failed.
        var isLast = false
        var fault: ContainerFault?
    }

    /// The bytes that are still to come, and all that is known of the file.
    let source: Mutex<InflatedBytes>

    init(_ source: consuming sending InflatedBytes) {
        self.source = Mutex(source)
    }

    /// Inflates bytes into a place of a window until it is full or the text ends.
    static func fill(
        _ window: inout [UInt8], _ place: Range<Int>, from source: inout InflatedBytes
    ) -> Filling {
        var filling = Filling()
        while filling.count < place.count, !filling.isLast {
            let target = (place.lowerBound + filling.count)..<place.upperBound
            unsafe window.withUnsafeMutableBytes { bytes in
                do throws(ContainerFault) {
                    // SAFETY: the range is inside the window, or making it would stop here.
                    let got = unsafe try source.read(
                        into: UnsafeMutableRawBufferPointer(rebasing: bytes[target]))
                    filling.count += got
                    filling.isLast = got == 0
                } catch {
                    (filling.fault, filling.isLast) = (error, true)
                }
            }
        }
        return filling
    }
}
