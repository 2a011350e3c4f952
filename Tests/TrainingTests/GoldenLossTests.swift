import Foundation
import Hourglass
import Testing

/// The first ten losses of whole trainings against PyTorch's, from `Tests/Golden/torch_losses.json` with the script and versions
/// that made it beside it. A relative tolerance of 1e-5 is some eighty roundings of single precision.
@Suite struct GoldenLossTests {
  static let tolerance = 1e-5

  /// The parts of the file that a training of ours can repeat.
  struct Golden: Decodable {
    struct Case: Decodable {
      struct Numbers: Decodable {
        let totals: [Double]
        let last_parameter_norm: Double
      }
      struct Named: Decodable {
        let name: String
        let factor: Float?
        let limit: Float?
      }
      struct Rule: Decodable {
        let name: String
        let rate: Float
        let momentum: Float?
        let nesterov: Bool?
        let rho: Float?
        let beta1: Float?
        let beta2: Float?
        let epsilon: Float?
        let decay: Float?
        let decayed: String?
        let centered: Bool?
        let amsgrad: Bool?
      }
      let reconstruction: String
      let activation: String
      let output_activation: String
      let optimizer: Rule
      let batch: Int
      let data: String
      let penalty: Named?
      let clip: Named?
      let maximum_norm: Float?
      let normalisation: String?
      let delta: Float?
      let float64: Numbers
    }
    let groups: [String: [String: Case]]
  }

  static let golden: Golden? = {
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Golden/torch_losses.json")
    return (try? Data(contentsOf: file)).flatMap { try? JSONDecoder().decode(Golden.self, from: $0) }
  }()

  static let cases: [(group: String, name: String)] =
    (golden?.groups ?? [:]).flatMap { group, cases in cases.keys.map { (group, $0) } }
    .sorted { ($0.group, $0.name) < ($1.group, $1.name) }

  @Test func theFileIsThere() { #expect(GoldenLossTests.cases.count > 40) }

  @Test(arguments: cases.map { "\($0.group)/\($0.name)" })
  func matches(_ path: String) throws {
    let parts = path.split(separator: "/", maxSplits: 1).map(String.init)
    let golden = try #require(GoldenLossTests.golden?.groups[parts[0]]?[parts[1]])
    // Ours has a slope a unit; batches in file order are no option.
    guard let recipe = try recipe(golden), golden.batch == 16, path != "activation/prelu" else { return }
    let architecture = architecture(golden)
    let autoencoder = try startedByFormula(architecture)
    let dataset = try Dataset(samples(golden), origin: "formula")
    let trainer = try Trainer(
      autoencoder, recipe, on: dataset, preparation: Preparation.fitted(Scaling.Kind.none, to: dataset))
    var losses: [Double] = []
    while let epoch = try trainer.nextEpoch() { losses.append(epoch.loss) }
    for (found, expected) in zip(losses, golden.float64.totals) {
      #expect(abs(found - expected) <= GoldenLossTests.tolerance * abs(expected), "\(path): \(losses)")
    }
    #expect(losses.count == golden.float64.totals.count)
    // A bias before batch normalisation has no gradient but rounding, which Adam scales up to whole steps.
    if golden.normalisation == "batch" { return }
    let end = trainer.autoencoder
    let norm = end.outline.weights.filter(\.weight.isTrained)
      .flatMap { end.weight($0.name)?.doubles ?? [] }.reduce(0) { $0 + $1 * $1 }.squareRoot()
    #expect(abs(norm - golden.float64.last_parameter_norm) <= 1e-5 * norm, "\(path): norm \(norm)")
  }

  /// nil for what we offer in another form: coupled decay, decay of matrices alone, AMSGrad, centred RMSprop.
  private func recipe(_ golden: Golden.Case) throws -> Recipe? {
    let rule = golden.optimizer
    if rule.amsgrad == true || rule.centered == true || rule.decayed == "weights" { return nil }
    if rule.decay ?? 0 != 0, rule.name != "adamw", rule.name != "lion" { return nil }
    let usual = try #require(Optimizer(name: rule.name))
    let optimizer = try usual.changed(
      momentum: usual.numbers.contains("momentum") ? rule.momentum : nil,
      nesterov: usual.numbers.contains("nesterov") ? rule.nesterov : nil,
      rho: rule.rho, beta1: rule.beta1, beta2: rule.beta2, epsilon: rule.epsilon)
    var recipe = Recipe(epochs: 10, batch: 16, optimizer: optimizer, rate: rule.rate)
    recipe.decay = rule.decay ?? 0
    recipe.clipNorm = golden.clip?.name == "norm" ? golden.clip?.limit : nil
    recipe.clipValue = golden.clip?.name == "value" ? golden.clip?.limit : nil
    recipe.maximumNorm = golden.maximum_norm
    return recipe
  }

  private func layer(_ name: String) -> Layer? {
    switch name {
    case "relu": .relu
    case "leaky relu": .leakyRelu(slope: 0.01)
    case "prelu", "prelu per unit": .prelu
    case "elu": .elu(alpha: 1)
    case "gelu": .gelu
    case "sigmoid": .sigmoid
    case "tanh": .tanh
    case "softplus": .softplus
    default: nil
    }
  }

  private func architecture(_ golden: Golden.Case) -> Architecture {
    let normalisation: Layer? =
      switch golden.normalisation {
      case "batch": .batchNorm(momentum: 0.1, epsilon: 1e-5)
      case "layer": .layerNorm(epsilon: 1e-5)
      default: nil
      }
    func hidden(_ units: Int) -> [Layer] {
      [.dense(units: units), normalisation, layer(golden.activation)].compactMap { $0 }
    }
    let reconstruction: Reconstruction =
      switch golden.reconstruction {
      case "laplace": .laplace
      case "huber": .huber(delta: golden.delta ?? 1)
      case "bernoulli": .bernoulli
      case "categorical": .categorical
      default: .gaussian
      }
    let penalties: [Penalty] =
      switch golden.penalty?.name {
      case "l1": [.weights(l1: golden.penalty?.factor ?? 0)]
      case "l2": [.weights(l2: golden.penalty?.factor ?? 0)]
      case "activity l1": [.activity(l1: golden.penalty?.factor ?? 0)]
      case "activity l2": [.activity(l2: golden.penalty?.factor ?? 0)]
      default: []
      }
    let last = [Layer.dense(units: 6), layer(golden.output_activation)].compactMap { $0 }
    return Architecture(
      input: [6], encoder: hidden(5) + hidden(3), decoder: hidden(5) + last, reconstruction: reconstruction,
      penalties: penalties)
  }

  /// Layer k: W[a, b] = sin(0.7 i + 0.3 + 1.1 k) / √inputs, b[j] = 0.1 sin(0.9 j + 0.5 + 1.1 k).
  private func startedByFormula(_ architecture: Architecture) throws -> Autoencoder {
    var layer = -1
    let start = try Autoencoder(architecture, seed: 0)
    return try Autoencoder(architecture) { name in
      guard name.hasSuffix("weight") || name.hasSuffix("bias") else { return start.weight(name) }
      if name.hasSuffix("weight") { layer += 1 }
      let shape = start.weight(name)?.shape ?? []
      let phase = 1.1 * Double(layer)
      var values: [Float] = []
      for index in 0..<shape.count {
        let place = Double(index)
        let weight = sin(0.7 * place + 0.3 + phase) / Double(shape[0]).squareRoot()
        let bias = 0.1 * sin(0.9 * place + 0.5 + phase)
        values.append(Float(shape.rank == 2 ? weight : bias))
      }
      return Tensor(shape, values)
    }
  }

  private func samples(_ golden: Golden.Case) -> Tensor {
    let values = (0..<96).map { 0.5 + 0.5 * sin(1.3 * Double($0)) }
    guard golden.data != "data" else { return Tensor([16, 6], values.map(Float.init)) }
    return Tensor(
      [16, 6],
      (0..<96).map { index in
        let row = index / 6 * 6
        return Float(values[index] / values[row..<(row + 6)].reduce(0, +))
      })
  }
}
