import HourglassEngine
import HourglassTensor

extension Code {
  /// The numbers of a code of several choices, each of one class out of `classes`, whose log-odds l the
  /// encoder gives: Jang et al. 2017, Maddison et al. 2017.
  ///
  ///     z = softmax((l + g) / temperature) of each variable,  g = -log(-log u),  u uniform in (0, 1)
  ///     KL = Σ over the variables of Σ over the classes of p log(classes · p),  p = softmax(l)
  ///
  /// The objective of a sample is its reconstruction term, which is a mean over n values, plus beta · KL / n.
  /// While training z is drawn so; where a trained model is judged, the greatest of l + g is drawn, which is
  /// a draw of p; on use the greatest of l is taken. Both are 1 at one class and 0 at the others.
  ///
  /// - Shapes: `[variables · classes]`, the classes of a variable one after the other; the code keeps it.
  public struct Categorical: Hashable, Sendable {
    public var variables: Int
    public var classes: Int
    /// The weight of the KL divergence from even odds.
    public var beta: Float
    /// How soft draws are at last; Jang et al. 2017 go down to 0.5.
    public var temperature: Float
    /// How soft they are at first.
    public var startTemperature: Float
    /// Epochs over which the logarithm of the temperature goes evenly from the first to the last; 0: it is
    /// the last from the start.
    public var annealing: Float

    public init(
      variables: Int, classes: Int, beta: Float = 1, temperature: Float = 0.5, startTemperature: Float = 1,
      annealing: Float = 10
    ) {
      (self.variables, self.classes, self.beta) = (variables, classes, beta)
      (self.temperature, self.startTemperature) = (temperature, startTemperature)
      self.annealing = annealing
    }
  }
}

extension Code.Categorical {
  private static let largest = 1 << 16

  func check(_ output: Shape) throws(ModelError) {
    func require(_ isRight: Bool, _ expected: String, _ found: some Any) throws(ModelError) {
      if !isRight { throw ModelError(place: "code categorical", expected: expected, found: "\(found)") }
    }
    func positive(_ name: String, _ value: Float) throws(ModelError) {
      try require(value > 0 && value.isFinite, "a \(name) above 0", value)
    }
    let range = 1...Code.Categorical.largest
    try require(range.contains(variables), "between 1 and \(Code.Categorical.largest) variables", variables)
    try require(range.contains(classes) && classes > 1, "between 2 and \(range.upperBound) classes", classes)
    try require(beta >= 0 && beta.isFinite, "a beta of at least 0", beta)
    try require(annealing >= 0 && annealing.isFinite, "annealing over at least 0 epochs", annealing)
    try positive("temperature", temperature)
    try positive("startTemperature", startTemperature)
    guard output == [variables * classes] else {
      throw ModelError(
        place: "code categorical",
        expected: "an encoder that ends in [\(variables * classes)], "
          + "\(variables) variables of \(classes) classes", found: "\(output)",
        remedy: "end the encoder with .dense(\(variables * classes))")
    }
  }

  /// The code of an encoder's output `h`.
  func append(
    to graph: inout Graph, _ h: Graph.Value, isDrawn: Bool, _ setting: inout Setting
  ) -> Code.Drawn {
    let odds = graph.reshape(h, [variables, classes])
    var scores = odds
    if isDrawn { scores = graph.add(odds, noise(&graph, stream: setting.nextStream())) }
    let value: Graph.Value
    if isDrawn, setting.isTraining {
      value = graph.softmax(graph.multiply(scores, inverseTemperature(&graph)))
    } else {
      let places = graph.reshape(graph.greatestPlace(scores), [variables])
      value = graph.oneHot(places, count: classes)
    }
    let places = graph.reshape(graph.greatestPlace(scores), [variables])
    let surprise = graph.subtract(odds, graph.logSumExp(odds))
    let entropies = graph.sumRow(graph.multiply(graph.softmax(odds), surprise))
    let even = Float(Double(variables) * Double(classes).logarithm)
    let divergence = graph.add(entropies, even)
    return Code.Drawn(
      value: graph.reshape(value, [variables * classes]), divergence: divergence,
      cost: graph.multiply(divergence, beta), places: places)
  }

  /// Draws of the standard Gumbel law, -log(-log u).
  private func noise(_ graph: inout Graph, stream: UInt32) -> Graph.Value {
    let uniform = graph.random(.uniform, [variables, classes], stream: stream)
    // Draws are multiples of 2⁻²⁴: 0 among them becomes half of one, whose logarithm is finite.
    let above = graph.binary(.maximum, uniform, graph.constant(0x1p-25))
    let surprise = graph.unary(.negate, graph.unary(.logarithm, above))
    return graph.unary(.negate, graph.unary(.logarithm, surprise))
  }

  private func inverseTemperature(_ graph: inout Graph) -> Graph.Value {
    let first = Float(Double(startTemperature).logarithm)
    let last = Float(Double(temperature).logarithm)
    guard annealing > 0 else { return graph.constant(1 / temperature) }
    let progress = graph.scalar(Assembly.Scalar.progress)
    return graph.unary(.exponential, graph.add(graph.multiply(progress, first - last), -first))
  }
}

/// The JSON of a categorical code.
extension Code.Categorical {
  init(_ values: Tagged.Values) throws {
    try values.allow("variables", "classes", "beta", "temperature", "startTemperature", "annealing")
    self.init(
      variables: try values.required("variables"), classes: try values.required("classes"),
      beta: try values.optional("beta") ?? 1, temperature: try values.optional("temperature") ?? 0.5,
      startTemperature: try values.optional("startTemperature") ?? 1,
      annealing: try values.optional("annealing") ?? 10)
  }

  func encode(to container: inout KeyedEncodingContainer<Tagged.Key>) throws {
    try container.encode(variables, forKey: "variables")
    try container.encode(classes, forKey: "classes")
    try container.encode(beta, forKey: "beta")
    try container.encode(temperature, forKey: "temperature")
    try container.encode(startTemperature, forKey: "startTemperature")
    try container.encode(annealing, forKey: "annealing")
  }
}

extension Code.Categorical: CustomStringConvertible {
  public var description: String { ".categorical(\(variables) variables of \(classes) classes)" }
}
