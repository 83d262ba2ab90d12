// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Quantities
import Testing

@testable import MeterIngest

/// What the generic reader makes of a text, after telling its format.
func outcomes(
    _ text: String, profiles: ProfileSet = .builtIn, strict: Bool = false,
    sourceLocation: SourceLocation = #_sourceLocation
) throws -> [CellOutcome] {
    try outcomes(
        Array(text.utf8), profiles: profiles, strict: strict, sourceLocation: sourceLocation)
}

/// What the generic reader makes of bytes, after telling their format.
func outcomes(
    _ bytes: [UInt8], profiles: ProfileSet = .builtIn, strict: Bool = false,
    sourceLocation: SourceLocation = #_sourceLocation
) throws -> [CellOutcome] {
    let (format, header) = try #require(
        ReadingFormat.detect(bytes[...], profiles: profiles), sourceLocation: sourceLocation)
    var reader = FormatReader(format, isStrict: strict)
    var found: [CellOutcome] = []
    let lines = DeliveredLines(
        of: bytes[header...], firstLine: bytes[..<header].count { $0 == 0x0A } + 1,
        firstByte: Int64(header))
    for line in lines { found += reader.read(line) }
    return found + reader.finish()
}

/// A profile set with one more profile.
func profiles(_ yaml: String) throws -> ProfileSet {
    ProfileSet(own: [try DelimitedProfile(yaml: yaml, file: "test.yaml")])
}

extension CellOutcome {
    /// The cell, or nil for a rejection.
    var cell: DeliveredCell? {
        if case .cell(let cell) = self { cell } else { nil }
    }

    /// The rejection, or nil for a cell.
    var rejection: ReadingRejection? {
        if case .rejected(let rejection) = self { rejection } else { nil }
    }

    /// `meter channel time value quality`, or `code ×readings @line:byte found`.
    var summary: String {
        switch self {
        case .cell(let cell):
            let value =
                cell.value.map {
                    Exact(coefficient: Int128($0), exponent: -cell.decimals).description
                } ?? "-"
            return
                "\(cell.meter) \(cell.channelName) \(cell.time.text) \(value) \(cell.senderQuality)"
        case .rejected(let rejection):
            return "\(rejection.code.rawValue) ×\(rejection.readings) @\(rejection.line)"
        }
    }
}

extension SenderTime {
    /// ISO 8601, with offset where it is known.
    var text: String {
        switch self {
        case .instant(let instant, let offset): instant.iso(offset: offset)
        case .local(let day, let second):
            String(Instant(day: day, offset: 0).iso(offset: 0).dropLast(10))
                + Instant(seconds: Int64(second)).iso(offset: 0).dropFirst(10).dropLast()
        }
    }
}
