// SPDX-License-Identifier: Apache-2.0

/// The id of a thing: letters and a number, such as `M00000001`.
struct Name: CustomStringConvertible {
    let letters: String
    let number: Int
    /// The least digits of the number; leading zeros fill it up.
    let digits: Int

    var description: String { TextLine("\(self)").string }
}

/// The ids of a branch's things, as they stand in every file.
enum Names {
    static func meter(_ number: Int) -> Name { Name(letters: "M", number: number + 1, digits: 8) }

    /// Ten letters and digits, so that it serves as NMI in NEM12 files as well.
    static func servicePoint(_ meter: Int) -> Name {
        Name(letters: "SP", number: meter + 1, digits: 8)
    }

    static func customer(_ meter: Int) -> Name { Name(letters: "C", number: meter + 1, digits: 8) }

    static func contract(_ meter: Int) -> Name { Name(letters: "K", number: meter + 1, digits: 8) }

    static func terminal(_ number: Int) -> Name {
        Name(letters: "T", number: number + 1, digits: 4)
    }

    static func node(_ node: Branch.Node) -> Name {
        switch node {
        case .company: Name(letters: "B", number: 1, digits: 1)
        case .district(let number): Name(letters: "D", number: number + 1, digits: 2)
        case .station(let number): Name(letters: "S", number: number + 1, digits: 3)
        case .feeder(let number): Name(letters: "F", number: number + 1, digits: 3)
        case .transformer(let number): Name(letters: "TX", number: number + 1, digits: 5)
        }
    }
}
