// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A folder that is gone when nobody holds it any more.
public final class TemporaryFolder: Sendable {
    /// Where it is.
    public let path: String

    /// A new empty folder.
    public init() throws {
        path = FileManager.default.temporaryDirectory.path + "/tallywatt-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }
}

/// The bytes of a gzip file as the system's `gzip` inflates them.
public func inflated(_ path: String) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/gzip")
    process.arguments = ["-dc", path]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    precondition(process.terminationStatus == 0, "gzip accepts \(path)")
    return String(decoding: data, as: UTF8.self)
}

/// The folder that holds the package.
public let packageRoot = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
