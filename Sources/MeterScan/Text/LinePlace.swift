// SPDX-License-Identifier: Apache-2.0

/// Where a line stands: in the file and in the window.
struct LinePlace {
    /// Its number in the file, from 1.
    var number: Int
    /// Its start in the window.
    var start: Int
    /// Place of the window in the file.
    let windowByte: Int64

    init(number: Int, start: Int, byte windowByte: Int64) {
        (self.number, self.start, self.windowByte) = (number, start, windowByte)
    }

    /// The place in the file of a place in the window.
    func byte(at place: Int) -> Int64 { windowByte + Int64(place) }
}
