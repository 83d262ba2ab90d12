// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import MeterIngest
import MeterScan

/// The file formats a run knows, and the hash under which its plan names them.
struct ProfileLibrary {
    let set: ProfileSet
    /// SHA-256 over the profiles' texts; the built-in ones belong to the engine.
    let sha256: String

    /// The built-in profiles and those of a folder.
    static func load(_ folder: String?) throws -> ProfileLibrary {
        guard let folder else { return ProfileLibrary(set: .builtIn, sha256: "built-in") }
        let set = try ProfileSet(folder: folder)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        let bytes = names.filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }.sorted().flatMap
        {
            [UInt8](FileManager.default.contents(atPath: "\(folder)/\($0)") ?? Data())
        }
        return ProfileLibrary(set: set, sha256: MeterScan.sha256(of: bytes))
    }
}
