import Hourglass
import HourglassTestSupport
import Testing

@testable import HourglassCLI

/// What nobody asked for fits the data: every family trains on every kind and number of samples, from two
/// on, without an option that says how.
@Suite struct FittingDefaultsTests {
  /// Data of one shape, and the kinds of layers that are for such.
  struct Data: Sendable, CustomStringConvertible {
    let name: String
    let shape: Shape
    let models: [String]
    var isConstant = false
    var description: String { name }

    func tensor(_ rows: Int) -> Tensor {
      let count = rows * shape.count
      return Tensor(
        shape.batch(rows),
        isConstant ? [Float](repeating: 3, count: count) : Draws.normal(count, seed: UInt64(rows)))
    }
  }

  private static let data = [
    Data(name: "one column", shape: [1], models: ["dense", "lstm", "attention"]),
    Data(name: "two columns", shape: [2], models: ["dense", "lstm", "attention", "conv1d"]),
    Data(name: "five columns", shape: [5], models: ["dense", "lstm", "attention", "conv1d"]),
    Data(name: "constant columns", shape: [3], models: ["dense"], isConstant: true),
    Data(
      name: "two channels of six steps", shape: [2, 6], models: ["dense", "lstm", "attention", "conv1d"]),
    Data(name: "pictures of 2 by 3", shape: [2, 3], models: ["conv"]),
    Data(name: "pictures of 5 by 9", shape: [1, 5, 9], models: ["conv"]),
  ]

  /// Two epochs of a training, from the words to the model; what it says where it fails.
  private func complaint(_ words: [String]) -> String? {
    do {
      let arguments = try Arguments(words, for: .train)
      let session = Session(arguments: arguments, streams: .captured(), terminal: Terminal())
      let plan = try TrainingPlan(session)
      var run = try TrainingRun(plan, session)
      try run.save(try run.train())
      return nil
    } catch {
      return "\(error)"
    }
  }

  private static let small = ["--epochs", "2", "--threads", "1", "-q"]

  private static func layers(_ model: String) -> [String] {
    switch model {
    case "conv", "conv1d": ["--layers", "3,4"]
    case "lstm": ["--layers", "3"]
    case "attention": ["--layers", "6"]
    default: ["--layers", "4"]
    }
  }

  private func check(_ data: Data, rows: Int, _ models: [String], _ families: [String], _ more: [String] = [])
    throws
  {
    let program = try BuiltProgram()
    try program.write("d.npy", NPY.bytes(of: data.tensor(rows)))
    for model in models {
      for family in families where family != "tied" || model == "dense" {
        // The encoder's derivative is taken twice: not of recurrences.
        if family == "contractive", model != "dense" { continue }
        let words =
          [program.folder + "/d.npy", "-o", program.folder + "/m.st", "--model", model, "--family", family]
          + Self.layers(model) + Self.small + more
        let complaint = complaint(words)
        #expect(complaint == nil, "\(rows) rows of \(data), \(model) \(family) \(more): \(complaint ?? "")")
      }
    }
  }

  @Test(arguments: data)
  func everyFamilyOnFewRows(_ data: Data) throws {
    try check(data, rows: 2, data.models, Family.all.map(\.name))
    for rows in [3, 10] { try check(data, rows: rows, Array(data.models.prefix(1)), Family.all.map(\.name)) }
  }

  @Test(arguments: [60, 257, 1000])
  func everyFamilyOnMoreRows(_ rows: Int) throws {
    for data in Self.data.prefix(4) { try check(data, rows: rows, ["dense"], Family.all.map(\.name)) }
    try check(Self.data[5], rows: rows, ["conv"], ["plain", "quantised"])
    try check(Self.data[4], rows: rows, ["lstm", "attention"], ["variational", "quantised", "categorical"])
  }

  @Test(arguments: [2, 3, 10, 60])
  func whatStandsBesideAFamily(_ rows: Int) throws {
    for data in [Self.data[0], Self.data[2]] {
      try check(data, rows: rows, ["dense"], ["plain", "variational"], ["--prior", "mixture"])
      try check(
        data, rows: rows, ["dense"], ["quantised", "categorical"],
        ["--prior", "autoregressive", "--prior-epochs", "1", "--prior-units", "4"])
      try check(data, rows: rows, ["dense"], ["plain"], ["--schedule", "cosine", "--warmup", "1"])
      try check(data, rows: rows, ["dense"], ["plain"], ["--loss", "bce"])
      try check(data, rows: rows, ["dense"], ["plain"], ["--validation", "0"])
      try check(data, rows: rows, ["dense"], ["variational"], ["--pseudo-inputs", "3"])
      try check(data, rows: rows, ["dense"], ["plain"], ["--critic", "codes"])
      try check(data, rows: rows, ["dense"], ["plain"], ["--optimizer", "lbfgs"])
    }
  }

  /// 60 rows, 54 of them to train on, have a vector each: of 8 entries each has four and more.
  @Test func aBookFitsItsVectors() throws {
    #expect(
      Code.codebook(.init(entries: 128, width: 1)).fitted(toVectors: 54)
        == .codebook(.init(entries: 8, width: 1)))
    #expect(
      Code.codebook(.init(entries: 128, width: 1)).fitted(toVectors: 512)
        == .codebook(.init(entries: 128, width: 1)))
    #expect(
      Code.codebook(.init(entries: 128, width: 1)).fitted(toVectors: 1)
        == .codebook(.init(entries: 2, width: 1)))
    #expect(Code.vector.fitted(toVectors: 1) == .vector)
    let program = try BuiltProgram()
    try program.write("d.csv", (0..<60).map { "\($0),\($0 % 3),\($0 % 7),\($0 % 11),\($0 % 5)\n" }.joined())
    let words =
      [program.folder + "/d.csv", "-o", program.folder + "/m.st", "--family", "quantised"] + Self.small
    #expect(complaint(words) == nil)
    let model = try Model(contentsOf: program.folder + "/m.st")
    #expect(model.autoencoder.architecture.code == .codebook(.init(entries: 8, width: 2)))
    let many = complaint(words + ["--entries", "100"])
    #expect(
      many?.contains("at most as many entries as the training samples have vectors, 54") == true,
      "\(many ?? "")")
  }

  @Test func headsDivideTheFeatures() throws {
    let program = try BuiltProgram()
    try program.write("d.npy", NPY.bytes(of: Self.data[4].tensor(20)))
    let words =
      [program.folder + "/d.npy", "-o", program.folder + "/m.st", "--model", "attention"] + Self.small
    for layers in ["30", "9,6", "7", "8"] {
      #expect(complaint(words + ["--layers", layers]) == nil, "\(layers)")
    }
    #expect(complaint(words + ["--layers", "30", "--heads", "4"])?.contains("4") == true)
  }
}
