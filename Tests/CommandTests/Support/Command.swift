// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What a call of the built command came to.
struct Outcome {
    let status: Int32
    /// Standard output: results.
    let out: String
    /// Standard error: messages.
    let err: String

    /// Standard output as one JSON object; nil where it is none.
    var json: [String: Any]? {
        (try? JSONSerialization.jsonObject(with: Data(out.utf8))) as? [String: Any]
    }

    /// A list of objects in `json`.
    func list(_ key: String) -> [[String: Any]] { json?[key] as? [[String: Any]] ?? [] }
}

/// The built `tallywatt`, called from a folder.
struct Command {
    let folder: String

    /// `swift build --build-tests` puts the command beside the tests.
    static let path = Bundle.main.bundleURL.appending(path: "tallywatt").path

    /// Calls it and waits for its end. Output goes to files, so that no pipe can fill up.
    func callAsFunction(_ arguments: [String]) throws -> Outcome {
        let process = Process()
        process.executableURL = URL(filePath: Command.path)
        process.arguments = arguments
        process.currentDirectoryURL = URL(filePath: folder)
        let id = UUID().uuidString
        let (out, err) = (folder + "/.out-" + id, folder + "/.err-" + id)
        defer {
            try? FileManager.default.removeItem(atPath: out)
            try? FileManager.default.removeItem(atPath: err)
        }
        for file in [out, err] { try Data().write(to: URL(filePath: file)) }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: URL(filePath: out))
        process.standardError = try FileHandle(forWritingTo: URL(filePath: err))
        try process.run()
        process.waitUntilExit()
        return Outcome(
            status: process.terminationStatus,
            out: try String(contentsOfFile: out, encoding: .utf8),
            err: try String(contentsOfFile: err, encoding: .utf8))
    }
}
