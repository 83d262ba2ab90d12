// SPDX-License-Identifier: Apache-2.0

import Quantities

extension Tariff {
    /// Reads and checks one version of a tariff.
    ///
    /// - Parameters:
    ///   - text: The YAML text of the file.
    ///   - file: What problems call the file.
    ///   - sha256: The SHA-256 of the file's bytes as hexadecimal text.
    /// - Throws: Every problem that keeps the tariff from billing, those of all charges at once.
    public static func parse(
        _ text: String, file: String, sha256: String
    ) throws(TariffProblems) -> Tariff {
        let tree = try YamlTree.parse(text, file: file)
        var reader = TariffReader(fields: FieldReader(file: file))
        let tariff = reader.tariff(tree, sha256: sha256)
        guard let tariff, reader.fields.problems.isEmpty else {
            throw TariffProblems(reader.fields.problems)
        }
        return tariff
    }
}

/// Reads a tariff out of a tree; what is wrong collects in `fields.problems`.
struct TariffReader {
    var fields: FieldReader
    /// The parameters read so far, by name.
    var parameters: [String: Parameter] = [:]
    /// The periods; `none` until they are read.
    var periods = PeriodPlan.none
    /// The seasons; `none` until they are read.
    var seasons = SeasonPlan.none
    /// The groups of periods of the charge that is being read; nil where it tells all apart.
    var groups: PeriodGroups?
    /// What is added to measured energy.
    var losses: [EnergyLoss] = []
    /// How export is held against import.
    var netMetering: NetMetering?
    /// True where the file says so, also where that could not be read.
    var hasNetMetering = false
    /// The charges read so far.
    var charges: [Charge] = []
    /// Where the first tax of `all` names it, and how many charges stand above that.
    var taxOfAll: (position: SourcePosition, chargesAbove: Int)?
    /// The currency, once it is read.
    var currency: Currency?
    /// The clock of the tariff, once it is read.
    var clock: TimeZoneTable?
    /// Where amounts are rounded, once it is read.
    var roundingPlace: MoneyRounding.Place?

    private static let keys = [
        "format", "id", "version", "valid_from", "valid_to", "supersedes", "name", "currency",
        "timezone", "illustrative", "source", "needs", "rounding", "prices_include_tax", "seasons",
        "season_of", "periods", "period_grid", "period_names", "day_kinds", "registers", "true_up",
        "losses", "net_metering", "charges", "examples", "urdb",
    ]

    init(fields: FieldReader) {
        self.fields = fields
    }

    mutating func tariff(_ tree: YamlTree, sha256: String) -> Tariff? {
        guard let top = fields.fields(tree, "the tariff", allowed: TariffReader.keys) else {
            return nil
        }
        if let format = fields.required(top, "format"), fields.text(format) != "1" {
            fields.report(
                format.position, .badValue, "the format is not 1", "write format: 1")
        }
        let id = identifier(top)
        let version = fields.text(top, "version")
        let validFrom = fields.required(top, "valid_from").flatMap { fields.day($0) }
        let validTo = top["valid_to"].flatMap { fields.day($0) }
        if let validFrom, let validTo, let tree = top["valid_to"], validTo <= validFrom {
            fields.report(
                tree.position, .badValue, "valid_to is not after valid_from",
                "write the first day on which it is no longer valid")
        }
        currency = currency(top)
        let zone = zone(top)
        let needs = parameters(top)
        let rounding = rounding(top, currency: currency)
        roundingPlace = rounding?.place
        let includesTax = fields.required(top, "prices_include_tax").flatMap { fields.flag($0) }
        seasons = seasonPlan(top)
        periods = periodPlan(top)
        let registers = registers(top)
        readLosses(top)
        readNetMetering(top)
        readCharges(top)
        let trueUp = trueUp(top, mapsRegisters: !registers.isEmpty)
        let examples = examples(top, validFrom: validFrom)
        guard let id, let version, let validFrom, let currency, let zone, let rounding,
            let includesTax
        else { return nil }
        return Tariff(
            id: id, version: version,
            versionPosition: top["version"]?.position ?? .start, validFrom: validFrom,
            validTo: validTo,
            supersedes: top["supersedes"].flatMap { fields.text($0) },
            name: top["name"].flatMap { localized($0) }, currency: currency, timeZoneName: zone,
            isIllustrative: top["illustrative"].flatMap { fields.flag($0) } ?? false,
            source: top["source"].flatMap { fields.text($0) }, sha256: sha256, needs: needs,
            rounding: rounding, pricesIncludeTax: includesTax, seasons: seasons, periods: periods,
            registerOfPeriod: registers, trueUp: trueUp, losses: losses,
            netMetering: netMetering, charges: charges, examples: examples)
    }

    private mutating func identifier(_ top: Fields) -> String? {
        guard let tree = fields.required(top, "id"), let id = fields.text(tree) else { return nil }
        let isClean = id.utf8.allSatisfy { byte in
            (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte)
                || ".-_".utf8.contains(byte)
        }
        if isClean { return id }
        fields.report(
            tree.position, .badValue, "'\(id)' is not an identifier",
            "use small letters, digits, '.', '-' and '_', as in cn.xj.turpan.commerce")
        return nil
    }

    private mutating func currency(_ top: Fields) -> Currency? {
        guard let tree = fields.required(top, "currency"), let code = fields.text(tree) else {
            return nil
        }
        if let currency = Currency(code: code) { return currency }
        fields.report(
            tree.position, .badValue, "'\(code)' is not a currency",
            "use its ISO 4217 code, such as CNY")
        return nil
    }

    private mutating func zone(_ top: Fields) -> String? {
        guard let tree = fields.required(top, "timezone"), let name = fields.text(tree) else {
            return nil
        }
        do {
            clock = try TimeZoneTable.named(name)
            return name
        } catch {
            fields.report(
                tree.position, .badValue, "'\(name)' is not a time zone",
                "use an IANA name such as Asia/Shanghai")
            return nil
        }
    }

    /// A text in one language or more; a single value counts as English.
    mutating func localized(_ tree: YamlTree) -> LocalizedText? {
        if case .scalar = tree.content {
            return fields.text(tree).map { LocalizedText(zh: nil, en: $0) }
        }
        guard let names = fields.fields(tree, "the name", allowed: ["zh", "en"]) else { return nil }
        return LocalizedText(
            zh: names["zh"].flatMap { fields.text($0) }, en: names["en"].flatMap { fields.text($0) }
        )
    }

    private mutating func rounding(_ top: Fields, currency: Currency?) -> MoneyRounding? {
        guard let tree = top["rounding"] else {
            fields.report(
                top.position, .undecided, "the tariff leaves open how money is rounded",
                "add rounding: { money: 0.01, mode: half_up, at: line } or the like")
            return nil
        }
        guard
            let entries = fields.fields(tree, "the rounding", allowed: ["money", "mode", "at"])
        else { return nil }
        let mode = fields.decision(
            entries, "mode", RoundingMode.self, question: "what happens to a remainder")
        let place = fields.decision(
            entries, "at", MoneyRounding.Place.self, question: "where money is rounded")
        guard let money = fields.required(entries, "money"), let step = fields.positive(money),
            let currency
        else { return nil }
        let minor = step * Exact.powerOfTen(currency.decimals)
        guard minor.denominator == 1, let units = Int64(exactly: minor.numerator) else {
            fields.report(
                money.position, .badValue,
                "\(step) is not a whole number of \(currency.code) "
                    + "minor units",
                "write a multiple of the smallest coin the currency counts")
            return nil
        }
        guard let mode, let place else { return nil }
        return MoneyRounding(stepMinor: units, mode: mode, place: place)
    }

    private mutating func parameters(_ top: Fields) -> [Parameter] {
        guard let tree = top["needs"], let entries = mapping(tree, "needs") else { return [] }
        var found: [Parameter] = []
        for entry in entries {
            if TariffReader.reservedParameters.contains(entry.key) || !FieldReader.isName(entry.key)
            {
                fields.report(
                    entry.position, .takenName, "'\(entry.key)' cannot name a parameter",
                    "use small letters, digits and '_', and no word that examples use themselves")
                continue
            }
            guard let kind = parameterKind(entry.value) else { continue }
            let parameter = Parameter(name: entry.key, kind: kind, position: entry.position)
            parameters[entry.key] = parameter
            found.append(parameter)
        }
        return found
    }

    private mutating func parameterKind(_ tree: YamlTree) -> Parameter.Kind? {
        if case .list = tree.content { return .oneOf(fields.texts(tree)) }
        switch fields.text(tree) {
        case "number": return .number
        case "flag": return .flag
        case "text": return .text
        case nil: return nil
        case let word?:
            fields.report(
                tree.position, .badValue, "'\(word)' is not a kind of parameter",
                "use number, flag, text or a list of words")
            return nil
        }
    }

    /// The entries of a mapping with keys of the file's own.
    mutating func mapping(_ tree: YamlTree, _ subject: String) -> [YamlTree.Entry]? {
        guard fields.fields(tree, subject, allowed: nil) != nil,
            case .mapping(let entries) = tree.content
        else { return nil }
        return entries
    }

    private mutating func trueUp(_ top: Fields, mapsRegisters: Bool) -> TrueUp? {
        if let tree = top["true_up"] { return fields.word(tree, TrueUp.self) }
        let needsIntervals = charges.contains { $0.conditions.isEmpty && $0.kind.needsIntervals }
        let billsRegisters =
            mapsRegisters && !needsIntervals && charges.contains { !$0.kind.quantities.isEmpty }
        guard billsRegisters else { return nil }
        return fields.decision(
            top, "true_up", TrueUp.self, question: "what follows a read after billed estimates")
    }
}
