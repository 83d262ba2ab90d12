// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Synchronization

/// One delivered file, read once from front to back: its text in windows of whole lines.
///
/// Memory is the same for any size of file. Plain, gzip or zip, told by content. Each member of a
/// zip archive is a text of its own, with its own lines and bytes; the members of gzip are one text,
/// because senders cut them anywhere. A UTF-8 byte order mark at a text's start is passed over.
/// Whatever the first windows held, nothing of the file may count before `beginText` has returned
/// false: only then its checksums are known.
///
/// The windows of a long text are inflated ahead by another thread, where one is idle; they are the same.
public struct DeliveredFile: ~Copyable {
    /// Lines that are longer than allowed, to be collected by the caller; code `line-too-long`.
    public var oversizedLines: [ReadingRejection] = []

    private let bytes: SharedBytes
    private let idle: IdleThreads?
    /// Reads ahead in this text, once it is long.
    private var ahead: InflateAhead?
    /// After so many windows a text is long.
    private let shortWindows: Int
    /// How many windows of the text were inflated.
    private var windowCount = 0
    private var failure: FileQuarantine?
    private let windowBytes: Int
    private let maximumLineBytes: Int
    /// Inflated bytes; `start..<filled` are not yet handed out. Bytes are inflated after room for a
    /// line of maximum length, into which the rest of those before is moved.
    private var window: [UInt8]
    private var start = 0
    private var filled = 0
    /// Bytes of text inflated so far.
    public private(set) var inflatedBytes: Int64 = 0
    /// True where the text, or what was at hand before the first, has been inflated to its end.
    private var isAtEnd = true
    private var textCount = 0
    /// Number and place of the line at `start`.
    private var line = 1
    private var byte: Int64 = 0

    /// Opens a file and looks at its first bytes.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - buffers: Memory that an earlier file gave back.
    ///   - idle: Threads of which one may inflate ahead.
    ///   - windowBytes: How many bytes to inflate before the lines among them are handed out;
    ///     what the windows are does not change what they hold.
    ///   - maximumLineBytes: A line with more bytes before its newline is reported, not handed out.
    public init(
        path: String, reusing buffers: consuming DeliveryBuffers = DeliveryBuffers(),
        idle: IdleThreads? = nil, windowBytes: Int = 1 << 19, maximumLineBytes: Int = 1 << 16
    ) throws(FileQuarantine) {
        try self.init(
            path: path, reusing: buffers, idle: idle, windowBytes: windowBytes,
            maximumLineBytes: maximumLineBytes, smallestLimit: 1 << 24, largestRatio: 400,
            shortWindows: 8)
    }

    /// - Parameters:
    ///   - smallestLimit: So many inflated bytes are allowed whatever the delivered size.
    ///   - largestRatio: So many inflated bytes are allowed for each delivered one. Deflate gives up to
    ///     1032 for bytes that are all alike, and a tenth of it for rows of zeros.
    ///   - shortWindows: A text is long, and inflated ahead, after so many windows.
    init(
        path: String, reusing buffers: consuming DeliveryBuffers = DeliveryBuffers(),
        idle: IdleThreads? = nil, windowBytes: Int, maximumLineBytes: Int, smallestLimit: Int64,
        largestRatio: Int64, shortWindows: Int
    ) throws(FileQuarantine) {
        precondition(windowBytes > 0 && maximumLineBytes > 0, "windows and lines have bytes")
        do throws(ContainerFault) {
            let file = try HashedFile(path: path, reusing: exchange(&buffers.input, with: []))
            let limit = max(smallestLimit, file.size * largestRatio)
            bytes = SharedBytes(try InflatedBytes(file, limit: limit))
        } catch {
            throw DeliveredFile.quarantine(path: path, error)
        }
        (self.idle, self.shortWindows) = (idle, shortWindows)
        self.windowBytes = windowBytes
        self.maximumLineBytes = maximumLineBytes
        let size = maximumLineBytes + 1 + windowBytes
        window =
            buffers.window.count == size
            ? buffers.window : [UInt8](repeating: 0, count: size)
    }

    /// Gives the memory away, once the file is read or given up; nothing can be read after it.
    public mutating func giveBuffers() -> DeliveryBuffers {
        (start, filled, isAtEnd) = (0, 0, true)
        var buffers = DeliveryBuffers()
        buffers.input = bytes.source.withLock { $0.file.giveBuffer() }
        buffers.window = exchange(&window, with: [])
        return buffers
    }

    /// The name of the zip member that is being read; empty in any other file.
    public var member: String { bytes.source.withLock { $0.zip.name } }
    /// SHA-256 of the file's bytes as delivered, in lowercase hex; valid after the end.
    public var sha256: String { bytes.source.withLock { $0.file.sha256 } }
    /// Size of the file as delivered, in bytes; valid after the end.
    public var deliveredBytes: Int64 { bytes.source.withLock { $0.file.deliveredBytes } }
    /// True where the file changed while it was read, so that it must wait for the next run; valid
    /// after the end.
    public var changedWhileRead: Bool { bytes.source.withLock { $0.file.changedWhileRead } }

    /// Goes on to the next text that has bytes; to be called before the first window, and after the
    /// last of each text.
    ///
    /// - Returns: False after the last text, when all checksums have been verified.
    public mutating func beginText() throws(FileQuarantine) -> Bool {
        if let failure { throw failure }
        precondition(isAtEnd && start == filled, "the text before is read to its end")
        do throws(ContainerFault) {
            while try beginSourceText() {
                (isAtEnd, start, filled, line, byte, windowCount) = (false, 0, 0, 1, 0, 0)
                try fill()
                // Folders, and files without bytes, hold nothing that could be lost.
                guard filled > start else { continue }
                try passByteOrderMark()
                textCount += 1
                return true
            }
            try finishSource()
            guard textCount > 0 else {
                throw ContainerFault(code: .emptyFile, detail: "nothing is in the container")
            }
            return false
        } catch {
            throw quarantine(error.code, detail: error.detail)
        }
    }

    /// Hands out the text's next lines, as many as a window holds.
    ///
    /// - Parameter body: Takes whole lines, each with its newline (only the text's last may lack
    ///   it), the number of the first from 1, and its place in the inflated bytes from 0; gives how
    ///   many lines there were, which it knows without counting them once more.
    /// - Returns: What `body` gave besides, or nil after the text's end.
    public mutating func withNextWindow<R>(
        _ body: (_ lines: RawSpan, _ firstLine: Int, _ firstByte: Int64) -> (lines: Int, result: R)
    ) throws(FileQuarantine) -> R? {
        if let failure { throw failure }
        do throws(ContainerFault) {
            guard let end = try nextWindowEnd() else { return nil }
            // SAFETY: bytes of an array are always initialized.
            let taken = unsafe body(window.span.bytes.extracting(start..<end), line, byte)
            pass(to: end, lines: taken.lines)
            return taken.result
        } catch {
            throw quarantine(error.code, detail: error.detail)
        }
    }

    /// Lends the text's next lines without passing them, to tell its format.
    ///
    /// - Returns: What `body` gave, or nil where no line is left.
    public mutating func peekWindow<R>(
        _ body: (_ lines: RawSpan) -> R
    ) throws(FileQuarantine) -> R? {
        if let failure { throw failure }
        do throws(ContainerFault) {
            guard let end = try nextWindowEnd() else { return nil }
            // SAFETY: bytes of an array are always initialized.
            return unsafe body(window.span.bytes.extracting(start..<end))
        } catch {
            throw quarantine(error.code, detail: error.detail)
        }
    }

    /// Passes over whole lines that `peekWindow` has shown.
    public mutating func passLines(bytes: Int) {
        precondition(0...(filled - start) ~= bytes, "lines that were shown")
        pass(to: start + bytes, lines: newlines(before: start + bytes))
    }

    /// Refuses the file as a whole: reads the rest for its hash and lets no further window out.
    ///
    /// - Parameter detail: What is wrong; where a zip member is being read, its name is put before.
    public mutating func quarantine(_ code: RejectionCode, detail: String) -> FileQuarantine {
        ahead?.stop()
        ahead = nil
        do throws(ContainerFault) {
            try finishSource()
        } catch {
            // The hash stays empty: the file cannot be read to its end, and the first fault counts.
        }
        let quarantine = FileQuarantine(
            code: code, detail: member.isEmpty ? detail : "\(member): \(detail)", sha256: sha256,
            deliveredBytes: deliveredBytes)
        failure = quarantine
        return quarantine
    }

    private func beginSourceText() throws(ContainerFault) -> Bool {
        try bytes.source.withLock { source throws(ContainerFault) in try source.beginText() }
    }

    private func finishSource() throws(ContainerFault) {
        try bytes.source.withLock { source throws(ContainerFault) in try source.finish() }
    }

    /// The quarantine of a file that could not be opened, or not be told what it is.
    private static func quarantine(path: String, _ fault: ContainerFault) -> FileQuarantine {
        do throws(ContainerFault) {
            var file = try HashedFile(path: path)
            try file.finish()
            return FileQuarantine(
                code: fault.code, detail: fault.detail, sha256: file.sha256,
                deliveredBytes: file.deliveredBytes)
        } catch {
            return FileQuarantine(
                code: fault.code, detail: fault.detail, sha256: "", deliveredBytes: 0)
        }
    }
}

// How windows are cut.
extension DeliveredFile {
    /// Fills the window and finds where its last whole line ends; nil at the text's end.
    private mutating func nextWindowEnd() throws(ContainerFault) -> Int? {
        while true {
            // More than a line's worth at hand without a newline is already known to be too long.
            if filled - start <= maximumLineBytes { try fill() }
            let end = wholeLinesEnd()
            if end > start { return end }
            if filled - start > maximumLineBytes {
                try passOversizedLine()
            } else if isAtEnd {
                return nil
            }
        }
    }

    /// Puts what is left before a window's worth of newly inflated bytes.
    private mutating func fill() throws(ContainerFault) {
        guard !isAtEnd else { return }
        let place = (maximumLineBytes + 1)..<(maximumLineBytes + 1 + windowBytes)
        let (rest, front) = (start..<filled, place.lowerBound - (filled - start))
        beginAhead(into: place)
        let filling: SharedBytes.Filling
        if let ahead {
            var next = ahead.next()
            for (place, byte) in zip(front..., rest) { next.bytes[place] = window[byte] }
            filling = next.filling
            swap(&window, &next.bytes)
            ahead.ask(toFill: &next.bytes)
        } else {
            unsafe window.withUnsafeMutableBytes { bytes in
                // SAFETY: both ranges are inside the window; they may overlap.
                unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[front..<place.lowerBound])
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[rest]))
            }
            filling = bytes.source.withLock { SharedBytes.fill(&window, place, from: &$0) }
        }
        (start, filled) = (front, place.lowerBound + filling.count)
        inflatedBytes += Int64(filling.count)
        windowCount += 1
        isAtEnd = filling.isLast
        if isAtEnd { ahead = nil }
        if let fault = filling.fault { throw fault }
    }

    /// Lets an idle thread read ahead from here on, where the text is long.
    private mutating func beginAhead(into place: Range<Int>) {
        guard ahead == nil, windowCount >= shortWindows, let idle, idle.take() else { return }
        ahead = InflateAhead(bytes, into: place, by: idle)
    }

    /// The end of the last whole line that no line longer than allowed stands before.
    private func wholeLinesEnd() -> Int {
        var end = start
        while let newline = lastNewline(from: end, through: min(end + maximumLineBytes, filled - 1))
        {
            end = newline + 1
        }
        // Too little follows for a line that is too long, so at the end it is the last line.
        return isAtEnd && filled - end <= maximumLineBytes ? filled : end
    }

    private func lastNewline(from first: Int, through last: Int) -> Int? {
        var position = last
        while position >= first {
            if window[position] == UInt8(ascii: "\n") { return position }
            position -= 1
        }
        return nil
    }

    /// Counts so many lines, up to `end`, as handed out.
    private mutating func pass(to end: Int, lines: Int) {
        line += lines
        byte += Int64(end - start)
        start = end
    }

    /// How many newlines stand from `start` on before a place.
    private func newlines(before end: Int) -> Int {
        // SAFETY: bytes of an array are always initialized.
        unsafe window.span.bytes.extracting(start..<end).newlineCount
    }

    private mutating func passByteOrderMark() throws(ContainerFault) {
        while filled - start < 3, !isAtEnd { try fill() }
        guard window[start..<filled].starts(with: [0xEF, 0xBB, 0xBF]) else { return }
        byte += 3
        start += 3
    }

    /// Reports the line at `start` and reads over it, keeping nothing of it.
    private mutating func passOversizedLine() throws(ContainerFault) {
        // SAFETY: bytes of an array are always initialized.
        let found = unsafe window.span.bytes.text(start, filled)
        oversizedLines.append(
            ReadingRejection(.lineTooLong, line: line, byte: byte, found: found))
        while true {
            if let newline = window[start..<filled].firstIndex(of: UInt8(ascii: "\n")) {
                pass(to: newline + 1, lines: 1)
                return
            }
            pass(to: filled, lines: 0)
            guard !isAtEnd else { return }
            try fill()
        }
    }
}
