// SPDX-License-Identifier: Apache-2.0

/// A charge as its tariff file writes it.
public struct TariffClause: Hashable, Sendable {
    /// The line of the file on which it begins, from 1.
    public let line: Int
    /// Its lines, without the indentation they share.
    public let text: [String]

    /// A clause from its parts.
    public init(line: Int, text: [String]) {
        self.line = line
        self.text = text
    }
}

extension Tariff {
    /// The clauses of the charges, by their ids.
    ///
    /// - Parameter text: The text of the file that the tariff was read from.
    public func clauses(in text: String) -> [String: TariffClause] {
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        var found: [String: TariffClause] = [:]
        for charge in charges where lines.indices.contains(charge.position.line - 1) {
            let start = charge.position.line - 1
            let indent = indentation(lines[start])
            let rest = lines[(start + 1)...].prefix { line in
                line.allSatisfy { $0 == " " } || indentation(line) > indent
            }
            var clause = [lines[start]] + rest
            while clause.last?.allSatisfy({ $0 == " " }) ?? false { clause.removeLast() }
            found[charge.id] = TariffClause(
                line: start + 1, text: clause.map { String($0.dropFirst(indent)) })
        }
        return found
    }

    private func indentation(_ line: Substring) -> Int { line.prefix { $0 == " " }.count }
}
