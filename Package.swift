// swift-tools-version: 6.2
import PackageDescription

/// Every room of the house is a target: SwiftPM refuses cycles, so the walls hold.
/// The folder has the short name, the module the long one.
let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

func room(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(
    name: "Hourglass" + name, dependencies: dependencies, path: "Sources/" + name,
    swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(
    name: name + "Tests", dependencies: dependencies + ["HourglassTestSupport"],
    path: "Tests/" + name + "Tests", swiftSettings: strict)
}

func example(_ name: String, _ folder: String) -> Target {
  .executableTarget(
    name: name, dependencies: ["Hourglass"], path: "Examples/" + folder, swiftSettings: strict)
}

let package = Package(
  name: "Hourglass",
  products: [
    .library(name: "Hourglass", targets: ["Hourglass"]),
    .executable(name: "hourglass", targets: ["HourglassCLI"]),
  ],
  targets: [
    // Ground
    .systemLibrary(name: "COneDNN", path: "Sources/OneDNN", providers: [.apt(["libdnnl-dev"])]),
    .systemLibrary(name: "CZlib", path: "Sources/Zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CSndfile", path: "Sources/Sndfile", providers: [.apt(["libsndfile1-dev"])]),
    .systemLibrary(
      name: "CSamplerate", path: "Sources/Samplerate", providers: [.apt(["libsamplerate0-dev"])]),
    .systemLibrary(name: "CKissFFT", path: "Sources/KissFFT", providers: [.apt(["libkissfft-dev"])]),
    .target(
      name: "HourglassKernels", path: "Sources/Kernels"),
    .target(
      name: "HourglassImages", path: "Sources/Images",
      linkerSettings: [.linkedLibrary("png"), .linkedLibrary("jpeg"), .linkedLibrary("deflate")]),
    room("Tensor"),
    // Numbers
    room("Formats", ["HourglassTensor", "HourglassImages", "CZlib", "CSndfile"]),
    room("Engine", ["HourglassTensor", "HourglassKernels", "COneDNN"]),
    // Ideas
    room("Models", ["HourglassTensor", "HourglassEngine"]),
    room("Data", ["HourglassTensor", "HourglassFormats", "HourglassKernels", "CSamplerate", "CKissFFT"]),
    // Work
    room(
      "Training",
      [
        "HourglassTensor", "HourglassFormats", "HourglassKernels", "HourglassEngine", "HourglassModels",
        "HourglassData",
      ]),
    room(
      "Tasks",
      [
        "HourglassTensor", "HourglassFormats", "HourglassEngine", "HourglassModels", "HourglassData",
        "HourglassTraining",
      ]),
    // Faces
    room("Interchange", ["HourglassTensor", "HourglassFormats"]),
    room("Report", ["HourglassTensor", "HourglassFormats"]),
    .target(
      name: "Hourglass",
      dependencies: [
        "HourglassTensor", "HourglassFormats", "HourglassEngine", "HourglassModels", "HourglassData",
        "HourglassTraining", "HourglassTasks", "HourglassInterchange", "HourglassReport",
      ], path: "Sources/Hourglass", swiftSettings: strict),
    .executableTarget(
      name: "HourglassCLI", dependencies: ["Hourglass"], path: "Sources/CLI", swiftSettings: strict),
    .executableTarget(
      name: "hourglass-bench", dependencies: ["Hourglass"], path: "Benchmarks/Hourglass",
      swiftSettings: strict),
    // Examples
    example("example-digits", "Digits"),
    example("example-random-784", "Random784"),
    example("example-random-10", "Random10"),
    example("example-mnist", "MNIST"),
    example("example-mnist-deep", "DeepMNIST"),
    // Tests
    .target(
      name: "HourglassTestSupport",
      dependencies: ["HourglassTensor", "HourglassEngine", "HourglassModels"], path: "Tests/Support",
      swiftSettings: strict),
    .target(name: "HourglassAllocations", path: "Tests/Allocations"),
    tests("Tensor", ["HourglassTensor"]),
    tests("Formats", ["HourglassTensor", "HourglassFormats", "HourglassInterchange"]),
    tests("Engine", ["HourglassTensor", "HourglassEngine", "HourglassKernels", "HourglassAllocations"]),
    tests("Models", ["HourglassTensor", "HourglassEngine", "HourglassModels"]),
    .executableTarget(
      name: "hourglass-data-probe", dependencies: ["HourglassTensor", "HourglassData"],
      path: "Tests/DataProbe",
      swiftSettings: strict),
    tests("Data", ["HourglassTensor", "HourglassFormats", "HourglassData", "hourglass-data-probe"]),
    tests("Training", ["Hourglass", "HourglassAllocations"]),
    tests("Tasks", ["Hourglass"]),
    tests("Interchange", ["HourglassFormats", "HourglassInterchange"]),
    tests("Report", ["HourglassTensor", "HourglassFormats", "HourglassReport"]),
    tests("CLI", ["Hourglass", "HourglassCLI"]),
  ],
  swiftLanguageModes: [.v6]
)
