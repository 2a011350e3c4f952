import HourglassEngine
import HourglassTensor

/// The two turns of an adversarial training.
extension Assembly {
  /// The critic's turn: samples and their weights in; its loss out, and the gradients of its own weights, for
  /// which codes and outputs are constants. The second result is the share of pairs of a real and a made one
  /// whose real one has the higher score: 1/2 where the critic can only guess, 1 where it has won.
  ///
  /// It is a programmer's mistake to ask for it of an architecture without a critic.
  public static func critic(_ outline: Outline, _ architecture: Architecture, gaps: Bool = false) -> Assembly
  {
    guard let critic = architecture.critic else { preconditionFailure("critic: the architecture has none") }
    var assembly = Assembly(outline, isTraining: true, gaps: gaps, firstStream: Setting.ofCritic)
    let weights = assembly.graph.input(Slot.sampleWeights, [1])
    let x = assembly.samples(outline)
    let given = assembly.given(x, outline, corruption: architecture.corruption)
    let code = assembly.code(outline, of: assembly.append(outline.encoder, given), isDrawn: true).value
    let made: [Graph.Value]
    let real: Graph.Value
    switch critic.subject {
    case .codes: (real, made) = (assembly.prior(outline), [code])
    case .outputs:
      (real, made) = (x, assembly.rivals(outline, architecture, assembly.decoded(outline, code)))
    }
    let loss = assembly.loss(outline, critic, real: real, made: made)
    assembly.graph.label = "critic"
    let mean = assembly.graph.sumBatch(assembly.graph.multiply(loss.ofRows, weights))
    let share = assembly.graph.multiply(loss.pairs, assembly.graph.scalar(Scalar.inverseRows))
    assembly.results = [mean, assembly.graph.sumBatch(share)]
    let placed = outline.critic.flatMap(\.weights)
    let parameters = placed.map { assembly.graph.parameter($0.weight.shape, offset: $0.offset) }
    let values = assembly.graph.gradient(of: mean, withRespectTo: parameters)
    assembly.gradients = zip(values, placed).map { ($0, $1.offset) }
    return assembly
  }

  /// What the autoencoder lowers in its turn: the objective that is told, with the critic's part, which it
  /// adds to the results so that a run finds it finite.
  ///
  /// - Parameters:
  ///   - penalty: of the weights.
  ///   - weights: of the samples.
  mutating func objective(
    _ outline: Outline, _ architecture: Architecture, _ terms: Terms, penalty: Graph.Value?,
    of weights: Graph.Value
  ) -> Graph.Value {
    let told = results[0]
    guard let critic = architecture.critic else { return told }
    // Without a reconstruction term what the encoder gave is nobody's business, nor are its statistics.
    if critic.reconstruction == 0 { setting.statistics = [] }
    let made =
      critic.subject == .codes ? [terms.code] : rivals(outline, architecture, terms.output)
    let part = self.part(outline, critic, made: made)
    graph.label = "critic"
    defer { graph.label = "" }
    let values = architecture.reconstruction.values(of: outline.input)
    let scaled = graph.multiply(part, critic.weight / Float(values))
    let sum = graph.sumBatch(graph.multiply(scaled, weights))
    results.append(sum)
    if critic.reconstruction == 0 { return penalty.map { graph.add(sum, $0) } ?? sum }
    return graph.add(told, sum)
  }

  /// Codes drawn from the standard normal.
  private mutating func prior(_ outline: Outline) -> Graph.Value {
    graph.random(.normal, outline.code, stream: setting.nextStream())
  }

  /// What is held against samples: reconstructions, where they count, and decoded draws from the prior; both
  /// with 0 where a value of the sample is missing, as the sample has (Li et al. 2019).
  private mutating func rivals(
    _ outline: Outline, _ architecture: Architecture, _ output: Graph.Value
  ) -> [Graph.Value] {
    let drawn = decoded(outline, prior(outline))
    let chosen = architecture.critic?.reconstruction == 0 ? [drawn] : [output, drawn]
    graph.label = "critic"
    defer { graph.label = "" }
    return chosen.map {
      let readable = architecture.reconstruction.readable(&graph, output: $0)
      return hasGaps ? graph.multiply(readable, graph.input(Slot.presence, outline.input)) : readable
    }
  }

  /// The critic's score of each row, `[1]`.
  private mutating func scores(_ outline: Outline, of x: Graph.Value) -> Graph.Value {
    let steps = setting.steps
    defer { setting.steps = steps }
    setting.steps = Setting.Steps()
    return append(outline.critic, x)
  }

  /// The mean of what is asked of each of the made ones.
  private mutating func mean(
    of made: [Graph.Value], _ term: (inout Assembly, Graph.Value) -> Graph.Value
  ) -> Graph.Value {
    let terms = made.map { term(&self, $0) }
    let sum = terms.dropFirst().reduce(terms[0]) { graph.add($0, $1) }
    return graph.multiply(sum, 1 / Float(made.count))
  }

  /// The autoencoder's part of each row.
  private mutating func part(_ outline: Outline, _ critic: Critic, made: [Graph.Value]) -> Graph.Value {
    mean(of: made) { assembly, made in
      let below = assembly.graph.unary(.negate, assembly.scores(outline, of: made))
      return critic.objective == .nonSaturating ? assembly.graph.unary(.softplus, below) : below
    }
  }

  /// The critic's loss of each row, and which share of its pairs are in the right order.
  private mutating func loss(
    _ outline: Outline, _ critic: Critic, real: Graph.Value, made: [Graph.Value]
  ) -> (ofRows: Graph.Value, pairs: Graph.Value) {
    let real = (value: real, score: scores(outline, of: real))
    let scored = made.map { (value: $0, score: scores(outline, of: $0)) }
    graph.label = "critic"
    let pairs = mean(of: scored.map(\.score)) { assembly, score in
      assembly.graph.binary(.greater, real.score, score)
    }
    let below = graph.unary(.negate, real.score)
    switch critic.objective {
    case .nonSaturating:
      let apart = mean(of: scored.map(\.score)) { $0.graph.unary(.softplus, $1) }
      return (graph.add(graph.unary(.softplus, below), apart), pairs)
    case .hinge:
      let apart = mean(of: scored.map(\.score)) { $0.graph.unary(.rectifier, $0.graph.add($1, 1)) }
      return (graph.add(graph.unary(.rectifier, graph.add(below, 1)), apart), pairs)
    case .wasserstein(let penalty):
      let distance = graph.add(mean(of: scored.map(\.score)) { $1 }, below)
      let steepness = mean(of: scored.map(\.value)) { $0.steepness(outline, between: real.value, $1) }
      return (graph.add(distance, graph.multiply(steepness, penalty)), pairs)
    }
  }

  /// (‖∂D/∂x‖ - 1)² at a random place on the line from what is made to what is real.
  private mutating func steepness(
    _ outline: Outline, between real: Graph.Value, _ made: Graph.Value
  ) -> Graph.Value {
    let draw = graph.random(.uniform, [1], stream: setting.nextStream())
    let x = graph.add(made, graph.multiply(graph.subtract(real, made), draw))
    let score = scores(outline, of: x)
    let slopes = graph.gradient(of: score, withRespectTo: [x])
    graph.label = "critic"
    let squares = graph.sumRow(graph.unary(.square, slopes[0]))
    // The root has no derivative at 0, where a critic may well be flat.
    let norm = graph.unary(.squareRoot, graph.add(squares, 1e-12))
    return graph.unary(.square, graph.add(norm, -1))
  }
}
