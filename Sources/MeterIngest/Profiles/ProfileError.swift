// SPDX-License-Identifier: Apache-2.0

/// What is wrong with a profile file, where, and how to mend it.
public struct ProfileError: Error, Hashable, Sendable {
    /// The file's name, or the name of the built-in profile.
    public let file: String
    /// The line, from 1; 0 where the file as a whole is meant.
    public let line: Int
    /// The column, from 1.
    public let column: Int
    /// What is wrong.
    public let problem: String
    /// What to write instead.
    public let mend: String

    /// An error from its parts.
    public init(file: String, line: Int, column: Int, problem: String, mend: String) {
        self.file = file
        self.line = line
        self.column = column
        self.problem = problem
        self.mend = mend
    }
}

extension ProfileError: CustomStringConvertible {
    /// One line that editors can follow: `file:line:column: problem; mend`.
    public var description: String { "\(file):\(line):\(column): \(problem); \(mend)" }
}
