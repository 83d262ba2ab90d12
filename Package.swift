// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

/// What every target of ours is built with: memory safety is explicit, and a warning is an error.
let strict: [SwiftSetting] = [
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
    name: "tallywatt",
    products: [.executable(name: "tallywatt", targets: ["tallywatt"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // C libraries of the system, each behind a module map.
        .systemLibrary(name: "CIsal", pkgConfig: "libisal", providers: [.apt(["libisal-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CLinux"),

        // Targets are listed in the order a reading travels, from the head-end file to the invoice.
        // A target may depend only on targets listed above it (Tests/PackageTests checks it).
        .target(name: "Quantities", swiftSettings: strict),
        .target(name: "MeterModel", dependencies: ["Quantities"], swiftSettings: strict),
        .target(
            name: "MeterScan",
            dependencies: ["Quantities", "MeterModel", "CIsal", "CZlib", "CCrypto"],
            swiftSettings: strict),
        .target(
            name: "MeterIngest",
            dependencies: [
                "Quantities", "MeterModel", "MeterScan", .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: strict),
        .target(
            name: "MeterValidate", dependencies: ["Quantities", "MeterModel"], swiftSettings: strict
        ),
        .target(
            name: "MeterUsage",
            dependencies: ["Quantities", "MeterModel", "MeterValidate"],
            swiftSettings: strict),
        .target(
            name: "MeterBlocks", dependencies: ["Quantities", "MeterModel", "MeterScan"],
            swiftSettings: strict),
        .target(
            name: "BillTariff",
            dependencies: ["Quantities", .product(name: "Yams", package: "Yams")],
            swiftSettings: strict),
        .target(
            name: "BillRating",
            dependencies: ["Quantities", "MeterUsage", "BillTariff"],
            swiftSettings: strict),
        .target(
            name: "BillInvoice",
            dependencies: ["Quantities", "MeterUsage", "BillTariff", "BillRating"],
            swiftSettings: strict),
        .target(
            name: "Store",
            dependencies: [
                "Quantities", "MeterModel", "MeterUsage", "MeterBlocks", "BillRating",
                "BillInvoice",
                "CCrypto", "CLinux",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            swiftSettings: strict),
        .target(
            name: "BatchRun",
            dependencies: [
                "Quantities", "MeterModel", "MeterScan", "MeterIngest", "MeterValidate",
                "MeterUsage",
                "MeterBlocks", "BillTariff", "BillRating", "BillInvoice", "Store",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: strict),
        .target(
            name: "Synthesis", dependencies: ["Quantities", "MeterModel", "MeterScan"],
            swiftSettings: strict),
        .executableTarget(
            name: "tallywatt",
            dependencies: [
                "Quantities", "MeterModel", "MeterScan", "MeterIngest", "BillTariff", "BillRating",
                "BillInvoice", "Store", "BatchRun", "Synthesis",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),

        .testTarget(name: "TidinessTests", swiftSettings: strict),
        .testTarget(name: "QuantitiesTests", dependencies: ["Quantities"], swiftSettings: strict),
        .testTarget(
            name: "MeterModelTests", dependencies: ["Quantities", "MeterModel"],
            swiftSettings: strict),
        .testTarget(
            name: "MeterScanTests",
            dependencies: ["Quantities", "MeterModel", "MeterScan", "CZlib"],
            swiftSettings: strict),
        .testTarget(
            name: "MeterIngestTests",
            dependencies: ["Quantities", "MeterModel", "MeterScan", "MeterIngest"],
            swiftSettings: strict),
        .testTarget(
            name: "MeterValidateTests",
            dependencies: ["Quantities", "MeterModel", "MeterValidate"],
            swiftSettings: strict),
        .testTarget(
            name: "MeterUsageTests",
            dependencies: ["Quantities", "MeterModel", "MeterValidate", "MeterUsage"],
            swiftSettings: strict),
        .testTarget(
            name: "MeterBlocksTests",
            dependencies: ["Quantities", "MeterModel", "MeterBlocks"],
            swiftSettings: strict),
        .testTarget(
            name: "BillTariffTests", dependencies: ["Quantities", "BillTariff"],
            swiftSettings: strict),
        .testTarget(
            name: "BillRatingTests",
            dependencies: ["Quantities", "BillTariff", "BillRating", "MeterUsage"],
            swiftSettings: strict),
        .testTarget(
            name: "SynthesisTests",
            dependencies: ["Quantities", "MeterModel", "MeterScan", "Synthesis"],
            swiftSettings: strict),
        // What tests of whole runs share; no product depends on it.
        .target(
            name: "TestSupport",
            dependencies: [
                "Quantities", "MeterModel", "MeterScan", "MeterBlocks", "Store", "BatchRun",
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            path: "Tests/TestSupport", swiftSettings: strict),
        .testTarget(
            name: "StoreTests",
            dependencies: [
                "Quantities", "MeterModel", "MeterUsage", "BillRating", "BillInvoice", "Store",
                "TestSupport",
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "BatchRunTests",
            dependencies: [
                "Quantities", "MeterModel", "MeterScan", "MeterIngest", "MeterValidate",
                "MeterUsage", "MeterBlocks", "BillTariff", "BillRating", "BillInvoice", "Store",
                "BatchRun", "Synthesis", "TestSupport", "tallywatt",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "ScenarioTests",
            dependencies: ["Quantities", "MeterModel", "Store", "BatchRun", "TestSupport"],
            exclude: ["Scenarios"], swiftSettings: strict),
        .testTarget(
            name: "CommandTests",
            dependencies: [
                "tallywatt", "TestSupport", .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
