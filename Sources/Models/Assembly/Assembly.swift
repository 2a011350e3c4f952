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
    /// 1 where a value of the samples is there, 0 where it is missing; of graphs for samples with gaps alone.
    public static let presence = 2
    /// The place of each sample in its batch, 0, 1, 2, …; of graphs that compare samples alone.
    public static let places = 3
    /// The number of each sample's class; of graphs with a `Condition`.
    public static let condition = 4
    /// Records whose conditions the decoder is told; of graphs that begin with codes alone.
    public static let told = 5
    /// 1 where a value of these is there, 0 where it is missing.
    public static let toldPresence = 6
    /// What the heads are to tell, 0 where it is missing; of trainings of models with heads.
    public static let targets = 7
    /// 1 where a value of these is there, 0 where it is missing.
    public static let targetPresence = 8
    /// The same samples changed another way; of trainings whose consistency looks at two.
    public static let secondSamples = 9
    /// What the encoder reads in place of the samples, scaled; of graphs whose corruption is made outside.
    public static let degraded = 10
    /// The share of each sample that is to belong to each centre: see `Assembly.clusters`.
    public static let clusterTargets = 11
  }

  /// Numbers that are set for a run.
  public enum Scalar {
    /// 1 / rows of the batch.
    public static let inverseRows = 0
    /// How far what grows has grown, from 0 to 1: see `Code.warmUp`.
    public static let progress = 1
    /// 1 / the share of the samples that have a target: what the losses of heads are multiplied by.
    public static let inverseLabelled = 2
  }

  public internal(set) var graph = Graph()
  /// What a run gives, in this order.
  public internal(set) var results: [Graph.Value] = []
  public internal(set) var gradients: [(value: Graph.Value, offset: Int)] = []
  public internal(set) var statistics: [Statistic] = []
  public internal(set) var blockCount: Int
  /// The result that is the mean KL divergence of a batch's codes from the prior, in a training of a code
  /// that has one.
  public internal(set) var divergence: Int?
  /// Whether it reads ``Slot/presence``.
  public let hasGaps: Bool
  /// Rows of a run at most.
  let rows: Int
  var pseudoLaws: PseudoLaws?
  private let condition: Condition?
  /// What layers are told of a record.
  var told: Graph.Value?
  var setting: Setting
  var isEncoderFrozen = false
  /// What the encoder is given, and what it has after each of its layers, for heads to join.
  var joined: [Graph.Value] = []

  /// Samples in, codes out.
  ///
  /// - Parameters:
  ///   - gaps: whether values of the samples may be missing; then ``Slot/presence`` tells the layers of
  ///     sequences which steps are there.
  ///   - isDrawn: whether codes that are laws are drawn; otherwise they are the means.
  public static func encoder(_ outline: Outline, gaps: Bool = false, isDrawn: Bool = false) -> Assembly {
    var assembly = Assembly(outline, isTraining: false, gaps: gaps)
    let x = assembly.samples(outline)
    let h = assembly.append(outline.encoder, assembly.given(x, outline))
    assembly.results = [assembly.code(outline, of: h, isDrawn: isDrawn).value]
    return assembly
  }

  /// Samples in; the places of their codes out. It is a programmer's mistake to ask for those of a code that
  /// has none: see `Code.places(of:)`.
  public static func places(_ outline: Outline, gaps: Bool = false) -> Assembly {
    var assembly = Assembly(outline, isTraining: false, gaps: gaps)
    let x = assembly.samples(outline)
    let h = assembly.append(outline.encoder, assembly.given(x, outline))
    let code = assembly.code(outline, of: h, isDrawn: false)
    guard let places = code.places else {
      preconditionFailure("places: the code \(outline.coding) has none")
    }
    assembly.results = [places]
    return assembly
  }

  /// Codes in, samples out.
  public static func decoder(_ outline: Outline, _ architecture: Architecture) -> Assembly {
    var assembly = Assembly(outline, isTraining: false)
    let code = assembly.codes(outline)
    let output = assembly.parameters(outline, assembly.append(outline.decoder, code))
    assembly.results = [architecture.reconstruction.readable(&assembly.graph, output: output)]
    return assembly
  }

  /// Codes in; what the decoder gives for them out, as the reconstruction term reads it.
  static func decoder(_ outline: Outline) -> Assembly {
    var assembly = Assembly(outline, isTraining: false)
    let code = assembly.codes(outline)
    assembly.results = [assembly.parameters(outline, assembly.append(outline.decoder, code))]
    return assembly
  }

  /// Samples in; reconstructions and the loss of each sample out.
  ///
  /// - Parameter gaps: whether values of the samples may be missing. Then ``Slot/presence`` tells which, and
  ///   the loss passes over them; without, the graph is the same to the node as if there were no such thing.
  public static func reconstruction(
    _ outline: Outline, _ architecture: Architecture, gaps: Bool = false
  ) -> Assembly {
    var assembly = Assembly(outline, isTraining: false, gaps: gaps)
    let terms = assembly.terms(outline, architecture, .use)
    assembly.results = [
      architecture.reconstruction.readable(&assembly.graph, output: terms.output), terms.reconstruction,
    ]
    return assembly
  }

  /// Samples in; what the decoder gives for them out, as the reconstruction term reads it.
  public static func outputs(
    _ outline: Outline, _ architecture: Architecture, gaps: Bool = false
  ) -> Assembly {
    var assembly = Assembly(outline, isTraining: false, gaps: gaps)
    assembly.results = [assembly.terms(outline, architecture, .use).output]
    return assembly
  }

  /// Samples in; the objective of each out, and what the weights add to it.
  ///
  /// - Parameter rows: rows of a run at most.
  public static func losses(
    _ outline: Outline, _ architecture: Architecture, gaps: Bool = false, rows: Int = Inference.rowsTogether
  ) -> Assembly {
    var assembly = Assembly(outline, isTraining: false, gaps: gaps, rows: rows)
    let terms = assembly.terms(outline, architecture, .objective)
    let whole = terms.ofBatch.map { assembly.graph.add(terms.ofSamples, $0) } ?? terms.ofSamples
    assembly.results = [whole] + (assembly.weightPenalty(outline, architecture).map { [$0] } ?? [])
    return assembly
  }

  /// Samples in; of each the reconstruction term with a drawn code, and the KL divergence of its code from
  /// the prior in nats: the parts of the evidence lower bound. It is a programmer's mistake to ask for those
  /// of a code without a prior: see `Code.hasPrior`.
  public static func bound(
    _ outline: Outline, _ architecture: Architecture, gaps: Bool = false
  ) -> Assembly {
    var assembly = Assembly(outline, isTraining: false, gaps: gaps)
    let terms = assembly.terms(outline, architecture, .bound)
    guard let divergence = terms.divergence else {
      preconditionFailure("bound: the code \(architecture.code) has no prior")
    }
    assembly.results = [terms.reconstruction, divergence]
    return assembly
  }

  /// Samples and their weights in; the objective of the batch out, and its gradients. What a critic adds to
  /// the objective is a result of its own, behind it.
  ///
  /// - Parameters:
  ///   - rows: rows of a batch at most.
  ///   - isEncoderFrozen: whether the encoder stays as it is: then it is run as on use, and no gradient is
  ///     taken to it.
  public static func training(
    _ outline: Outline, _ architecture: Architecture, gaps: Bool = false, rows: Int = Inference.rowsTogether,
    isEncoderFrozen: Bool = false
  ) -> Assembly {
    var assembly = Assembly(outline, isTraining: true, gaps: gaps, rows: rows)
    assembly.isEncoderFrozen = isEncoderFrozen
    let weights = assembly.graph.input(Slot.sampleWeights, [1])
    let terms = assembly.terms(outline, architecture, .training)
    assembly.graph.label = "loss"
    let mean = assembly.graph.sumBatch(assembly.graph.multiply(terms.ofSamples, weights))
    let penalty = assembly.weightPenalty(outline, architecture)
    let parts = [terms.ofBatch, penalty].compactMap { $0 }
    let total = parts.reduce(mean) { assembly.graph.add($0, $1) }
    assembly.results = [total]
    let lowered = assembly.objective(outline, architecture, terms, penalty: penalty, of: weights)
    let trained = outline.ownWeights.filter {
      $0.weight.isTrained && !(isEncoderFrozen && $0.offset < outline.encoderCount)
    }
    let parameters = trained.map { assembly.graph.parameter($0.weight.shape, offset: $0.offset) }
    let values = assembly.graph.gradient(of: lowered, withRespectTo: parameters)
    assembly.gradients = zip(values, trained).map { ($0, $1.offset) }
    assembly.export(assembly.setting.statistics, outline)
    if let divergence = terms.divergence {
      assembly.divergence = assembly.results.count
      assembly.results.append(assembly.graph.sumBatch(assembly.graph.multiply(divergence, weights)))
    }
    return assembly
  }

  /// Samples in; what each of the layers gives out, those left out that give what they were given.
  static func layers(
    _ outline: Outline, gaps: Bool = false
  ) -> (assembly: Assembly, entries: [Outline.Entry]) {
    var assembly = Assembly(outline, isTraining: false, gaps: gaps)
    let x = assembly.samples(outline)
    let entries = outline.encoder + outline.decoder
    var outputs = assembly.outputs(of: outline.encoder, assembly.given(x, outline))
    assembly.setting.steps.areDecoded = true
    let code = assembly.code(outline, of: outputs.last ?? x, isDrawn: false)
    outputs += assembly.outputs(of: outline.decoder, code.value)
    let chosen = zip(entries, outputs).filter { !$0.0.layer.isIdentityOnUse }
    assembly.results = chosen.map(\.1)
    return (assembly, chosen.map(\.0))
  }

  init(
    _ outline: Outline, isTraining: Bool, gaps: Bool = false, rows: Int = Inference.rowsTogether,
    firstStream: UInt32 = Setting.ofAutoencoder
  ) {
    self.rows = rows
    condition = outline.condition
    blockCount = outline.blockCount
    hasGaps = outline.asksForGaps(gaps)
    setting = Setting(isTraining: isTraining, firstStream: firstStream)
  }

  /// What is fed, and to the layers what is missing of it.
  mutating func samples(_ outline: Outline) -> Graph.Value {
    let x = graph.input(Slot.samples, outline.input)
    if hasGaps, outline.record == nil {
      setting.steps.present = .values(graph.input(Slot.presence, outline.input))
    }
    return x
  }

  private mutating func weightPenalty(_ outline: Outline, _ architecture: Architecture) -> Graph.Value? {
    graph.label = "penalty"
    defer { graph.label = "" }
    func matrices(_ weights: [Outline.Placed]) -> [Graph.Value] {
      weights.filter { $0.weight.shape.rank > 1 }
        .map { graph.parameter($0.weight.shape, offset: $0.offset) }
    }
    let (all, ofEncoder) = (matrices(outline.ofLayers), matrices(outline.encoder.flatMap(\.weights)))
    let parts = architecture.penalties.compactMap {
      $0.ofWeights(&graph, matrices: all, ofEncoder: ofEncoder)
    }
    return graph.sum(parts)
  }

  mutating func append(_ entries: [Outline.Entry], _ input: Graph.Value) -> Graph.Value {
    outputs(of: entries, input).last ?? input
  }

  /// What each layer gives, one after the other.
  mutating func outputs(of entries: [Outline.Entry], _ input: Graph.Value) -> [Graph.Value] {
    var values: [Graph.Value] = []
    var value = input
    setting.isChannelsLast = false
    for entry in entries {
      graph.label = "\(entry.place), \(entry.layer.words)"
      let weights = (entry.weights + [entry.shared].compactMap { $0 })
        .map { graph.parameter($0.weight.shape, offset: $0.offset) }
      if entry.isConditioned, let condition {
        let marks = condition.marks(&graph, of: graph.input(Slot.condition, [1]))
        value = entry.layer.told(&graph, marks, beside: value)
      }
      if let after = entry.layer.joinedAfter, joined.indices.contains(after) {
        if setting.isChannelsLast { value = graph.channelsFirst(value) }
        setting.isChannelsLast = false
        value = entry.layer.append(to: &graph, value, [joined[after]], &setting)
        values.append(value)
        continue
      }
      if entry.isTold, let told { value = entry.layer.told(&graph, told, beside: value) }
      value = entry.layer.append(to: &graph, value, weights, &setting)
      // What nobody asks for is not computed.
      values.append(setting.isChannelsLast ? graph.channelsFirst(value) : value)
    }
    graph.label = ""
    return values
  }

  /// Lowers it for batches of at most `capacity` rows.
  public func plan(capacity: Int, precision: Precision = .float32) -> Plan {
    Plan(
      graph, Plan.Targets(results: results, gradients: gradients), capacity: capacity,
      parameterCount: blockCount, precision: precision)
  }
}

extension Session {
  /// Says where the samples of the runs to come are.
  ///
  /// - Parameter gaps: whether values of them may be missing (NaN): then the network is given 0 in their
  ///   place, and a graph that asks for it is told which they are.
  public func setFeed(samples feed: Feed, gaps: Bool) {
    setFeed(Assembly.Slot.samples, gaps ? feed.with(gaps: .zero) : feed)
    if gaps { setFeed(Assembly.Slot.presence, feed.with(gaps: .presence)) }
  }

  /// Says where the targets of the heads are.
  public func setFeed(targets feed: Feed) {
    setFeed(Assembly.Slot.targets, feed.with(gaps: .zero))
    setFeed(Assembly.Slot.targetPresence, feed.with(gaps: .presence))
  }

  /// Says where the records are whose conditions the decoder is told of codes to come.
  func setFeed(told feed: Feed) {
    setFeed(Assembly.Slot.told, feed.with(gaps: .zero))
    setFeed(Assembly.Slot.toldPresence, feed.with(gaps: .presence))
  }
}
