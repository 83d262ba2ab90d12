// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Where text goes: results to stdout, everything else to stderr.
enum Output {
    /// A result.
    static func result(_ text: String) {
        FileHandle.standardOutput.write(Data((text + "\n").utf8))
    }

    /// A result that has its line ends.
    static func text(_ text: String) {
        FileHandle.standardOutput.write(Data(text.utf8))
    }

    /// A message for the person at the terminal.
    static func message(_ text: String) {
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }

    /// True where stderr is a terminal that a progress line can be drawn on.
    static var isTerminal: Bool { isatty(2) == 1 }
}
