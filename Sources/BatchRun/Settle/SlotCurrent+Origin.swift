// SPDX-License-Identifier: Apache-2.0

import MeterBlocks
import MeterValidate

// What stands in a slot, and the marks under which it is stored beside the newest version.
extension SlotCurrent {
    /// What stands as it was stored.
    ///
    /// - Parameter stored: The value, with the newest version that came for its slot.
    init(_ stored: SlotValue, of origin: Origin) {
        var value = stored
        if origin.flags.contains(.overVersion) { value.version = 0 }
        self.init(
            value: value, delivery: Int64(origin.delivery),
            isSuspect: origin.flags.contains(.suspect), newestVersion: stored.version)
    }
}

extension Origin.Flags {
    /// Marks what stands in a slot, and nothing else.
    mutating func mark(_ current: SlotCurrent) {
        set(.suspect, current.isSuspect)
        set(.overVersion, current.value.version != current.newestVersion)
    }

    private mutating func set(_ flag: Origin.Flags, _ isSet: Bool) {
        if isSet { insert(flag) } else { remove(flag) }
    }
}
