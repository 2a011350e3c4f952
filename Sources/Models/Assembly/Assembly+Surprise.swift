import HourglassEngine
import HourglassTensor

extension Assembly {
  /// Samples in; of each its surprise out: how far the reconstruction term of a model in use lies above the
  /// least that it could be, whatever the decoder gives.
  ///
  /// The least is 0 but for `bce` and `ce`, where it is the entropy of the sample; what is left of them is
  /// the divergence KL(x ‖ y), so that a grey picture is no stranger than a black one.
  ///
  /// - Parameter rows: rows of a run at most.
  public static func surprises(
    _ outline: Outline, _ architecture: Architecture, gaps: Bool = false, rows: Int = Inference.rowsTogether
  ) -> Assembly {
    var assembly = Assembly(outline, isTraining: false, gaps: gaps, rows: rows)
    let term = assembly.terms(outline, architecture, .use).reconstruction
    let x = assembly.graph.input(Slot.samples, outline.input)
    let presence = gaps ? assembly.graph.input(Slot.presence, outline.input) : nil
    let least = architecture.reconstruction.least(&assembly.graph, of: x, presence: presence)
    assembly.results = [least.map { assembly.graph.subtract(term, $0) } ?? term]
    return assembly
  }
}

extension Assembly {
  /// Records in; what each slot adds to the sum that the loss is a share of out: `[slots]` a row. It is a
  /// programmer's mistake to ask for those of samples that are no records.
  public static func terms(
    _ outline: Outline, _ architecture: Architecture, gaps: Bool = false
  ) -> Assembly {
    guard let record = outline.record else { preconditionFailure("terms: samples are no records") }
    var assembly = Assembly(outline, isTraining: false, gaps: gaps)
    let output = assembly.terms(outline, architecture, .use).output
    let x = assembly.graph.input(Slot.samples, outline.input)
    let presence = assembly.hasGaps ? assembly.graph.input(Slot.presence, outline.input) : nil
    assembly.results = [record.terms(&assembly.graph, output: output, target: x, presence: presence)]
    return assembly
  }
}

extension Reconstruction {
  /// The least that the loss of each sample can be, `[1]` a row; nil where it is 0.
  fileprivate func least(
    _ graph: inout Graph, of x: Graph.Value, presence: Graph.Value?
  ) -> Graph.Value? {
    // -Σ p log p, where p log p is 0 at 0.
    func entropy(_ p: Graph.Value) -> Graph.Value {
      let logarithm = graph.unary(.logarithm, graph.binary(.maximum, p, graph.constant(1e-30)))
      return graph.unary(.negate, graph.multiply(p, logarithm))
    }
    let terms: Graph.Value
    switch self {
    case .gaussian, .laplace, .huber, .tokens, .fields: return nil
    case .bernoulli: terms = graph.add(entropy(x), entropy(graph.subtract(graph.constant(1), x)))
    case .categorical: terms = entropy(x)
    }
    let shape = graph.shape(of: x)
    guard let presence else { return graph.multiply(graph.sumRow(terms), 1 / Float(values(of: shape))) }
    let count = graph.binary(.maximum, graph.sumRow(presence), graph.constant(1))
    let whole = self == .categorical ? shape.dimensions.last ?? 1 : 1
    let sum = graph.sumRow(graph.multiply(terms, presence))
    return graph.binary(.divide, graph.multiply(sum, Float(whole)), count)
  }
}
