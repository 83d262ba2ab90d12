// SPDX-License-Identifier: Apache-2.0

import Quantities

/// Writes the network folder of a branch.
struct NetworkTables {
    let plan: GenerationPlan
    let branch: Branch
    /// The folder, with a slash at its end.
    let folder: String

    /// A file of the folder.
    enum Table: CaseIterable {
        case meters, servicePoints, customers, contracts, openingReads, nodes, terminals
    }

    /// Writes a table, if the plan wants it.
    func write(_ table: Table) throws(GenerationError) {
        switch table {
        case .nodes: try writeNodes()
        case .terminals: try writeTerminals()
        case .customers: try writeCustomers()
        case .servicePoints: try writeServicePoints()
        case .meters: try writeMeters()
        case .contracts: if plan.contracts { try writeContracts() }
        case .openingReads: if plan.contracts { try writeOpeningReads() }
        }
    }

    private func writeNodes() throws(GenerationError) {
        var file = try OutputFile(path: folder + "nodes.csv")
        func row(
            _ node: Branch.Node, under parent: Branch.Node?, _ kind: String, _ name: String
        ) -> TextLine {
            "\(Names.node(node)),\(parent.map(Names.node)),\(kind),\(name)\n"
        }
        try file.append("node_id,parent_id,kind,name\n")
        try file.append(row(.company, under: nil, "company", "Branch 1"))
        for district in branch.districts.indices {
            try file.append(
                row(.district(district), under: .company, "district", "District \(district + 1)"))
        }
        for (station, feeders) in branch.stations.enumerated() {
            let district = Branch.Node.district(branch.feeders[feeders.lowerBound].district)
            try file.append(
                row(.station(station), under: district, "station", "Station \(station + 1)"))
            for feeder in feeders {
                try file.append(
                    row(.feeder(feeder), under: .station(station), "feeder", "Feeder \(feeder + 1)")
                )
                for transformer in branch.feeders[feeder].transformers {
                    try file.append(
                        row(
                            .transformer(transformer), under: .feeder(feeder), "transformer",
                            "Transformer \(transformer + 1)"))
                }
            }
        }
        try file.close()
    }

    private func writeTerminals() throws(GenerationError) {
        var file = try OutputFile(path: folder + "terminals.csv")
        try file.append("terminal_id,node_id\n")
        for (number, terminal) in branch.terminals.enumerated() {
            try file.append("\(Names.terminal(number)),\(Names.node(terminal.node))\n")
        }
        try file.close()
    }

    private func writeCustomers() throws(GenerationError) {
        var file = try OutputFile(path: folder + "customers.csv")
        try file.append("customer_id,name,class\n")
        for meter in 0..<plan.meters {
            let kind = CustomerLoad(seed: plan.seed, meter: meter).kind.rawValue
            try file.append("\(Names.customer(meter)),Customer \(meter + 1),\(kind)\n")
        }
        try file.close()
    }

    private func writeServicePoints() throws(GenerationError) {
        var file = try OutputFile(path: folder + "service_points.csv")
        try file.append("service_point_id,node_id,timezone\n")
        for feeder in branch.feeders {
            let zone = branch.districts[feeder.district].sending.timeZone
            for meter in feeder.meters {
                let node = Branch.Node.transformer(branch.transformer(of: meter, on: feeder))
                try file.append("\(Names.servicePoint(meter)),\(Names.node(node)),\(zone)\n")
            }
        }
        try file.close()
    }

    private func writeMeters() throws(GenerationError) {
        var file = try OutputFile(path: folder + "meters.csv")
        try file.append(
            """
            meter_id,service_point_id,terminal_id,installed,removed,multiplier,digits,\
            interval_minutes\n
            """)
        let installed = plan.start.description
        for (number, terminal) in branch.terminals.enumerated() {
            let minutes = terminal.sending == .registerDaily ? "" : "15"
            for meter in terminal.meters {
                try file.append(
                    """
                    \(Names.meter(meter)),\(Names.servicePoint(meter)),\(Names.terminal(number)),\
                    \(installed),,\(multiplier(meter, terminal.sending)),6,\(minutes)\n
                    """)
            }
        }
        try file.close()
    }

    /// NEM12 values have the multiplier applied already, so the network repeats none.
    private func multiplier(_ meter: Int, _ sending: Branch.Sending) -> Int {
        sending == .nem12 ? 1 : CustomerLoad(seed: plan.seed, meter: meter).multiplier
    }

    private func writeContracts() throws(GenerationError) {
        var file = try OutputFile(path: folder + "contracts.csv")
        try file.append(
            """
            contract_id,service_point_id,customer_id,tariff_id,starts,ends,billing_day,\
            parameters\n
            """)
        let starts = plan.start.description
        for district in branch.districts {
            for meter in district.meters {
                let kind = CustomerLoad(seed: plan.seed, meter: meter).kind
                // Industry buys at the one-part tariff here: the two-part one asks for reactive
                // energy, which these files do not carry.
                let (tariff, parameters) =
                    switch (district.sending, kind) {
                    case (.nem12, _): ("au.example.single-rate", "")
                    case (_, .household):
                        ("cn.xj.turpan.residential", "persons=3;low_income=no")
                    default: ("cn.xj.turpan.commerce", "")
                    }
                try file.append(
                    """
                    \(Names.contract(meter)),\(Names.servicePoint(meter)),\
                    \(Names.customer(meter)),\(tariff),\(starts),,1,\(parameters)\n
                    """)
            }
        }
        try file.close()
    }

    /// What the registers showed when the meters were installed.
    private func writeOpeningReads() throws(GenerationError) {
        let districts = branch.districts.filter { $0.sending == .registerDaily }
        guard !districts.isEmpty else { return }
        var file = try OutputFile(path: folder + "register_reads.csv")
        try file.append("meter_id,channel,at,kind,value\n")
        let installed = plan.start.description
        for meter in districts.flatMap(\.meters) {
            let load = RegisterLoad(CustomerLoad(seed: plan.seed, meter: meter))
            for (register, value) in load.standings(days: 0).enumerated() {
                try file.append(
                    """
                    \(Names.meter(meter)),1.8.\(register),\(installed),install,\
                    \(value, decimals: 2)\n
                    """)
            }
        }
        try file.close()
    }
}
