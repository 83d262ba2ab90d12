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

    /// Copies a text aside and archives it.
    private func archive(_ text: String, in branch: TrialBranch, place: Int = 0) throws {
        let store = try branch.store()
        try store.sweepCopies()
        let source = try write(text, "source", branch)
        let isSteady = try store.copyAside(source, sha256: ArchiveTests.sha256, place: place) {
            true
        }
        #expect(isSteady)
        try store.archive([(ArchiveTests.sha256, place)])
    }

    private func incoming(_ branch: TrialBranch) throws -> [String] {
        try FileManager.default.contentsOfDirectory(
            atPath: try branch.store().folder + "/archive/incoming")
    }

    @Test func `equal files of one group are kept once`() throws {
        let branch = try TrialBranch()
        let store = try branch.store()
        try store.sweepCopies()
        let text = String(repeating: "a row of readings\n", count: 20_000)
        let sources = try (0..<8).map { try write(text, "copy-\($0)", branch) }
        let failures = Mutex<[String]>([])
        DispatchQueue.concurrentPerform(iterations: sources.count) { index in
            do {
                _ = try store.copyAside(
                    sources[index], sha256: ArchiveTests.sha256, place: index
                ) { true }
            } catch {
                failures.withLock { $0.append("\(error)") }
            }
        }
        #expect(failures.withLock { $0 } == [])
        // The last was never copied: its bytes were known.
        try store.archive((0..<9).map { (ArchiveTests.sha256, $0) })
        let kept = store.archivePath(sha256: ArchiveTests.sha256)
        #expect(try String(contentsOfFile: kept, encoding: .utf8) == text)
        #expect(try incoming(branch) == [])
    }

    @Test func `what a crash left of a copy is not part of the next one`() throws {
        let branch = try TrialBranch()
        let store = try branch.store()
        try store.sweepCopies()
        let left = "\(store.folder)/archive/incoming/0"
        try "a longer text than the file has".write(
            toFile: left, atomically: true, encoding: .utf8)
        let source = try write("the file", "source", branch)
        _ = try store.copyAside(source, sha256: ArchiveTests.sha256, place: 0) { true }
        #expect(try String(contentsOfFile: left, encoding: .utf8) == "the file")
        try store.sweepCopies()
        #expect(try incoming(branch) == [])
    }

    @Test func `a file that was copied in pieces is whole`() throws {
        let branch = try TrialBranch()
        let store = try branch.store()
        try store.sweepCopies()
        let text = (0..<700_000).map { "\($0)" }.joined()
        let source = try write(text, "source", branch)
        let left = "\(store.folder)/archive/incoming/0"
        try "what a crash left".write(toFile: left, atomically: true, encoding: .utf8)
        // Of 4 088 890 bytes the first piece is of two megabytes.
        try store.copyPieceAside(source, place: 0, isBegun: false)
        #expect(try Data(contentsOf: URL(filePath: left)).count == 2 << 20)
        let isSteady = try store.copyAside(
            source, sha256: ArchiveTests.sha256, place: 0, isBegun: true
        ) { true }
        #expect(isSteady)
        try store.archive([(ArchiveTests.sha256, 0)])
        let kept = store.archivePath(sha256: ArchiveTests.sha256)
        #expect(try String(contentsOfFile: kept, encoding: .utf8) == text)
        #expect(try incoming(branch) == [])
    }

    @Test func `what is archived stays as it is`() throws {
        let branch = try TrialBranch()
        try archive("first", in: branch)
        try archive("second", in: branch)
        let target = try branch.store().archivePath(sha256: ArchiveTests.sha256)
        #expect(try String(contentsOfFile: target, encoding: .utf8) == "first")
    }

    @Test func `a file that changed after it was hashed is not archived`() throws {
        let branch = try TrialBranch()
        let store = try branch.store()
        try store.sweepCopies()
        let source = try write("later bytes", "source", branch)
        let isSteady = try store.copyAside(source, sha256: ArchiveTests.sha256, place: 0) { false }
        #expect(!isSteady)
        try store.archive([(ArchiveTests.sha256, 0)])
        let target = store.archivePath(sha256: ArchiveTests.sha256)
        #expect(!FileManager.default.fileExists(atPath: target))
        #expect(try incoming(branch) == [])
    }
}
