import HourglassEngine
import HourglassTensor

/// The graph of an autoencoder, or of a part of one.
public struct Assembly: Sendable {
  /// Slots that a run feeds.
  public enum Slot {
    /// The samples, scaled.
    public static let samples = 0
    /// One weight a sample: 1 / n for the plain mean over n samples.
    public static let sampleWeights = 1
  }

  public internal(set) var graph = Graph()
  /// What a run gives, in this order.
  public internal(set) var results: [Graph.Value] = []
  public internal(set) var gradients: [(value: Graph.Value, offset: Int)] = []
  public internal(set) var blockCount: Int

  /// Samples in, codes out.
  public static func encoder(_ outline: Outline) -> Assembly {
    Assembly(outline) { assembly in
      let x = assembly.graph.input(Slot.samples, outline.input)
      assembly.results = [assembly.append(outline.encoder, x)]
    }
  }

  /// Codes in, samples out.
  public static func decoder(_ outline: Outline, _ reconstruction: Reconstruction) -> Assembly {
    Assembly(outline) { assembly in
      let code = assembly.graph.input(Slot.samples, outline.code)
      let output = assembly.append(outline.decoder, code)
      assembly.results = [reconstruction.readable(&assembly.graph, output: output)]
    }
  }

  /// Samples in; reconstructions and the loss of each sample out.
  public static func reconstruction(_ outline: Outline, _ reconstruction: Reconstruction) -> Assembly {
    Assembly(outline) { assembly in
      let x = assembly.graph.input(Slot.samples, outline.input)
      let output = assembly.append(outline.decoder, assembly.append(outline.encoder, x))
      let loss = reconstruction.loss(&assembly.graph, output: output, target: x)
      assembly.results = [reconstruction.readable(&assembly.graph, output: output), loss]
    }
  }

  /// Samples in, the loss of each out.
  public static func losses(_ outline: Outline, _ reconstruction: Reconstruction) -> Assembly {
    Assembly(outline) { assembly in
      let x = assembly.graph.input(Slot.samples, outline.input)
      let output = assembly.append(outline.decoder, assembly.append(outline.encoder, x))
      assembly.results = [reconstruction.loss(&assembly.graph, output: output, target: x)]
    }
  }

  /// Samples and their weights in; the weighted loss of the batch out, and its gradients.
  public static func training(_ outline: Outline, _ reconstruction: Reconstruction) -> Assembly {
    Assembly(outline) { assembly in
      let x = assembly.graph.input(Slot.samples, outline.input)
      let weights = assembly.graph.input(Slot.sampleWeights, [1])
      let output = assembly.append(outline.decoder, assembly.append(outline.encoder, x))
      assembly.graph.label = "reconstruction"
      let loss = reconstruction.loss(&assembly.graph, output: output, target: x)
      let total = assembly.graph.sumBatch(assembly.graph.multiply(loss, weights))
      assembly.results = [total]
      let parameters = outline.weights.map {
        assembly.graph.parameter($0.weight.shape, offset: $0.offset)
      }
      let values = assembly.graph.gradient(of: total, withRespectTo: parameters)
      assembly.gradients = zip(values, outline.weights).map { ($0, $1.offset) }
    }
  }

  private init(_ outline: Outline, _ body: (inout Assembly) -> Void) {
    blockCount = outline.blockCount
    body(&self)
  }

  private mutating func append(_ entries: [Outline.Entry], _ input: Graph.Value) -> Graph.Value {
    var value = input
    for entry in entries {
      graph.label = "\(entry.place) \(entry.layer)"
      let weights = entry.weights.map { graph.parameter($0.weight.shape, offset: $0.offset) }
      value = entry.layer.append(to: &graph, value, weights)
    }
    graph.label = ""
    return value
  }

  /// Lowers it for batches of at most `capacity` rows.
  public func plan(capacity: Int) -> Plan {
    Plan(
      graph, Plan.Targets(results: results, gradients: gradients), capacity: capacity,
      parameterCount: blockCount)
  }
}

extension Outline {
  var input: Shape { encoder.first?.input ?? code }
}
