// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Quantities

/// The clock on the wall: for clock columns, for the default of `--as-of`, and to tell a
/// slip in it; nothing else.
public enum Clock {
    /// Now, as `2026-01-31T08:15:00Z`.
    public static func now() -> String { instant().iso(offset: 0) }

    /// The civil date in a zone.
    public static func today(in zone: TimeZoneTable) -> CivilDay {
        zone.clock(at: instant()).day
    }

    private static func instant() -> Instant {
        Instant(seconds: Int64(Date().timeIntervalSince1970))
    }
}
