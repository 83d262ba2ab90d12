// SPDX-License-Identifier: Apache-2.0

/// A zip archive of members that are stored as they are.
public func storedZip(_ members: [(name: String, text: String)]) -> [UInt8] {
    func number(_ value: Int, _ width: Int) -> [UInt8] {
        (0..<width).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    var (archive, directory) = ([UInt8](), [UInt8]())
    for member in members {
        let (name, text) = (Array(member.name.utf8), Array(member.text.utf8))
        let sizes = number(text.count, 4) + number(text.count, 4)
        // Version, flags, method and time, then what the member comes to.
        let head = number(20, 2) + number(0, 8) + number(Int(crc32(text)), 4) + sizes
        let place = archive.count
        archive += number(0x0403_4B50, 4) + head
        archive += number(name.count, 2) + number(0, 2) + name + text
        directory += number(0x0201_4B50, 4) + number(20, 2) + head
        directory += number(name.count, 2) + number(0, 12) + number(place, 4) + name
    }
    let count = number(members.count, 2)
    return archive + directory + number(0x0605_4B50, 4) + number(0, 4) + count + count
        + number(directory.count, 4) + number(archive.count, 4) + number(0, 2)
}

/// CRC-32 of ISO 3309, bit by bit.
private func crc32(_ bytes: [UInt8]) -> UInt32 {
    var crc: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
        crc ^= UInt32(byte)
        for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
    }
    return ~crc
}
