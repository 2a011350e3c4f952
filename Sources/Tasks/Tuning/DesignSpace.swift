import HourglassModels
import HourglassTensor
import HourglassTraining

/// What a point of the search stands for: everything that `Trainer` needs besides the data.
public struct Design: Hashable, Sendable {
  public var architecture: Architecture
  public var recipe: Recipe
}

/// The choices that a search of dense autoencoders has, around a default that gives input, reconstruction and
/// output.
struct DesignSpace: Sendable {
  let usual: Design
  /// Training samples.
  let samples: Int
  /// Parameters that a trial may have.
  let parameterLimit: Int
  /// Widths of the code to choose from; nil keeps the default's.
  let latent: ClosedRange<Int>?

  private var values: Int { usual.architecture.input.count }

  /// The widths of the default's hidden layers and its code.
  private var usualWidths: [Int] {
    usual.architecture.encoder.compactMap { if case .dense(let units, _, _) = $0 { units } else { nil } }
  }

  private var usualLatent: Int { usualWidths.last ?? 1 }

  var space: SearchSpace {
    var space = SearchSpace(parameters: shape + regularisation + training)
    space.admitting = { admitted($0) }
    return space
  }

  private typealias Word = Parameter.Word

  private static func words(_ name: String, _ words: [(String, Double)]) -> Parameter {
    Parameter(
      name: name, kind: .words(words.map { Word(text: $0.0, weight: $0.1) }),
      usual: .word(words.first?.0 ?? ""))
  }

  /// A number that exists where `owner` is one of the words; its scale is logarithmic.
  private static func number(
    _ name: String, _ range: ClosedRange<Double>, usual: Double, of owner: String, _ words: Set<String>,
    isLogarithmic: Bool = true
  ) -> Parameter {
    Parameter(
      name: name, kind: .number(range, isLogarithmic: isLogarithmic), usual: .number(usual),
      condition: .init(parameter: owner, words: words))
  }

  private static func whole(_ name: String, _ range: ClosedRange<Int>, usual: Int) -> Parameter {
    let usual = min(max(usual, range.lowerBound), range.upperBound)
    return Parameter(name: name, kind: .whole(range, isLogarithmic: true), usual: .number(Double(usual)))
  }

  private var shape: [Parameter] {
    let usualWidth = usualWidths.dropLast().first ?? max(8, usualLatent)
    let low = max(1, min(max(8, latent?.lowerBound ?? usualLatent), usualWidth))
    let high = min(2048, parameterLimit / max(1, 2 * (values + usualLatent)))
    let widths = low...max(low, usualWidth, high)
    let code = latent.map { [DesignSpace.whole("latent", $0, usual: usualLatent)] } ?? []
    var layers = DesignSpace.words("layers", [("1", 2), ("2", 2), ("3", 1)])
    layers.usual = .word("\(min(max(1, usualWidths.count - 1), 3))")
    return code + [
      layers,
      DesignSpace.whole("width", widths, usual: usualWidth),
      DesignSpace.number("taper", 0.25...1, usual: 0.5, of: "layers", ["2", "3"], isLogarithmic: false),
      DesignSpace.words(
        "activation",
        [("relu", 2), ("leaky-relu", 1), ("elu", 1), ("gelu", 1), ("tanh", 1), ("sigmoid", 0.5)]),
      DesignSpace.words(
        "initializer",
        [("by-activation", 3), ("glorot-uniform", 1), ("he-normal", 1), ("lecun-normal", 1)]),
    ]
  }

  private var regularisation: [Parameter] {
    let name = "regularisation"
    return [
      DesignSpace.words("normalisation", [("none", 3), ("batch", 1), ("layer", 1)]),
      DesignSpace.words(
        name, [("none", 5), ("weight-decay", 1), ("dropout", 1), ("l1", 1), ("l2", 1), ("activity-l1", 1)]),
      DesignSpace.number("weight-decay", 1e-4...0.3, usual: 0.01, of: name, ["weight-decay"]),
      DesignSpace.number("dropout", 0.01...0.5, usual: 0.1, of: name, ["dropout"]),
      DesignSpace.number("l1", 1e-8...1e-3, usual: 1e-5, of: name, ["l1"]),
      DesignSpace.number("l2", 1e-8...1e-3, usual: 1e-5, of: name, ["l2"]),
      DesignSpace.number("activity-l1", 1e-7...1e-2, usual: 1e-4, of: name, ["activity-l1"]),
    ]
  }

  private var training: [Parameter] {
    let adam: Set = ["adam", "nadam", "rmsprop"]
    let usualBatch = min(usual.recipe.batch, samples)
    // Below a thousandth of the samples a pass takes too long for a search.
    let low = min(max(8, min(64, samples / 1000)), usualBatch)
    return [
      DesignSpace.words(
        "optimizer",
        [("adam", 3), ("nadam", 1), ("rmsprop", 1), ("sgd", 1), ("lion", 1), ("adadelta", 0.5)]),
      DesignSpace.number("rate", 1e-4...3e-2, usual: 1e-3, of: "optimizer", adam),
      DesignSpace.number("sgd-rate", 1e-2...10, usual: 0.1, of: "optimizer", ["sgd"]),
      DesignSpace.number("lion-rate", 1e-5...3e-3, usual: 1e-4, of: "optimizer", ["lion"]),
      DesignSpace.number("adadelta-rate", 0.1...10, usual: 1, of: "optimizer", ["adadelta"]),
      DesignSpace.whole("batch", low...max(low, min(1024, samples)), usual: usualBatch),
      schedule,
    ]
  }

  private var schedule: Parameter {
    let words = [
      ("trapezoid", 2.0), ("constant", 1), ("cosine", 2), ("exponential", 1), ("inverse-time", 1),
      ("plateau", 1),
    ]
    var schedule = DesignSpace.words("schedule", words)
    let name = usual.recipe.schedule.name
    if words.contains(where: { $0.0 == name }) { schedule.usual = .word(name) }
    return schedule
  }

  /// Narrower where there would be too many parameters.
  private func admitted(_ point: Point) -> Point {
    var point = point
    while let width = point["width"]?.number, width > 1,
      let outline = try? design(point).architecture.outline(), outline.parameterCount > parameterLimit
    {
      point["width"] = .number(max(1, (width * 0.8).rounded(.down)))
    }
    return point
  }
}

extension DesignSpace {
  /// The default itself for trial 0, else what the point says.
  func design(of trial: Trial) -> Design { trial.origin == .usual ? usual : design(trial.parameters) }

  func design(_ point: Point) -> Design {
    let architecture = architecture(point)
    return Design(architecture: architecture, recipe: recipe(point, of: architecture))
  }

  func latent(of trial: Trial) -> Int {
    (try? design(of: trial).architecture.codeShape().count) ?? usualLatent
  }

  private func architecture(_ point: Point) -> Architecture {
    let base = usual.architecture
    let latent = Int(point["latent"]?.number ?? Double(usualLatent))
    let width = point["width"]?.number ?? Double(usualLatent)
    let taper = point["taper"]?.number ?? 1
    let depth = point["layers"]?.word.flatMap { Int($0) } ?? 1
    let widths = (0..<depth).map { layer -> Int in
      let width = width * taper.raised(to: Double(layer))
      return max(latent, Int(width > 64 ? (width / 8).rounded() * 8 : width.rounded()))
    }
    let name = point["activation"]?.word
    let output = base.decoder.last { if case .reshape = $0 { false } else { true } }
    let outputActivation = output.flatMap { layer in
      Layer.activations.contains { $0.layer == layer } ? layer : nil
    }
    let normalisation: Layer? =
      switch point["normalisation"]?.word {
      case "batch": .batchNorm()
      case "layer": .layerNorm()
      default: nil
      }
    var architecture = Architecture.dense(
      input: base.input, layers: widths, latent: latent,
      activation: Layer.activations.first { $0.name == name }?.layer, outputActivation: outputActivation,
      reconstruction: base.reconstruction,
      initializer: point["initializer"]?.word.flatMap(Initializer.init(rawValue:)),
      normalisation: normalisation, dropout: point["dropout"]?.number.map { .dropout(rate: Float($0)) },
      penalties: penalties(point))
    architecture.inputLimit = base.inputLimit
    (architecture.heads, architecture.consistency) = (base.heads, base.consistency)
    architecture.reconstructionWeight = base.reconstructionWeight
    return architecture
  }

  private func penalties(_ point: Point) -> [Penalty] {
    if let l1 = point["l1"]?.number { return [.weights(l1: Float(l1))] }
    if let l2 = point["l2"]?.number { return [.weights(l2: Float(l2))] }
    if let l1 = point["activity-l1"]?.number { return [.activity(l1: Float(l1))] }
    return []
  }

  private func recipe(_ point: Point, of architecture: Architecture) -> Recipe {
    var recipe = usual.recipe
    if recipe.firstWeights == .principal, (try? architecture.checkLinearStart()) == nil {
      recipe.firstWeights = .drawn
      recipe.warmup = 0
    }
    var optimizer = point["optimizer"]?.word.flatMap(Optimizer.init(name:)) ?? recipe.optimizer
    if case .sgd = optimizer { optimizer = .sgd(momentum: 0.9, nesterov: true) }
    recipe.optimizer = optimizer
    recipe.batch = Int(point["batch"]?.number ?? Double(recipe.batch))
    recipe.rate =
      ["rate", "sgd-rate", "lion-rate", "adadelta-rate"].lazy.compactMap { point[$0]?.number }
      .first.map { Float($0) } ?? optimizer.usualRate
    // A step that multiplied parameters by less than a half would train nothing.
    recipe.decay = point["weight-decay"]?.number.map { min(Float($0), 0.5 / recipe.rate) } ?? 0
    let epochs = Double(recipe.epochs)
    recipe.schedule =
      switch point["schedule"]?.word {
      case "trapezoid": .trapezoid()
      case "cosine": .cosine()
      // Both end at a twentieth of the rate.
      case "exponential": .exponential(factor: 0.05.raised(to: 1 / epochs))
      case "inverse-time": .inverseTime(decay: 19 / epochs)
      case "plateau": .plateau()
      default: .constant
      }
    return recipe
  }
}
