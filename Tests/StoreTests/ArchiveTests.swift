// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Foundation
import Store
import Synchronization
import TestSupport
import Testing

/// Delivered files as they are kept.
@Suite struct ArchiveTests {
    private static let sha256 = String(repeating: "ab", count: 32)

    private func write(_ text: String, _ name: String, _ branch: TrialBranch) throws -> String {
        let path = branch.folder + "/" + name
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    @Test func `equal files may be archived at the same time`() throws {
        let branch = try TrialBranch()
        let store = try branch.store()
        let text = String(repeating: "a row of readings\n", count: 20_000)
        let sources = try (0..<8).map { try write(text, "copy-\($0)", branch) }
        let failures = Mutex<[String]>([])
        for round in 0..<10 {
            let sha256 = "\(round)" + ArchiveTests.sha256
            DispatchQueue.concurrentPerform(iterations: sources.count) { index in
                do {
                    _ = try store.archive(sources[index], sha256: sha256) { true }
                } catch {
                    failures.withLock { $0.append("\(error)") }
                }
            }
            let kept = try String(
                contentsOfFile: store.archivePath(sha256: sha256), encoding: .utf8)
            #expect(kept == text)
        }
        #expect(failures.withLock { $0 } == [])
        let names = try FileManager.default.subpathsOfDirectory(atPath: store.folder + "/archive")
        #expect(names.filter { $0.hasSuffix(".tmp") }.isEmpty)
    }

    @Test func `what a crash left of a copy is not part of the next one`() throws {
        let branch = try TrialBranch()
        let store = try branch.store()
        let target = store.archivePath(sha256: ArchiveTests.sha256)
        try FileManager.default.createDirectory(
            atPath: String(target.dropLast(65)), withIntermediateDirectories: true)
        try "a longer text than the file has".write(
            toFile: target + ".tmp", atomically: true, encoding: .utf8)
        let source = try write("the file", "source", branch)
        _ = try store.archive(source, sha256: ArchiveTests.sha256) { true }
        #expect(try String(contentsOfFile: target, encoding: .utf8) == "the file")
    }

    @Test func `what is archived stays as it is`() throws {
        let branch = try TrialBranch()
        let store = try branch.store()
        for text in ["first", "second"] {
            let source = try write(text, text, branch)
            _ = try store.archive(source, sha256: ArchiveTests.sha256) { true }
        }
        let target = store.archivePath(sha256: ArchiveTests.sha256)
        #expect(try String(contentsOfFile: target, encoding: .utf8) == "first")
    }

    @Test func `a file that changed after it was hashed is not archived`() throws {
        let branch = try TrialBranch()
        let store = try branch.store()
        let source = try write("later bytes", "source", branch)
        let isArchived = try store.archive(source, sha256: ArchiveTests.sha256) { false }
        #expect(!isArchived)
        let target = store.archivePath(sha256: ArchiveTests.sha256)
        #expect(!FileManager.default.fileExists(atPath: target))
        #expect(!FileManager.default.fileExists(atPath: target + ".tmp"))
    }
}
