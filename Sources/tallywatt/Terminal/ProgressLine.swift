// SPDX-License-Identifier: Apache-2.0

import BatchRun
import Foundation
import Synchronization

/// A bar that is drawn over itself on a terminal; elsewhere one quiet line a stage.
final class ProgressLine: ProgressReporter {
    private struct Stage {
        var name = ""
        var total = 0
        var done = 0
        var shownPercent = -1
    }

    private let stage = Mutex(Stage())
    private let isTerminal: Bool

    init(isTerminal: Bool) {
        self.isTerminal = isTerminal
    }

    func begin(_ name: String, of total: Int) {
        stage.withLock { $0 = Stage(name: name, total: total) }
        if isTerminal { draw() } else if total > 0 { Output.message("\(name): \(total)") }
    }

    func advance(by count: Int) {
        stage.withLock { $0.done += count }
        if isTerminal { draw() }
    }

    func end() {
        if isTerminal { write("\r\u{1B}[K") }
    }

    /// Draws the bar where it changed by a percent.
    private func draw() {
        let line = stage.withLock { stage -> String? in
            guard stage.total > 0 else { return nil }
            let percent = stage.done * 100 / stage.total
            guard percent != stage.shownPercent else { return nil }
            stage.shownPercent = percent
            let filled = percent * 30 / 100
            let bar =
                String(repeating: "#", count: filled)
                + String(repeating: ".", count: 30 - filled)
            return "\r\(stage.name) [\(bar)] \(percent)% of \(stage.total)\u{1B}[K"
        }
        if let line { write(line) }
    }

    private func write(_ text: String) {
        FileHandle.standardError.write(Data(text.utf8))
    }
}
