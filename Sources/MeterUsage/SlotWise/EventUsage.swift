// SPDX-License-Identifier: Apache-2.0

import Quantities

/// Dated windows in which the demand of a charge is measured, on one billing span.
public struct EventRequest: Hashable, Sendable {
    /// The charge.
    public var charge: String
    /// What is measured.
    public var unit: DemandMeasure.Unit
    /// The windows of the span, in order and apart from each other, in seconds since
    /// 1970-01-01T00:00:00Z; or why they are not known.
    public var windows: Result<[Range<Int64>], EventGap>

    /// A request from its parts.
    public init(
        charge: String, unit: DemandMeasure.Unit, windows: Result<[Range<Int64>], EventGap>
    ) {
        self.charge = charge
        self.unit = unit
        self.windows = windows
    }
}

/// Why the demand in dated windows cannot be told; whoever needs it holds its bill.
public enum EventGap: Error, Hashable, Sendable {
    /// The list of windows does not tell those of the span; the text says why, and how to mend it.
    case list(String)
    /// The window that begins then has no reading for all of its minutes.
    case readings(Instant)
    /// The window that begins then does not begin and end with intervals of the readings.
    case tooCoarse(Instant)
    /// The readings are too large to be counted exactly.
    case outOfRange
}

/// The mean power of a service point in dated windows.
///
/// Slots may come in any order and in any pieces; a window is known once all of its minutes are.
/// Channels that count together must be summed first (`StripSum`).
public struct EventUsage: Hashable, Sendable {
    /// What is asked.
    public let request: EventRequest
    private let windows: [Range<Int64>]
    /// Shape: `[window]`.
    private var energies: [WindowEnergy]
    /// How many minutes of each are known. Shape: `[window]`.
    private var minutes: [Int]
    /// The first window that an interval is partly in.
    private var coarse: Instant?
    private var isOutOfRange = false

    /// No energy yet.
    public init(_ request: EventRequest) {
        self.request = request
        windows = (try? request.windows.get()) ?? []
        energies = windows.map { _ in WindowEnergy() }
        minutes = windows.map { _ in 0 }
    }

    /// Adds the slots of a sum of channels that lie in one of the windows.
    ///
    /// - Parameters:
    ///   - sum: What is measured: active energy, or reactive energy of a demand in kvar.
    ///   - reactive: Reactive energy beside it, for a demand in kVA.
    public mutating func add(_ sum: StripSum, reactive: StripSum? = nil, plan: SlotPlan) {
        let day = plan.start..<plan.start + 86_400
        for place in windows.indices where windows[place].overlaps(day) {
            if reactive.map({ $0.energy.count != sum.energy.count }) ?? false {
                note(coarse: windows[place].lowerBound)
            } else {
                add(sum, reactive, plan, toWindow: place)
            }
        }
    }

    private mutating func add(
        _ sum: StripSum, _ reactive: StripSum?, _ plan: SlotPlan, toWindow place: Int
    ) {
        let window = windows[place]
        if sum.isOutOfRange || reactive?.isOutOfRange ?? false { isOutOfRange = true }
        for slot in sum.energy.indices where plan.periods[slot] != SlotPlan.outside {
            let start = plan.start(ofSlot: slot)
            let time = start..<start + Int64(plan.slotMinutes * 60)
            guard time.overlaps(window) else { continue }
            guard time.clamped(to: window) == time else {
                note(coarse: window.lowerBound)
                continue
            }
            guard sum.isComplete(slot), reactive?.isComplete(slot) ?? true else { continue }
            let (energy, isOver) = energies[place].adding(
                WindowEnergy(energy: sum.energy[slot], reactive: reactive?.energy[slot] ?? 0))
            if isOver { isOutOfRange = true }
            energies[place] = energy
            minutes[place] += plan.slotMinutes
        }
    }

    private mutating func note(coarse start: Int64) {
        coarse = min(coarse ?? Instant(seconds: start), Instant(seconds: start))
    }

    /// The demand of each window, or why it cannot be told.
    public var demand: Determinants.EventDemand {
        Determinants.EventDemand(
            charge: request.charge, unit: request.unit,
            outcome: Result { () throws(EventGap) in
                let windows = try request.windows.get()
                if isOutOfRange { throw .outOfRange }
                if let coarse { throw .tooCoarse(coarse) }
                var found: [Determinants.DemandPeak.Window] = []
                for place in windows.indices {
                    let start = Instant(seconds: windows[place].lowerBound)
                    guard minutes[place] * 60 == windows[place].count else {
                        throw .readings(start)
                    }
                    let perHour = Exact(60, over: Int128(minutes[place]))
                    let reactive = UsageScale.amount(of: energies[place].reactive) * perHour
                    found.append(
                        Determinants.DemandPeak.Window(
                            power: UsageScale.amount(of: energies[place].energy) * perHour,
                            reactive: request.unit == .kilovoltAmperes ? reactive : nil, at: start))
                }
                return found
            })
    }
}
