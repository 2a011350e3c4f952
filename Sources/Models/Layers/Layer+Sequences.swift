import HourglassTensor

/// The layers of sequences `[steps, features]`.
extension Layer {
  static var examplesOfSequences: [(layer: Layer, input: Shape, output: Shape)] {
    [
      (.attention(heads: 2), [3, 4], [3, 4]), (.attention(heads: 1), [5, 3], [5, 3]),
      (.positionalEncoding, [4, 6], [4, 6]), (.positionalEncoding, [3, 5], [3, 5]),
      (.positionEmbedding, [3, 2], [3, 2]), (.embedding(entries: 3, features: 2), [4], [4, 2]),
      (.densePerStep(units: 3), [4, 2], [4, 3]),
      (.densePerStep(units: 2, initializer: .orthogonal, bias: false), [1, 5], [1, 2]),
      (.repeatSteps(count: 3), [4], [3, 4]), (.repeatSteps(count: 1), [2], [1, 2]),
      (.delay, [4, 3], [4, 3]), (.delay, [2, 1], [2, 1]),
      (.transpose, [2, 3], [3, 2]), (.transpose, [1, 4], [4, 1]),
      (.residual([.layerNorm(), .attention(heads: 2), .dropout(rate: 0.2)]), [3, 4], [3, 4]),
      (
        .residual([.layerNorm(), .densePerStep(units: 6), .gelu, .densePerStep(units: 4)]), [3, 4], [3, 4]
      ),
    ]
  }

  var descriptionOfSequences: String {
    switch self {
    case .attention(let heads): ".attention(heads \(heads))"
    case .positionalEncoding: ".positionalEncoding"
    case .positionEmbedding: ".positionEmbedding"
    case .embedding(let entries, let features): ".embedding(\(entries) entries, \(features) features)"
    case .densePerStep(let units, let initializer, let bias):
      ".densePerStep(\(units)" + (initializer.map { ", \($0.rawValue)" } ?? "") + (bias ? ")" : ", no bias)")
    case .repeatSteps(let count): ".repeatSteps(\(count))"
    case .delay: ".delay"
    case .transpose: ".transpose"
    default: ""
    }
  }

  /// The shape of a sample after a layer of sequences.
  func outputOfSequence(_ input: Shape, at place: String) throws(ModelError) -> Shape {
    switch self {
    case .attention(let heads):
      let features = try sequence(input, at: place).features
      try checkHeads(heads, input[0], features, at: place)
      return input
    case .positionalEncoding, .positionEmbedding, .delay:
      _ = try sequence(input, at: place)
      return input
    case .embedding(let entries, let features):
      try checkCount(entries, "entries", at: place)
      try checkCount(features, "features", at: place)
      guard input.rank == 1 else {
        throw ModelError(
          place: place, expected: "[steps]", found: "\(input)", remedy: "add .flatten before it")
      }
      return [input[0], features]
    case .densePerStep(let units, _, _):
      try checkCount(units, "units", at: place)
      return [try sequence(input, at: place).steps, units]
    case .repeatSteps(let count):
      try checkCount(count, "steps", at: place)
      guard input.rank == 1 else {
        throw ModelError(
          place: place, expected: "[features]", found: "\(input)", remedy: "add .flatten before it")
      }
      return [count, input[0]]
    case .transpose:
      let sides = try sequence(input, at: place)
      return [sides.features, sides.steps]
    default: return input
    }
  }

  /// Values of all products of steps with steps, for one sample, above which an attention is taken for a
  /// mistake: 256 MiB of floats.
  private static let mostProducts = 1 << 26

  private func checkHeads(
    _ heads: Int, _ steps: Int, _ features: Int, at place: String
  ) throws(ModelError) {
    guard heads > 0, features % heads == 0 else {
      throw ModelError(
        place: place, expected: "heads that divide \(features) features", found: "\(heads)",
        remedy: "use 1, or a number that divides them")
    }
    let most = Int(Double(Layer.mostProducts / heads).squareRoot())
    guard steps <= most else {
      throw ModelError(
        place: place, expected: "at most \(most) steps with \(heads) heads", found: "\(steps)",
        remedy: "make the sequence shorter before it, with a convolution of stride 2 say")
    }
  }

  private func checkCount(_ count: Int, _ what: String, at place: String) throws(ModelError) {
    guard (1...Layer.widest).contains(count) else {
      throw ModelError(place: place, expected: "between 1 and \(Layer.widest) \(what)", found: "\(count)")
    }
  }

  private func sequence(
    _ input: Shape, at place: String
  ) throws(ModelError) -> (steps: Int, features: Int) {
    guard input.rank == 2 else {
      throw ModelError(
        place: place, expected: self == .transpose ? "two axes" : "[steps, features]", found: "\(input)",
        remedy: "add .reshape before it")
    }
    return (input[0], input[1])
  }

  /// What a layer of sequences learns.
  func weightsOfSequence(for input: Shape, before next: Layer?) -> [Weight] {
    let features = input.dimensions.last ?? 1
    switch self {
    case .attention:
      return ["query", "key", "value", "output"].flatMap { part in
        [
          Weight(name: "\(part).weight", shape: [features, features], start: .drawn(.glorotUniform)),
          Weight(name: "\(part).bias", shape: [features], start: .constant(0)),
        ]
      }
    case .positionEmbedding: return [Weight(name: "weight", shape: input, start: .drawn(.glorotUniform))]
    case .embedding(let entries, let features):
      // One input: the standard normal.
      return [
        Weight(
          name: "weight", shape: [entries, features], start: .drawn(.lecunNormal), fan: (1, features))
      ]
    case .densePerStep(let units, let initializer, let bias):
      let start = Weight.Start.drawn(initializer, before: next)
      let weight = Weight(name: "weight", shape: [features, units], start: start)
      return bias ? [weight, Weight(name: "bias", shape: [units], start: .constant(0))] : [weight]
    default: return []
    }
  }
}

/// The JSON of the layers of sequences.
extension Layer {
  /// The layer of that name, or nil where it is none of sequences.
  init?(sequence name: String, _ values: Tagged.Values) throws {
    switch name {
    case "attention":
      try values.allow("heads")
      self = .attention(heads: try values.required("heads"))
    case "positionalEncoding": self = try values.none(.positionalEncoding)
    case "positionEmbedding": self = try values.none(.positionEmbedding)
    case "embedding":
      try values.allow("entries", "features")
      self = .embedding(entries: try values.required("entries"), features: try values.required("features"))
    case "densePerStep":
      try values.allow("units", "initializer", "bias")
      self = .densePerStep(
        units: try values.required("units"), initializer: try values.optional("initializer"),
        bias: try values.optional("bias") ?? true)
    case "repeatSteps":
      try values.allow("count")
      self = .repeatSteps(count: try values.required("count"))
    case "delay": self = try values.none(.delay)
    case "transpose": self = try values.none(.transpose)
    default: return nil
    }
  }

  func encodeSequence(_ tagged: inout Tagged.Writer) throws {
    switch self {
    case .attention(let heads):
      try tagged.write("attention") { try $0.encode(heads, forKey: "heads") }
    case .positionalEncoding: try tagged.write("positionalEncoding")
    case .positionEmbedding: try tagged.write("positionEmbedding")
    case .embedding(let entries, let features):
      try tagged.write("embedding") {
        try $0.encode(entries, forKey: "entries")
        try $0.encode(features, forKey: "features")
      }
    case .densePerStep(let units, let initializer, let bias):
      try tagged.write("densePerStep") {
        try $0.encode(units, forKey: "units")
        try $0.encodeIfPresent(initializer, forKey: "initializer")
        if !bias { try $0.encode(false, forKey: "bias") }
      }
    case .repeatSteps(let count):
      try tagged.write("repeatSteps") { try $0.encode(count, forKey: "count") }
    case .delay: try tagged.write("delay")
    case .transpose: try tagged.write("transpose")
    default: break
    }
  }
}
