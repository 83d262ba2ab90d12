// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// What the compiler and the formatter cannot check of the tree.
@Suite struct TreeTests {
    private static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private func sources() throws -> [(path: String, text: String)] {
        let folder = TreeTests.root.appending(path: "Sources")
        let names = try FileManager.default.subpathsOfDirectory(atPath: folder.path())
        return try names.filter { $0.hasSuffix(".swift") }.sorted().map {
            ($0, try String(contentsOf: folder.appending(path: $0), encoding: .utf8))
        }
    }

    /// Code lines: without comments and without what stands in string literals.
    private func code(_ text: String) -> [Substring] {
        text.split(separator: "\n").filter {
            !$0.trimmingPrefix(while: \.isWhitespace).hasPrefix("//")
        }
    }

    @Test func `a target depends only on targets listed above it`() throws {
        let manifest = try String(
            contentsOf: TreeTests.root.appending(path: "Package.swift"), encoding: .utf8)
        // Libraries of the system count as targets that depend on nothing.
        let targets = manifest.replacing("systemLibrary(", with: "target(")
            .components(separatedBy: "arget(").dropFirst()
        var above: Set<String> = []
        for target in targets {
            let names = target.split(separator: "\"").enumerated()
                .filter { $0.offset % 2 == 1 }.map { String($0.element) }
            let name = try #require(names.first)
            guard let list = target.range(of: "dependencies: [") else {
                above.insert(name)
                continue
            }
            let end = target[list.upperBound...].range(of: "]") ?? list
            let dependencies = target[list.upperBound..<end.lowerBound]
                .split(separator: ",").filter { !$0.contains("(name:") && !$0.contains("package:") }
                .flatMap { $0.split(separator: "\"").map(String.init) }
                .filter { $0.first?.isLetter == true && $0.allSatisfy(\.isLetter) }
            for dependency in dependencies {
                #expect(above.contains(dependency), "\(name) names \(dependency) below it")
            }
            above.insert(name)
        }
        #expect(above.contains("BatchRun"))
    }

    @Test func `unsafe is written in its two rooms only`() throws {
        let word = try Regex(#"\bunsafe\b|@unchecked Sendable|nonisolated\(unsafe\)"#)
        for (path, text) in try sources()
        where !path.hasPrefix("MeterScan/") && !path.hasPrefix("Store/Kernels/") {
            for line in code(text) {
                #expect(line.firstMatch(of: word) == nil, "\(path): \(line)")
            }
        }
    }

    @Test func `no floating point stands between a reading and an invoice`() throws {
        let word = try Regex(#"\b(Double|Float|Decimal)\b"#)
        let rooms = [
            "Quantities/", "MeterModel/", "MeterScan/", "MeterBlocks/", "MeterUsage/",
            "MeterValidate/", "Bill",
        ]
        for (path, text) in try sources() where rooms.contains(where: path.hasPrefix) {
            for line in code(text) {
                #expect(line.firstMatch(of: word) == nil, "\(path): \(line)")
            }
        }
    }

    @Test func `hot modules do without Foundation`() throws {
        for (path, text) in try sources()
        where path.hasPrefix("MeterScan/") || path.hasPrefix("MeterBlocks/")
            || path.contains("/Kernels/")
        {
            #expect(!text.contains("import Foundation"), "\(path)")
        }
    }

    @Test func `nothing is left open in the sources`() throws {
        let marks = try Regex(#"\b(TODO|FIXME|XXX)\b|fatalError\("#)
        for (path, text) in try sources() {
            #expect(text.firstMatch(of: marks) == nil, "\(path)")
            #expect(text.hasPrefix("// SPDX-License-Identifier: Apache-2.0"), "\(path)")
        }
    }
}
