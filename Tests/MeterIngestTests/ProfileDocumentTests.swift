// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import MeterIngest

/// The page on profiles: what it shows can be used, and it leaves out no key.
@Suite struct ProfileDocumentTests {
    private func page() throws -> String {
        let root = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        return try String(contentsOf: root.appending(path: "docs/profiles.md"), encoding: .utf8)
    }

    @Test func `every snippet is a profile`() throws {
        let snippets = try page().components(separatedBy: "```yaml\n").dropFirst()
        #expect(snippets.count == 2)
        for snippet in snippets {
            let end = try #require(snippet.range(of: "```"))
            let profile = try DelimitedProfile(
                yaml: String(snippet[..<end.lowerBound]), file: "docs/profiles.md")
            #expect(!profile.name.isEmpty)
        }
    }

    @Test func `every key has a line`() throws {
        let text = try page()
        let table = try #require(
            text.components(separatedBy: "\n## ").first { $0.hasPrefix("Keys") })
        #expect(DelimitedProfile.keys.filter { !table.contains("`\($0)`") } == [])
    }
}
