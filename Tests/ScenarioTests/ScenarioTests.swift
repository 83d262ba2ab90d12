// SPDX-License-Identifier: Apache-2.0

import Foundation
import MeterModel
import TestSupport
import Testing

@Suite struct ScenarioTests {
    /// Set to write the golden files anew; the tests then fail, so that the difference gets read.
    private static let updates = ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1"

    @Test(arguments: Scenario.all)
    func `a scenario comes to its golden texts`(scenario: Scenario) throws {
        let (branch, nights) = try scenario.play()
        #expect(try branch.problems().isEmpty)
        for (name, text) in try GoldenText(branch, nights).files {
            let golden = try? scenario.text(name)
            if golden != text {
                Issue.record("\(scenario)/\(name) differs:\n\(text)")
                if ScenarioTests.updates {
                    try text.write(
                        toFile: scenario.path(name), atomically: true, encoding: .utf8)
                }
            } else if ScenarioTests.updates {
                Issue.record("\(scenario)/\(name) stays as it is")
            }
        }
    }

    @Test(arguments: Scenario.all)
    func `every total is worked by hand in the scenario's README`(scenario: Scenario) throws {
        let readme = try scenario.text("README.md")
        #expect(readme.hasPrefix("# "))
        let totals = try scenario.text("invoice.golden.txt").matches(
            of: #/tax ([-0-9.]+)  total ([-0-9.]+) /#)
        for match in totals {
            #expect(readme.contains("tax **\(match.1)**"), "\(scenario): tax \(match.1)")
            #expect(readme.contains("total **\(match.2)**"), "\(scenario): total \(match.2)")
        }
    }

    /// Codes that no file in an inbox can provoke, and where they are tested instead.
    ///
    /// A run passes over what is no regular file, and its owner may read every other.
    private static let elsewhere: [RejectionCode: String] = [
        .unreadableFile: "Tests/MeterIngestTests"
    ]

    @Test func `every rejection code has a scenario that provokes it`() throws {
        let rejections = try Scenario.all.map { try $0.text("rejections.golden.csv") }
        let provoked = Set(
            rejections.joined().split(separator: "\n").compactMap { line in
                line.split(separator: ",").first.map(String.init)
            })
        for code in RejectionCode.allCases {
            if let folder = ScenarioTests.elsewhere[code] {
                let names = try FileManager.default.subpathsOfDirectory(
                    atPath: packageRoot + "/" + folder)
                let texts = try names.filter { $0.hasSuffix(".swift") }.map {
                    try String(contentsOfFile: "\(packageRoot)/\(folder)/\($0)", encoding: .utf8)
                }
                #expect(texts.contains { $0.contains(".\(code)") }, "\(code) is tested nowhere")
            } else {
                #expect(provoked.contains(code.rawValue), "\(code.rawValue) has no scenario")
            }
        }
    }
}
