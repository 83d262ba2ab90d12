// SPDX-License-Identifier: Apache-2.0

import MeterBlocks
import MeterModel
import Store

/// A part that was listed but whose bytes are not readable: the database is damaged.
struct DamagedPart: Error, Hashable, Sendable, CustomStringConvertible {
    let partID: Int64
    let month: Int
    let cause: BlockError?

    var description: String {
        "part \(partID) of month \(month / 12)-\(month % 12 + 1) is "
            + "\(cause.map { "damaged (\($0))" } ?? "missing"): restore PATH.d from the backup"
    }
}

extension TallyStore {
    /// The interval readings of a part, each strip with its file and delivery.
    func intervals(of part: PartRow, _ choice: StripChoice = .all) throws -> StoredIntervals {
        var readings = StoredIntervals()
        try append(part, choice, to: &readings)
        return readings
    }

    /// The interval readings of some parts, part after part.
    func intervals(of parts: [PartRow]) throws -> StoredIntervals {
        var readings = StoredIntervals()
        for part in parts { try append(part, to: &readings) }
        return readings
    }

    /// Appends the interval readings of a part to others.
    func append(
        _ part: PartRow, _ choice: StripChoice = .all, to readings: inout StoredIntervals
    ) throws {
        let first = readings.origins.count
        let bytes = try bytes(of: part)
        do throws(BlockError) { try decodeIntervals(bytes, choice, into: &readings) } catch {
            throw DamagedPart(partID: part.partID, month: part.month, cause: error)
        }
        part.complete(&readings.origins, from: first)
    }

    /// Gives the strips of a part's interval readings one by one.
    func forEachStrip(of part: PartRow, _ body: (StripReader) throws -> Void) throws {
        let bytes = try bytes(of: part)
        func readable<Result>(_ read: () throws(BlockError) -> Result) throws -> Result {
            do throws(BlockError) { return try read() } catch {
                throw DamagedPart(partID: part.partID, month: part.month, cause: error)
            }
        }
        var strips = try readable { () throws(BlockError) in try StripReader(bytes) }
        while try readable({ () throws(BlockError) in try strips.next() }) { try body(strips) }
    }

    /// The meters of a part's interval readings.
    func meters(ofIntervals part: PartRow) throws -> [UInt32] {
        let bytes = try bytes(of: part)
        do throws(BlockError) { return try metersOfIntervals(bytes) } catch {
            throw DamagedPart(partID: part.partID, month: part.month, cause: error)
        }
    }

    /// The register readings of a part, each row with its file and delivery.
    func registers(of part: PartRow) throws -> StoredRegisters { try registers(of: [part]) }

    /// The register readings of some parts, part after part.
    func registers(of parts: [PartRow]) throws -> StoredRegisters {
        var readings = StoredRegisters()
        for part in parts {
            let first = readings.origins.count
            let bytes = try bytes(of: part)
            do throws(BlockError) { try decodeRegisters(bytes, into: &readings) } catch {
                throw DamagedPart(partID: part.partID, month: part.month, cause: error)
            }
            part.complete(&readings.origins, from: first)
        }
        return readings
    }

    private func bytes(of part: PartRow) throws -> [UInt8] {
        guard let bytes = try body(ofPart: part.partID, month: part.month) else {
            throw DamagedPart(partID: part.partID, month: part.month, cause: nil)
        }
        return bytes
    }
}

extension PartRow {
    /// A delivered part is of one file, which its listing names and not every strip.
    fileprivate func complete(_ origins: inout [Origin], from first: Int) {
        guard let file else { return }
        for index in first..<origins.count {
            origins[index].file = UInt32(file)
            origins[index].delivery = UInt32(delivery)
        }
    }
}
