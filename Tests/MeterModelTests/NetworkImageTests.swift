// SPDX-License-Identifier: Apache-2.0

import MeterModel
import Quantities
import Testing

@Suite struct NetworkImageTests {
    /// A network with everything a network can have.
    static let full = SmallNetwork([
        "nodes.csv": """
        node_id,parent_id,kind,name,from,to
        F1,,feeder,,,
        F2,,feeder,,,
        T1,F1,transformer,,,2026-06-01
        T1,F2,transformer,,2026-06-01,
        T2,F2,transformer,,,

        """,
        "terminals.csv": "terminal_id,node_id\nC1,T1\nC0,T1\n",
        "service_points.csv": """
        service_point_id,node_id,timezone,capacity_kw,role
        S1,T1,Asia/Shanghai,12.5,
        S2,T2,Australia/Sydney,,
        S3,T2,Asia/Shanghai,,feeder_total
        电4,T1,Asia/Shanghai,,check

        """,
        "meters.csv": """
        meter_id,service_point_id,terminal_id,installed,removed,multiplier,digits,\
        interval_minutes,basis,use,from,to
        M2,S1,C1,2026-01-01,2026-04-10T09:30:00+08:00,0.5,6,15,,,,
        M1,S1,C0,2026-04-10T09:30:00+08:00,,60,,30,,,,2026-07-01
        M1,S1,C0,2026-04-10T09:30:00+08:00,,80,,30,,,2026-07-01,
        P,S1,,,,1,8,15,register,check,,
        表,S2,C1,2026-01-01,,1,18,,,,,
        Q,S3,C1,2026-01-01,,1,6,1440,,,,

        """,
        "contracts.csv": """
        contract_id,service_point_id,customer_id,tariff_id,starts,ends,billing_day,cycle_months,\
        parameters,from,to
        A1,S1,K1,tou,2026-01-01,,31,1,contract_kw=1250;persons=5,,2026-03-01
        A1,S1,K1,flat,2026-01-01,2027-01-01,1,120,,2026-03-01,
        A2,S2,K2,tou,1900-01-01,9999-12-31,15,2,,,

        """,
        "contract_points.csv": """
        contract_id,service_point_id,quantity,sign,share,from,to
        A1,S3,3.8.0,-1,0.25,2026-01-01,2026-06-01
        A2,S1,,1,1,,

        """,
        "register_reads.csv": """
        meter_id,channel,at,kind,value
        表,1.8.0,2026-03-01,special,-20.5
        表,1.8.2,2026-01-01,install,0.00
        表,1.8.3,2026-01-01,install,99999999999999999.999
        P,1.8.0,2026-01-02T10:00:00Z,opening,7

        """,
        "opening.csv": """
        contract_id,billed_through,key,value
        A2,2026-01-01,ytd_kwh,123.45
        A2,2026-01-01,peak_kw,7

        """,
    ])

    private func reread(_ network: Network, piecesOf length: Int = 1 << 20) throws -> Network {
        try read(network.image(piecesOf: length))
    }

    private func read(
        _ pieces: [[UInt8]],
        zones: (String) throws(TimeZoneError) -> TimeZoneTable = SmallNetwork.zone
    ) throws(NetworkImageError) -> Network {
        var left = pieces[...]
        return try Network(
            image: { left.popFirst() }, size: pieces.reduce(0) { $0 + $1.count }, zones: zones)
    }

    /// The only piece of a small network's image.
    private func image(_ network: Network) throws -> [UInt8] {
        let pieces = network.image(piecesOf: 1 << 20)
        #expect(pieces.count == 1)
        return try #require(pieces.first)
    }

    @Test func `a network comes back from its image as it was`() throws {
        for network in [
            try SmallNetwork().network(), try NetworkImageTests.full.network(),
        ] {
            let again = try reread(network)
            // Compared outside of the expectation, which would print both.
            let isSame = again == network
            let answersTheSame = NetworkView(again) == NetworkView(network)
            #expect(isSame)
            #expect(answersTheSame)
            #expect(try image(again) == image(network))
        }
        // The view is not empty where the network has everything.
        let view = NetworkView(try NetworkImageTests.full.network())
        #expect(view.meterSpans.count == 5)
        #expect(view.registerReads.joined().count == 4)
        // Longer than a word.
        #expect(view.registerReads.joined().contains { $0.value == Exact("99999999999999999.999") })
        #expect(view.contracts.compactMap(\.opening).count == 1)
    }

    @Test func `a network of any size and shape comes back from its image`() throws {
        var random = SeededGenerator(seed: 7)
        for count in [1, 63, 700] {
            let points = (0..<count).map {
                "S\($0),\(Bool.random(using: &random) ? "T1" : "T2"),Asia/Shanghai"
            }
            let meters = (0..<count).map { number in
                let id = String(UInt64.random(in: 0...UInt64.max, using: &random), radix: 36)
                let multiplier = Int.random(in: 1...9_999, using: &random)
                return "\(id),S\(number),C1,2026-01-0\(1 + number % 9),,\(multiplier),6,15"
            }
            let network = try SmallNetwork([
                "service_points.csv":
                    "service_point_id,node_id,timezone\n" + points.joined(separator: "\n") + "\n",
                "meters.csv": """
                meter_id,service_point_id,terminal_id,installed,removed,multiplier,digits,\
                interval_minutes

                """ + meters.joined(separator: "\n") + "\n",
                "contracts.csv":
                    "contract_id,service_point_id,customer_id,tariff_id,starts,ends,billing_day\n",
            ]).network()
            let again = try reread(network)
            // Compared outside of the expectation, which would print both.
            let isSame = again == network
            let answersTheSame = NetworkView(again) == NetworkView(network)
            #expect(isSame)
            #expect(answersTheSame)
        }
    }

    @Test func `an image comes back from pieces of any length, in their order only`() throws {
        let network = try NetworkImageTests.full.network()
        for length in [5, 7, 8, 10, 11, 12, 64, 300] {
            let isSame = try reread(network, piecesOf: length) == network
            #expect(isSame, "pieces of \(length)")
            let pieces = network.image(piecesOf: length)
            for place in pieces.indices.dropLast() where pieces[place] != pieces[place + 1] {
                var moved = pieces
                moved.swapAt(place, place + 1)
                let isRead = (try? read(moved)) != nil
                #expect(!isRead, "pieces of \(length), \(place)")
            }
        }
    }

    @Test func `pieces that are missing, or there are too many of, are refused`() throws {
        let pieces = try NetworkImageTests.full.network().image(piecesOf: 40)
        for place in pieces.indices {
            var fewer = pieces
            fewer.remove(at: place)
            let isRead = (try? read(fewer)) != nil
            #expect(!isRead, "piece \(place)")
        }
        let isRead = (try? read(pieces + [pieces[0]])) != nil
        #expect(!isRead)
    }

    @Test func `an image with any byte changed is refused`() throws {
        let image = try image(NetworkImageTests.full.network())
        for position in image.indices {
            var damaged = image
            damaged[position] ^= 0x41
            let error = refusal(damaged)
            // The fifth byte is the version.
            #expect(position == 4 ? error == .otherVersion : error != nil, "byte \(position)")
        }
    }

    @Test func `an image that is cut short or goes on is refused`() throws {
        let image = try image(NetworkImageTests.full.network())
        for count in 0..<image.count { #expect(refusal(Array(image[..<count])) != nil) }
        #expect(refusal(image + [0]) != nil)
        #expect(refusal(resealed(image.dropLast(8) + [0])) != nil)
    }

    @Test func `an image whose sum is right and whose content is not never traps`() throws {
        let image = Array(try image(NetworkImageTests.full.network()).dropLast(8))
        var refused = 0
        for position in image.indices.dropFirst(5) {
            for bits: UInt8 in [0x01, 0x80, 0xFF] {
                var damaged = image
                damaged[position] ^= bits
                guard let network = accepted(resealed(damaged)) else {
                    refused += 1
                    continue
                }
                // What was taken can be asked everything.
                _ = NetworkView(network)
            }
        }
        #expect(refused > image.count)
        for count in 5..<image.count { #expect(accepted(resealed(Array(image[..<count]))) == nil) }
    }

    @Test func `an image is refused where the clock of a zone has changed since`() throws {
        let image = try image(NetworkImageTests.full.network())
        var found: NetworkImageError?
        do throws(NetworkImageError) {
            _ = try read([image]) { name throws(TimeZoneError) in
                name == "Australia/Sydney"
                    ? TimeZoneTable(name: name, fixedOffset: 36_000) : try SmallNetwork.zone(name)
            }
        } catch {
            found = error
        }
        #expect(found == .changedZone("Australia/Sydney"))
        do throws(NetworkImageError) {
            _ = try read([image]) { name throws(TimeZoneError) in throw .unknown(name) }
        } catch {
            found = error
        }
        #expect(found == .zone(.unknown("Asia/Shanghai")))
    }

    private func refusal(_ image: [UInt8]) -> NetworkImageError? {
        do throws(NetworkImageError) {
            _ = try read([image])
            return nil
        } catch {
            return error
        }
    }

    private func accepted(_ image: [UInt8]) -> Network? {
        do throws(NetworkImageError) {
            return try read([image])
        } catch {
            return nil
        }
    }

    /// The content of a first piece with the sum that belongs to it: FNV-1a in 64 bits over the place of
    /// the piece, 0, words of eight bytes, the first byte highest, then single bytes; after each the
    /// upper half is folded into the lower.
    private func resealed(_ content: [UInt8]) -> [UInt8] {
        let wordBytes = content.count / 8 * 8
        let words = stride(from: 0, to: wordBytes, by: 8).map { start in
            content[start..<(start + 8)].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        }
        let sum = ([0] + words + content[wordBytes...].map(UInt64.init)).reduce(
            0xCBF2_9CE4_8422_2325 as UInt64
        ) { sum, word in
            let product = (sum ^ word) &* 0x100_0000_01B3
            return product ^ product >> 32
        }
        return content + (0..<8).map { UInt8(truncatingIfNeeded: sum >> UInt64(8 * $0)) }
    }
}

/// All that a network answers.
private struct NetworkView: Hashable {
    var meters: [String]
    var meterSpans: [[MeterSpan]]
    var placedSpans: [[MeterSpan]]
    var feederMeters: [[MeterNumber]]
    var storageFeeders: [FeederNumber?]
    var servicePointSpans: [[ServicePointSpan]]
    var registerReads: [[RegisterRead]]
    var contracts: [Contract]
    var periods: [Int]
    var numbers: NetworkNumbers
    var directory: DirectoryColumns

    init(_ network: Network) {
        let always: Range<Instant> = .distantPast ..< .distantFuture
        let today = CivilDay(number: 20_600)
        let numbers = (0..<network.meterIDs.count).map { MeterNumber(rawValue: UInt32($0)) }
        let places = 0..<network.servicePointIDs.count
        meters = numbers.map { "\(network.id(of: $0)) \(network.storageOffset(of: $0))" }
        meterSpans = numbers.map { network.spans(of: $0) }
        placedSpans = places.map { network.meterSpans(atServicePoint: $0, within: always) }
        feederMeters = (0..<network.feederIDs.count).map {
            network.meters(
                onFeeder: FeederNumber(rawValue: UInt32($0)), storageDay: today, basis: .interval)
        }
        storageFeeders = numbers.map { network.feeder(of: $0, onStorageDay: today) }
        servicePointSpans = places.map { network.spans(ofServicePoint: $0) }
        registerReads = numbers.map { network.registerReads(of: $0) }
        contracts = (0..<network.contractIDs.count).map { network.contract($0) }
        periods = contracts.map { $0.billingPeriods(upTo: today).count }
        self.numbers = network.numbers
        directory = network.directoryColumns()
    }
}
