import Foundation
import Hourglass

/// Losses of whole trainings that another framework computed: `Tests/Golden/torch_losses.json`, whose README
/// says how.
struct Golden: Decodable {
  let data: [Double]
  let widths: [Int]
  let steps: Int
  let parameters: [String: [Double]]
  let groups: [String: [String: Case]]

  struct Case: Decodable {
    let reconstruction: String
    let activation: String
    let outputActivation: String
    let optimizer: Settings
    let batch: Int
    let data: String
    let delta: Float?
    let penalty: Amount?
    let clip: Amount?
    let maximumNorm: Float?
    let normalisation: String?
    let float64: Result
    let relativeDifference: Double
  }

  struct Settings: Decodable {
    let name: String
    let rate: Float
    let momentum, rho, beta1, beta2, epsilon, decay: Float?
    let nesterov: Bool?
    let every, side: Int?
  }

  struct Amount: Decodable {
    let name: String
    let factor, limit: Float?
  }

  struct Result: Decodable {
    let losses, totals: [Double]
    let lastParameterNorm: Double
    let runningVariances: [[Double]]?
  }

  static let all: Golden? = {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return (try? Data(contentsOf: folder.appendingPathComponent("Golden/torch_losses.json")))
      .flatMap { try? decoder.decode(Golden.self, from: $0) }
  }()

  /// `group/name` of every case.
  var names: [String] {
    groups.flatMap { group, cases in cases.keys.map { "\(group)/\($0)" } }.sorted()
  }

  func find(_ name: String) -> Case? {
    let parts = name.split(separator: "/").map { String($0) }
    return groups[parts[0]]?[parts[1]]
  }
}

extension Golden.Case {
  private func layer(_ name: String) -> Layer? {
    let found = Layer.activations.first { $0.name == name.replacingOccurrences(of: " ", with: "-") }
    precondition(found != nil || name == "prelu per unit", "no activation \(name)")
    return found?.layer
  }

  var architecture: Architecture {
    let terms: [String: Reconstruction] = [
      "gaussian": .gaussian, "laplace": .laplace, "huber": .huber(delta: delta ?? 1),
      "bernoulli": .bernoulli, "categorical": .categorical,
    ]
    let normalisations: [String: Layer] = ["batch": .batchNorm(), "layer": .layerNorm()]
    let hidden = [normalisation.flatMap { normalisations[$0] }, layer(activation)].compactMap { $0 }
    let penalties: [String: (Float) -> Penalty] = [
      "l1": { .weights(l1: $0) }, "l2": { .weights(l2: $0) }, "activity l1": { .activity(l1: $0) },
      "activity l2": { .activity(l2: $0) },
    ]
    return Architecture(
      input: [6], encoder: [.dense(units: 5)] + hidden + [.dense(units: 3)] + hidden,
      decoder: [.dense(units: 5)] + hidden + [.dense(units: 6)]
        + [layer(outputActivation)].compactMap { $0 },
      reconstruction: terms[reconstruction] ?? .gaussian,
      penalties: penalty.flatMap { part in penalties[part.name].map { [$0(part.factor ?? 0)] } } ?? [])
  }

  func recipe() throws -> Recipe {
    let settings = optimizer
    let usual = Optimizer(name: settings.name) ?? .sgd()
    var recipe = Recipe(
      epochs: 10, batch: batch,
      optimizer: try usual.changed(
        momentum: settings.momentum, nesterov: settings.nesterov, rho: settings.rho, beta1: settings.beta1,
        beta2: settings.beta2, epsilon: settings.epsilon, every: settings.every, side: settings.side),
      rate: settings.rate, seed: 5)
    recipe.decay = settings.decay ?? 0
    recipe.maximumNorm = maximumNorm
    if clip?.name == "norm" { recipe.clipNorm = clip?.limit }
    if clip?.name == "value" { recipe.clipValue = clip?.limit }
    return recipe
  }

  /// The autoencoder with the first weights of the file.
  func autoencoder(_ golden: Golden) throws -> Autoencoder {
    let architecture = self.architecture
    let usual = try Autoencoder(architecture, seed: 0)
    var number = 0
    var named: [String: Tensor] = [:]
    for entry in usual.outline.encoder + usual.outline.decoder {
      guard case .dense = entry.layer else { continue }
      for placed in entry.weights {
        let values = golden.parameters["layer \(number) \(placed.weight.name)"] ?? []
        named[placed.name] = Tensor(placed.weight.shape, values.map { Float($0) })
      }
      number += 1
    }
    return try Autoencoder(architecture) { named[$0] ?? usual.weight($0) }
  }

  /// The 16 rows.
  func rows(_ golden: Golden) -> [[Double]] {
    let rows = stride(from: 0, to: golden.data.count, by: 6).map { Array(golden.data[$0..<($0 + 6)]) }
    guard data == "data summing to one" else { return rows }
    return rows.map { row in row.map { $0 / row.reduce(0, +) } }
  }
}
