// SPDX-License-Identifier: Apache-2.0

import MeterModel

/// A name that a person gave and the database does not have.
public struct UnknownName: Error, Hashable, Sendable, CustomStringConvertible {
    /// What it should name, such as `feeder`.
    public let kind: String
    /// The name as given.
    public let name: String
    /// Where names of the kind are listed.
    public let mend: String

    /// A name from its parts.
    public init(kind: String, name: String, mend: String) {
        self.kind = kind
        self.name = name
        self.mend = mend
    }

    /// The name and where to look.
    public var description: String { "\(kind) '\(name)' is not on record: \(mend)" }

    /// Refuses names that a person gave and the network does not have.
    public static func refuse(contract: String?, feeder: String?, in network: Network)
        throws(UnknownName)
    {
        if let feeder, network.feeder(feeder) == nil { throw UnknownName.feeder(feeder) }
        if let contract, network.contract(contract) == nil {
            throw UnknownName.contract(contract)
        }
    }

    static func feeder(_ name: String) -> UnknownName {
        UnknownName(kind: "feeder", name: name, mend: "see nodes.csv of the network")
    }

    static func contract(_ name: String) -> UnknownName {
        UnknownName(kind: "contract", name: name, mend: "see contracts.csv of the network")
    }
}
