// SPDX-License-Identifier: Apache-2.0

import Foundation
import MeterScan

/// A text file that appears whole or not at all: written beside its name, synced and renamed.
///
/// A name that ends in `.gz` gets gzip, one member per megabyte of text.
public final class ExportFile {
    private let path: String
    private let temporary: String
    private let handle: FileHandle
    private let isCompressed: Bool
    private var gzip = GzipWriter(.standard)
    private var pending: [UInt8] = []
    private var isFinished = false

    private static let memberBytes = 1 << 20

    /// Begins a file of this name; what is there under it stays until `finish`.
    public init(_ path: String) throws(UnwritableOutput) {
        self.path = path
        temporary = path + ".tmp"
        isCompressed = path.hasSuffix(".gz")
        do {
            try Data().write(to: URL(filePath: temporary))
            handle = try FileHandle(forWritingTo: URL(filePath: temporary))
        } catch {
            throw UnwritableOutput(path: path, reason: error.localizedDescription)
        }
    }

    deinit {
        if !isFinished {
            try? handle.close()
            try? FileManager.default.removeItem(atPath: temporary)
        }
    }

    /// Adds bytes.
    public func append(_ bytes: some Sequence<UInt8>) throws(UnwritableOutput) {
        pending.append(contentsOf: bytes)
        if pending.count >= ExportFile.memberBytes { try flush() }
    }

    /// Writes what is pending and gives the file its name.
    public func finish() throws(UnwritableOutput) {
        try flush()
        do {
            try handle.synchronize()
            try handle.close()
            if FileManager.default.fileExists(atPath: path) {
                try FileManager.default.removeItem(atPath: path)
            }
            try FileManager.default.moveItem(atPath: temporary, toPath: path)
        } catch {
            throw UnwritableOutput(path: path, reason: error.localizedDescription)
        }
        isFinished = true
    }

    private func flush() throws(UnwritableOutput) {
        guard !pending.isEmpty else { return }
        do {
            if isCompressed {
                try handle.write(contentsOf: gzip.compress(pending.span))
            } else {
                try handle.write(contentsOf: pending)
            }
        } catch {
            throw UnwritableOutput(path: path, reason: error.localizedDescription)
        }
        pending.removeAll(keepingCapacity: true)
    }
}

/// A file that could not be written.
public struct UnwritableOutput: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file.
    public let path: String
    /// The system's reason.
    public let reason: String

    /// The file and why.
    public var description: String { "\(path): cannot be written: \(reason)" }
}
