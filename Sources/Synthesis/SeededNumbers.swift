// SPDX-License-Identifier: Apache-2.0

/// A number that looks random and depends on nothing but its input (the finalizer of SplitMix64).
@inline(__always)
func scramble(_ number: UInt64) -> UInt64 {
    var bits = number &+ 0x9E37_79B9_7F4A_7C15
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    return bits ^ (bits >> 31)
}

/// What a number is drawn for, so that draws for different ends do not resemble each other.
enum Draw: UInt64 {
    case kindOfCustomer = 1
    case size, multiplier, day, reactive, solar, opening, register
}

/// A seeded random number for one purpose, meter and day.
@inline(__always)
func draw(_ purpose: Draw, seed: UInt64, meter: Int, day: Int = 0) -> UInt64 {
    scramble(scramble(seed ^ purpose.rawValue << 56) ^ UInt64(meter) << 16 ^ UInt64(day))
}
