import HourglassEngine
import HourglassTensor

/// The parts of an objective.
extension Assembly {
  /// What terms are wanted for.
  enum Purpose {
    /// A training step: samples are corrupted and codes drawn.
    case training
    /// The same objective of held-out samples.
    case objective
    /// The evidence lower bound: codes are drawn, samples are as they are.
    case bound
    /// A model in use.
    case use

    var isDrawn: Bool { self != .use }
    var isObjective: Bool { self == .training || self == .objective }
  }

  /// What an autoencoder makes of samples.
  struct Terms {
    /// What the decoder is given.
    var code: Graph.Value
    var output: Graph.Value
    /// Of each sample the reconstruction term, the KL divergence of its code, and the whole objective.
    var reconstruction: Graph.Value
    var divergence: Graph.Value?
    var ofSamples: Graph.Value
    /// What the batch as a whole adds to the objective, one number.
    var ofBatch: Graph.Value?
  }

  /// Samples on their way to the code.
  struct Encoded {
    /// What the encoder reads.
    var given: Graph.Value
    /// What it gives.
    var output: Graph.Value
    var code: Code.Drawn
  }

  mutating func terms(_ outline: Outline, _ architecture: Architecture, _ purpose: Purpose) -> Terms {
    let x = samples(outline)
    let given = given(x, outline, corruption: purpose.isObjective ? architecture.corruption : [])
    let h = encoded(outline, given)
    let encoded = Encoded(given: given, output: h, code: code(outline, of: h, isDrawn: purpose.isDrawn))
    let output = decoded(outline, encoded.code.value, of: x)
    let reconstruction = self.reconstruction(architecture, of: x, output)
    let values = Float(architecture.reconstruction.values(of: outline.input))
    let share = (architecture.critic?.reconstruction ?? 1) * architecture.reconstructionWeight
    var whole = share == 0 ? graph.constant(0) : graph.multiply(reconstruction, share)
    if purpose.isObjective, outline.coding.draws > 1 {
      let bound = importanceWeighted(outline, architecture, of: x, encoded, first: reconstruction)
      whole = share == 0 ? graph.constant(0) : graph.multiply(bound, share)
    } else if let cost = encoded.code.cost {
      graph.label = "code"
      whole = graph.add(whole, graph.multiply(cost, 1 / values))
    }
    var ofBatch: Graph.Value?
    for penalty in architecture.penalties where purpose != .use {
      graph.label = "penalty \(penalty.name)"
      if let part = ofSamples(penalty, encoded, outline, values) { whole = graph.add(whole, part) }
      if let part = self.ofBatch(penalty, encoded) { ofBatch = ofBatch.map { graph.add($0, part) } ?? part }
    }
    if purpose.isObjective, let part = heads(outline, architecture, encoded, of: x, purpose) {
      whole = graph.add(whole, part)
    }
    graph.label = ""
    return Terms(
      code: encoded.code.value, output: output, reconstruction: reconstruction,
      divergence: encoded.code.divergence, ofSamples: whole,
      ofBatch: ofBatch)
  }

  /// What the encoder gives.
  mutating func encoded(_ outline: Outline, _ given: Graph.Value) -> Graph.Value {
    let isTraining = setting.isTraining
    defer { setting.isTraining = isTraining }
    if isEncoderFrozen { setting.isTraining = false }
    return append(outline.encoder, given)
  }

  /// What the decoder makes of codes, as the reconstruction term reads it.
  ///
  /// - Parameter x: the samples; nil where there are none.
  mutating func decoded(
    _ outline: Outline, _ code: Graph.Value, of x: Graph.Value? = nil
  ) -> Graph.Value {
    let steps = setting.steps
    defer { setting.steps = steps }
    setting.steps.areDecoded = true
    return parameters(outline, append(outline.decoder, code), of: x)
  }

  /// Of records with a library the parameters of their laws; of others what the decoder ends in.
  mutating func parameters(
    _ outline: Outline, _ output: Graph.Value, of x: Graph.Value? = nil
  ) -> Graph.Value {
    guard let record = outline.record, record.library != nil else { return output }
    graph.label = "library"
    defer { graph.label = "" }
    let learned = outline.ofFields.suffix(record.weightsOfLibrary().count).map {
      graph.parameter($0.weight.shape, offset: $0.offset)
    }
    return record.parameters(&graph, output, of: x, Array(learned))
  }

  /// What the encoder's output stands for.
  mutating func code(_ outline: Outline, of h: Graph.Value, isDrawn: Bool) -> Code.Drawn {
    graph.label = "code"
    defer { graph.label = "" }
    let weights = outline.ofCode.map { graph.parameter($0.weight.shape, offset: $0.offset) }
    let drawn = outline.coding.append(to: &graph, h, weights, isDrawn: isDrawn, &setting)
    guard case .gaussian(let numbers) = outline.coding, numbers.pseudoInputs > 0 else { return drawn }
    return held(drawn, to: weights[0], numbers, outline)
  }

  private mutating func reconstruction(
    _ architecture: Architecture, of x: Graph.Value, _ output: Graph.Value
  ) -> Graph.Value {
    graph.label = "reconstruction"
    defer { graph.label = "" }
    let presence = hasGaps ? graph.input(Slot.presence, graph.shape(of: x)) : nil
    return architecture.reconstruction.loss(
      &graph, output: output, target: x, presence: presence, isTraining: setting.isTraining)
  }

  /// What the encoder is given of samples.
  mutating func given(
    _ x: Graph.Value, _ outline: Outline, corruption: [Corruption] = []
  ) -> Graph.Value {
    guard let record = outline.record else { return limited(corrupted(x, corruption), outline) }
    graph.label = "fields"
    defer { graph.label = "" }
    var present = hasGaps ? graph.input(Slot.presence, outline.input) : nil
    for case .fields(let rate) in corruption {
      let kept = record.kept(&graph, rate: rate, stream: setting.nextStream())
      present = present.map { graph.multiply($0, kept) } ?? kept
    }
    let vectors = outline.ofFields.map { graph.parameter($0.weight.shape, offset: $0.offset) }
    let read = record.read(&graph, x, present: present, vectors, limit: outline.inputLimit)
    told = record.told(&graph, of: read)
    return read
  }

  /// Codes that are fed, and what the decoder is told of the records to come.
  mutating func codes(_ outline: Outline) -> Graph.Value {
    let code = graph.input(Slot.samples, outline.code)
    guard let record = outline.record, record.toldCount > 0 else { return code }
    graph.label = "fields"
    defer { graph.label = "" }
    let x = graph.input(Slot.told, outline.input)
    let present = record.hasGaps ? graph.input(Slot.toldPresence, outline.input) : nil
    let vectors = outline.ofFields.map { graph.parameter($0.weight.shape, offset: $0.offset) }
    told = record.read(
      &graph, x, present: present, vectors, limit: outline.inputLimit, isOfTold: true)
    return code
  }

  /// What the encoder reads of values far out: see `Architecture.inputLimit`.
  mutating func limited(_ x: Graph.Value, _ outline: Outline) -> Graph.Value {
    guard let limit = outline.inputLimit else { return x }
    graph.label = "inputLimit"
    defer { graph.label = "" }
    let below = graph.binary(.minimum, x, graph.constant(limit))
    return graph.binary(.maximum, below, graph.constant(-limit))
  }

  /// What the encoder reads of samples while training. Missing values stay 0.
  private mutating func corrupted(_ x: Graph.Value, _ kinds: [Corruption]) -> Graph.Value {
    guard !kinds.isEmpty else { return x }
    graph.label = "corruption"
    defer { graph.label = "" }
    var value = x
    if kinds.contains(where: \.isMadeOutside) {
      value = graph.input(Slot.degraded, graph.shape(of: x))
      return hasGaps ? graph.multiply(value, graph.input(Slot.presence, graph.shape(of: x))) : value
    }
    for kind in kinds { value = kind.append(to: &graph, value, stream: setting.nextStream()) }
    return hasGaps ? graph.multiply(value, graph.input(Slot.presence, graph.shape(of: x))) : value
  }

  /// Samples in; of each log Σ over draws of the code of p(x, z) / q(z | x) out: the importance weights of
  /// Burda et al. 2016. It is a programmer's mistake to ask for those of a code without a density.
  public static func importance(
    _ outline: Outline, _ architecture: Architecture, draws: Int, gaps: Bool = false
  ) -> Assembly {
    var assembly = Assembly(outline, isTraining: false, gaps: gaps)
    let x = assembly.samples(outline)
    let h = assembly.append(outline.encoder, assembly.given(x, outline))
    let weights = (0..<draws).map { _ in
      let code = assembly.code(outline, of: h, isDrawn: true)
      let output = assembly.decoded(outline, code.value, of: x)
      let term = assembly.reconstruction(architecture, of: x, output)
      return assembly.importanceWeight(outline, architecture, term, code, beta: 1)
    }
    assembly.results = [assembly.graph.logSumExp(assembly.graph.concatenate(weights))]
    return assembly
  }

  /// -log (1 / k) Σ over k draws of w, divided by the values of a sample: Burda et al. 2016, eq. 8.
  private mutating func importanceWeighted(
    _ outline: Outline, _ architecture: Architecture, of x: Graph.Value, _ encoded: Encoded,
    first: Graph.Value
  ) -> Graph.Value {
    guard case .gaussian(let numbers) = outline.coding else { return first }
    var weights = [importanceWeight(outline, architecture, first, encoded.code, beta: numbers.beta)]
    // A normalisation follows the statistics of one draw.
    let statistics = setting.statistics
    for _ in 1..<numbers.draws {
      let drawn = code(outline, of: encoded.output, isDrawn: true)
      let term = reconstruction(architecture, of: x, decoded(outline, drawn.value, of: x))
      weights.append(importanceWeight(outline, architecture, term, drawn, beta: numbers.beta))
    }
    setting.statistics = statistics
    graph.label = "code"
    let mean = graph.add(graph.logSumExp(graph.concatenate(weights)), -Float(numbers.draws).logarithm)
    return graph.multiply(mean, -1 / Float(architecture.reconstruction.values(of: outline.input)))
  }

  /// log w = log p(x | z) - beta (log q(z | x) - log p(z))
  private mutating func importanceWeight(
    _ outline: Outline, _ architecture: Architecture, _ term: Graph.Value, _ code: Code.Drawn, beta: Float
  ) -> Graph.Value {
    guard let ratio = code.logRatio else {
      preconditionFailure("importance: the code \(architecture.code) has no density")
    }
    graph.label = "code"
    let values = Float(architecture.reconstruction.values(of: outline.input))
    return graph.subtract(graph.multiply(term, -values), graph.multiply(ratio, beta))
  }
}
