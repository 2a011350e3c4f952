import HourglassTensor

/// The layers of sequences `[steps, features]`.
extension Layer {
  static var examplesOfSequences: [(layer: Layer, input: Shape, output: Shape)] {
    [
      (.densePerStep(units: 3), [4, 2], [4, 3]),
      (.densePerStep(units: 2, initializer: .orthogonal, bias: false), [1, 5], [1, 2]),
      (.repeatSteps(count: 3), [4], [3, 4]), (.repeatSteps(count: 1), [2], [1, 2]),
      (.transpose, [2, 3], [3, 2]), (.transpose, [1, 4], [4, 1]),
    ]
  }

  var descriptionOfSequences: String {
    switch self {
    case .densePerStep(let units, let initializer, let bias):
      ".densePerStep(\(units)" + (initializer.map { ", \($0.rawValue)" } ?? "") + (bias ? ")" : ", no bias)")
    case .repeatSteps(let count): ".repeatSteps(\(count))"
    case .transpose: ".transpose"
    default: ""
    }
  }

  /// The shape of a sample after a layer of sequences.
  func outputOfSequence(_ input: Shape, at place: String) throws(ModelError) -> Shape {
    switch self {
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
    switch self {
    case .densePerStep(let units, let initializer, let bias):
      let chosen = initializer ?? (next?.isRectifier == true ? .heUniform : .glorotUniform)
      let features = input.dimensions.last ?? 1
      let weight = Weight(name: "weight", shape: [features, units], start: .drawn(chosen))
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
    case "densePerStep":
      try values.allow("units", "initializer", "bias")
      self = .densePerStep(
        units: try values.required("units"), initializer: try values.optional("initializer"),
        bias: try values.optional("bias") ?? true)
    case "repeatSteps":
      try values.allow("count")
      self = .repeatSteps(count: try values.required("count"))
    case "transpose": self = try values.none(.transpose)
    default: return nil
    }
  }

  func encodeSequence(_ tagged: inout Tagged.Writer) throws {
    switch self {
    case .densePerStep(let units, let initializer, let bias):
      try tagged.write("densePerStep") {
        try $0.encode(units, forKey: "units")
        try $0.encodeIfPresent(initializer, forKey: "initializer")
        if !bias { try $0.encode(false, forKey: "bias") }
      }
    case .repeatSteps(let count):
      try tagged.write("repeatSteps") { try $0.encode(count, forKey: "count") }
    case .transpose: try tagged.write("transpose")
    default: break
    }
  }
}
