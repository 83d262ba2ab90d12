// SPDX-License-Identifier: Apache-2.0

import MeterModel

/// One delivered file, read once from front to back: its text in windows of whole lines.
///
/// Memory is the same for any size of file. Plain, gzip or zip, told by content. Each member of a
/// zip archive is a text of its own, with its own lines and bytes; the members of gzip are one text,
/// because senders cut them anywhere. A UTF-8 byte order mark at a text's start is passed over.
/// Whatever the first windows held, nothing of the file may count before `beginText` has returned
/// false: only then its checksums are known.
public struct DeliveredFile: ~Copyable {
    /// Lines that are longer than allowed, to be collected by the caller; code `line-too-long`.
    public var oversizedLines: [ReadingRejection] = []

    /// The source, or nil where not even the first bytes could be read.
    private var source: InflatedBytes
    private var failure: FileQuarantine?
    private let windowBytes: Int
    private let maximumLineBytes: Int
    /// Inflated bytes; `start..<filled` are not yet handed out. Never holds more than a line of
    /// maximum length and one window.
    private var window: [UInt8]
    private var start = 0
    private var filled = 0
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
    ///   - windowBytes: How many bytes to inflate before the lines among them are handed out;
    ///     what the windows are does not change what they hold.
    ///   - maximumLineBytes: A line with more bytes before its newline is reported, not handed out.
    public init(
        path: String, reusing buffers: consuming DeliveryBuffers = DeliveryBuffers(),
        windowBytes: Int = 1 << 19, maximumLineBytes: Int = 1 << 16
    ) throws(FileQuarantine) {
        try self.init(
            path: path, reusing: buffers, windowBytes: windowBytes,
            maximumLineBytes: maximumLineBytes, smallestLimit: 1 << 24, largestRatio: 400)
    }

    /// - Parameters:
    ///   - smallestLimit: So many inflated bytes are allowed whatever the delivered size.
    ///   - largestRatio: So many inflated bytes are allowed for each delivered one. Deflate gives up to
    ///     1032 for bytes that are all alike, and a tenth of it for rows of zeros.
    init(
        path: String, reusing buffers: consuming DeliveryBuffers = DeliveryBuffers(),
        windowBytes: Int, maximumLineBytes: Int, smallestLimit: Int64, largestRatio: Int64
    ) throws(FileQuarantine) {
        precondition(windowBytes > 0 && maximumLineBytes > 0, "windows and lines have bytes")
        do throws(ContainerFault) {
            let file = try HashedFile(path: path, reusing: exchange(&buffers.input, with: []))
            let limit = max(smallestLimit, file.size * largestRatio)
            source = try InflatedBytes(file, limit: limit)
        } catch {
            throw DeliveredFile.quarantine(path: path, error)
        }
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
        buffers.input = source.file.giveBuffer()
        buffers.window = exchange(&window, with: [])
        return buffers
    }

    /// The name of the zip member that is being read; empty in any other file.
    public var member: String { source.zip.name }
    /// SHA-256 of the file's bytes as delivered, in lowercase hex; valid after the end.
    public var sha256: String { source.file.sha256 }
    /// Size of the file as delivered, in bytes; valid after the end.
    public var deliveredBytes: Int64 { source.file.deliveredBytes }
    /// Bytes of text inflated so far.
    public var inflatedBytes: Int64 { source.count }
    /// True where the file changed while it was read, so that it must wait for the next run; valid
    /// after the end.
    public var changedWhileRead: Bool { source.file.changedWhileRead }

    /// Goes on to the next text that has bytes; to be called before the first window, and after the
    /// last of each text.
    ///
    /// - Returns: False after the last text, when all checksums have been verified.
    public mutating func beginText() throws(FileQuarantine) -> Bool {
        if let failure { throw failure }
        precondition(isAtEnd && start == filled, "the text before is read to its end")
        do throws(ContainerFault) {
            while try source.beginText() {
                (isAtEnd, start, filled, line, byte) = (false, 0, 0, 1, 0)
                try fill()
                // Folders, and files without bytes, hold nothing that could be lost.
                guard filled > 0 else { continue }
                try passByteOrderMark()
                textCount += 1
                return true
            }
            try source.finish()
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
        do throws(ContainerFault) {
            try source.finish()
        } catch {
            // The hash stays empty: the file cannot be read to its end, and the first fault counts.
        }
        let quarantine = FileQuarantine(
            code: code, detail: member.isEmpty ? detail : "\(member): \(detail)", sha256: sha256,
            deliveredBytes: deliveredBytes)
        failure = quarantine
        return quarantine
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

    /// Moves what is left to the front and inflates up to a window's worth of bytes after it.
    private mutating func fill() throws(ContainerFault) {
        if start > 0 {
            let rest = start..<filled
            unsafe window.withUnsafeMutableBytes { bytes in
                // SAFETY: the range is inside the window, and is moved to the front of it.
                unsafe bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[rest]))
            }
            (start, filled) = (0, filled - start)
        }
        let wanted = filled + windowBytes
        while filled < wanted, !isAtEnd {
            let target = filled..<wanted
            var result: Result<Int, ContainerFault> = .success(0)
            unsafe window.withUnsafeMutableBytes { bytes in
                do throws(ContainerFault) {
                    // SAFETY: the range is inside the window, whose size `init` chose for it.
                    result = .success(
                        unsafe try source.read(
                            into: UnsafeMutableRawBufferPointer(rebasing: bytes[target])))
                } catch {
                    result = .failure(error)
                }
            }
            let got = try result.get()
            filled += got
            isAtEnd = got == 0
        }
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
