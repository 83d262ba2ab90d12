// SPDX-License-Identifier: Apache-2.0

import MeterModel
import MeterUsage
import MeterValidate
import Quantities

/// The blocks in which values at the ends of a span are.
struct SpanEnds {
    let start: RegisterDayBlock
    let end: RegisterDayBlock
}

/// A meter that serves alone through a billing span of which nothing is known that the values at its
/// ends would not tell: the usual case, in which a register is two values and a difference.
struct PlainMeter {
    let meter: MeterNumber
    let span: Range<Int64>
    /// When it is in service, which is longer than the span or as long.
    private let served: Range<Int64>
    private let dial: RegisterDial
    private let siteReads: [RegisterRead]
    private let ends: SpanEnds

    /// A meter of which that is known.
    init(
        _ meter: MeterNumber, in span: Range<Int64>, served: Range<Int64>, dial: RegisterDial,
        siteReads: [RegisterRead], ends: SpanEnds
    ) {
        self.meter = meter
        self.span = span
        self.served = served
        self.dial = dial
        self.siteReads = siteReads
        self.ends = ends
    }

    /// The meter of a billing span; nil where there are several, and where the values at the ends of the
    /// span may not tell all.
    init?(
        _ meterSpans: [MeterSpan], in span: Range<Int64>, _ turns: RegisterTurns,
        _ days: inout RegisterDays
    ) throws {
        guard meterSpans.count == 1, let meterSpan = meterSpans.first else { return nil }
        let meter = meterSpan.meter
        let served = meterSpan.span.lowerBound.seconds..<meterSpan.span.upperBound.seconds
        let dial = RegisterDial(meterSpan.terms)
        guard served.lowerBound <= span.lowerBound, span.upperBound <= served.upperBound,
            // Over longer spans the checks of the nights may have missed a turn.
            span.count <= Int(RegisterChecks.longestGap) * 86_400,
            !dial.mayTurn(in: Int64(span.count)),
            !turns.contains(meter: meter, within: span, days.network),
            let ends = try days.ends(of: meter, in: span)
        else { return nil }
        self.init(
            meter, in: span, served: served, dial: dial,
            siteReads: days.network.registerReads(of: meter), ends: ends)
    }

    /// True where nobody read a register on site.
    func isUntouched(_ obis: ObisCode) -> Bool {
        !siteReads.contains { $0.channel.obis == obis }
    }

    /// What a register counted that went on plainly from end to end; nil where it takes a closer look.
    func count(_ obis: ObisCode) -> CountedRegister? {
        let channel = Channel(obis, .register)
        var start = ends.start.reading(of: meter.rawValue, channel, at: span.lowerBound)
        // By place: a read is large to copy.
        for place in siteReads.indices where siteReads[place].channel.obis == obis {
            let read = siteReads[place]
            if read.at.seconds < span.lowerBound, served.lowerBound < span.lowerBound { continue }
            if read.at.seconds > span.upperBound, served.upperBound > span.upperBound { continue }
            // What a meter showed when it was installed is where it begins, whatever it sends.
            guard read.kind == .install, read.at.seconds == span.lowerBound,
                served.lowerBound == span.lowerBound, start?.origin != .install,
                let installed = RegisterReading(read)
            else { return nil }
            start = installed
        }
        guard let start, !start.isPrimary,
            let end = ends.end.reading(of: meter.rawValue, channel, at: span.upperBound),
            !end.isPrimary, let step = dial.advance(from: start, to: end),
            case .advance(_, rolledOver: false) = step.advance,
            let amount = step.energy, !amount.isOverflow
        else { return nil }
        return CountedRegister(obis, amount: amount, ends: start, end)
    }
}
