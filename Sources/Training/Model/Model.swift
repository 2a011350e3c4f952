import HourglassData
import HourglassEngine
import HourglassModels
import HourglassTensor

/// A trained autoencoder with all that is needed to use it on raw data: what a model file holds.
///
/// ```swift
/// let model = try Model(contentsOf: "mnist.safetensors")
/// let codes = try model.encode(dataset)
/// ```
public struct Model: Sendable {
  public internal(set) var autoencoder: Autoencoder
  /// How samples are scaled on their way in, and back on their way out.
  public let preparation: Preparation
  public var provenance: Provenance?
  /// The principal components of the training samples, as many as the code has values: the linear control
  /// that the model is held against on other data.
  public var control: PrincipalComponents?
  /// The law that codes for new samples are drawn from, where one was fitted to the codes.
  public var prior: Prior?
  /// Which fields of drawn records have no value, of a model that draws records of a table with gaps.
  public var gaps: GapPrior?
  /// The samples that it was trained on, so that they are told apart from others.
  public var known: KnownSamples?
  /// What normal samples look like to it, so that odd ones are told apart at a rate.
  public var calibration: Calibration?
  /// Other networks trained on the same samples, whose answers are taken in the mean with this one's where
  /// samples are scored.
  public var members: [Autoencoder] = []
  /// What the factors of large products are rounded to in all that the model is asked, whatever it was
  /// trained with; one that the processor supports. No file keeps it.
  public var precision = Precision.float32

  public init(
    _ autoencoder: Autoencoder, _ preparation: Preparation, _ provenance: Provenance? = nil,
    control: PrincipalComponents? = nil, prior: Prior? = nil, gaps: GapPrior? = nil,
    known: KnownSamples? = nil
  ) {
    self.autoencoder = autoencoder
    self.preparation = preparation
    self.provenance = provenance
    self.control = control
    self.prior = prior
    self.gaps = gaps
    self.known = known
  }

  /// The same model for data whose values may be missing, though none was in training: the network is given 0
  /// in their place, on the model's own scale.
  public func allowingGaps() -> Model { with(preparation.allowingGaps()) }

  /// The same model for data that are prepared otherwise.
  public func with(_ preparation: Preparation) -> Model {
    var model = Model(
      autoencoder, preparation, provenance, control: control, prior: prior, gaps: gaps, known: known)
    (model.calibration, model.members) = (calibration, members)
    model.precision = precision
    return model
  }

  /// The codes of samples: `[n, code…]`.
  ///
  /// - Parameter precision: of the factors of large products; nil: the model's ``precision``.
  /// - Throws: `DataError` if the samples are not of the kind the model was trained on; ``TrainingError`` if
  ///   the processor does not support the precision.
  public func encode(
    _ dataset: Dataset, precision: Precision? = nil, threads: Int = Team.processors
  ) throws -> Tensor {
    let precision = precision ?? self.precision
    try precision.checkProcessor()
    return try encode(emulating: dataset, precision, threads: threads)
  }

  /// As above, also where the processor only emulates the precision: for tests.
  package func encode(emulating dataset: Dataset, _ precision: Precision, threads: Int) throws -> Tensor {
    try check(dataset)
    return try run(.encode, dataset, autoencoder.outline.code, precision, threads)
  }

  /// Codes drawn from the laws that the encoder gives: `[n, code…]`. Of a code that is no law the code
  /// itself.
  ///
  /// - Parameter seed: the same seed draws the same codes.
  /// - Throws: `DataError` if the samples are not of the kind the model was trained on.
  public func drawCodes(
    _ dataset: Dataset, seed: UInt64, threads: Int = Team.processors
  ) throws -> Tensor {
    try check(dataset)
    return try run(.draw, dataset, autoencoder.outline.code, precision, threads, seed: seed)
  }

  /// Samples through the code and back, in the units of the data: `[n, sample…]`. Where a value is missing
  /// stands what the model makes of the others; behind the end of a series that was filled up it stays
  /// missing.
  ///
  /// - Throws: `DataError` if the samples are not of the kind the model was trained on.
  public func reconstruct(_ dataset: Dataset, threads: Int = Team.processors) throws -> Tensor {
    try check(dataset)
    let values = try run(.reconstruct, dataset, preparation.sampleShape, precision, threads)
    return dataset.markingPadding(in: preparation.scaling.undo(values))
  }

  /// The samples that codes stand for, in the units of the data: `[n, sample…]`.
  ///
  /// - Parameters:
  ///   - classes: the number of each sample's class among those of the architecture's condition, of a model
  ///     that has one.
  ///   - records: a record for each code, of whose fields the decoder is told some; nil: typical ones.
  /// - Throws: ``TrainingError`` if the codes have another shape than the model's; `ModelError` if classes
  ///   are missing.
  public func decode(
    _ codes: Tensor, classes: [Int]? = nil, records: Tensor? = nil, threads: Int = Team.processors
  ) throws -> Tensor {
    let shape = autoencoder.outline.code
    guard codes.shape.rank > 0, codes.shape.sample.count == shape.count else {
      throw TrainingError(
        place: "codes", expected: "rows of \(shape.count) values", found: "\(codes.shape)",
        remedy: "give codes that this model's encode made")
    }
    let samples = try autoencoder.decode(
      codes.reshaped(shape.batch(codes.rows)), classes: classes,
      records: records ?? typicalRecords(codes.rows), threads: threads)
    let told = autoencoder.outline.record?.keeping(conditionsOf: records, in: samples) ?? samples
    return preparation.scaling.undo(told.reshaped(preparation.sampleShape.batch(codes.rows)))
  }

  /// Calls `visit` with samples, reconstructions and losses on the model's own scale, some rows at a time:
  /// what measures are computed from without holding all reconstructions. A value that is missing is NaN
  /// among the samples; losses pass over it, and the loss of a sample without any value is 0.
  ///
  /// - Throws: `DataError` if the samples are not of the kind the model was trained on; what `visit` throws.
  public func visit(
    _ dataset: Dataset, threads: Int = Team.processors,
    _ visit: (
      _ start: Int, _ samples: UnsafeBufferPointer<Float>, _ reconstructions: UnsafeBufferPointer<Float>,
      _ losses: UnsafeBufferPointer<Float>
    ) throws -> Void
  ) throws {
    let width = autoencoder.outline.input.count
    try pass(.reconstruct, dataset, threads) { start, values, losses in
      let count = values.count / width
      let samples = preparation.scaling.apply(dataset.tensor(start..<(start + count)))
      try samples.withBytes { bytes in
        guard let losses else { return }
        try visit(start, bytes.bindMemory(to: Float.self), values, losses)
      }
    }
  }

  /// Calls `visit` with what each slot of each record adds to its loss, weighted: `[slots]` a row, 0 where a
  /// value is missing; some rows at a time. Of a model of records.
  ///
  /// - Throws: `DataError` if the samples are not of the kind the model was trained on; what `visit` throws.
  public func visitTerms(
    _ dataset: Dataset, threads: Int = Team.processors,
    _ visit: (_ start: Int, _ terms: UnsafeBufferPointer<Float>) throws -> Void
  ) throws {
    try pass(.terms, dataset, threads) { start, terms, _ in try visit(start, terms) }
  }

  /// The numbers that the decoder ends in for each sample: `[n, numbers]`. Of records, the parameters of the
  /// slots' laws.
  ///
  /// - Throws: `DataError` if the samples are not of the kind the model was trained on.
  public func outputs(_ dataset: Dataset, threads: Int = Team.processors) throws -> Tensor {
    try check(dataset)
    let architecture = autoencoder.architecture
    return try run(
      .outputs, dataset, architecture.reconstruction.parameters(of: architecture.input), precision, threads)
  }

  /// Calls `visit` with the reconstruction term of each sample, its code drawn, and with the KL divergence of
  /// its code from the prior in nats, some rows at a time; for a model whose code has a prior.
  ///
  /// - Throws: `DataError` if the samples are not of the kind the model was trained on; what `visit` throws.
  public func visitBound(
    _ dataset: Dataset, threads: Int = Team.processors,
    _ visit: (
      _ start: Int, _ terms: UnsafeBufferPointer<Float>, _ divergences: UnsafeBufferPointer<Float>
    ) throws -> Void
  ) throws {
    try pass(.bound, dataset, threads) { start, terms, divergences in
      guard let divergences else { return }
      try visit(start, terms, divergences)
    }
  }

  /// Calls `visit` with what each layer gives for samples, some rows at a time.
  ///
  /// - Parameter activations: of this model's autoencoder.
  /// - Throws: `DataError` if the samples are not of the kind the model was trained on; what `visit` throws.
  public func visit(
    _ activations: Activations, _ dataset: Dataset,
    _ visit: (_ start: Int, _ outputs: [UnsafeBufferPointer<Float>]) throws -> Void
  ) throws {
    try check(dataset)
    let rows = try TrainingRows(
      dataset, preparation.scaling, condition: autoencoder.architecture.condition)
    try activations.run(count: dataset.count, classes: rows.classNumbers, rows.nextFeed(from:), visit)
  }

  /// Calls `visit` with the log of the sum of `draws` importance weights of each sample, some rows at a time;
  /// for a model whose code has a density. Each `step` draws others.
  ///
  /// - Throws: `DataError` if the samples are not of the kind the model was trained on; what `visit` throws.
  public func visitImportance(
    _ dataset: Dataset, draws: Int, steps: Range<Int>, seed: UInt64, threads: Int = Team.processors,
    _ visit: (_ start: Int, _ logWeights: UnsafeBufferPointer<Float>) throws -> Void
  ) throws {
    try check(dataset)
    let rows = try TrainingRows(
      dataset, preparation.scaling, condition: autoencoder.architecture.condition)
    let inference = Inference(
      autoencoder, .importance(draws: draws), rows: dataset.count, gaps: dataset.hasGaps,
      precision: precision, threads: threads)
    for step in steps {
      try inference.run(
        count: dataset.count, seed: seed, step: UInt32(truncatingIfNeeded: step), classes: rows.classNumbers,
        rows.nextFeed(from:)
      ) { start, weights, _ in try visit(start, weights) }
    }
  }

  /// The places of the codes of samples, whole numbers: of a codebook the entry of each vector, of a
  /// categorical code the class of each variable: `[n, place…]`.
  ///
  /// - Throws: `DataError` if the samples are not of the kind the model was trained on; ``TrainingError`` for
  ///   a model whose codes have none.
  public func places(of dataset: Dataset, threads: Int = Team.processors) throws -> Tensor {
    let outline = autoencoder.outline
    guard let shape = outline.coding.places(of: outline.code) else {
      throw TrainingError(
        place: "places", expected: "a model with a discrete code", found: "a code of \(outline.coding.words)",
        remedy: "train one with --family quantised or categorical")
    }
    try check(dataset)
    return try run(.places, dataset, shape, precision, threads)
  }

  /// One pass of a part over samples, which are checked first.
  private func pass(
    _ part: Inference.Part, _ dataset: Dataset, _ threads: Int,
    _ visit: (Int, UnsafeBufferPointer<Float>, UnsafeBufferPointer<Float>?) throws -> Void
  ) throws {
    try check(dataset)
    try PreparedPart(self, autoencoder, part, rows: dataset.count, gaps: dataset.hasGaps, threads: threads)
      .visit(dataset, visit)
  }

  private func run(
    _ part: Inference.Part, _ dataset: Dataset, _ output: Shape, _ precision: Precision, _ threads: Int,
    seed: UInt64 = 0
  ) throws -> Tensor {
    let rows = try TrainingRows(
      dataset, preparation.scaling, condition: autoencoder.architecture.condition)
    let inference = Inference(
      autoencoder, part, rows: dataset.count, gaps: dataset.hasGaps, precision: precision, threads: threads)
    return Tensor(output.batch(dataset.count)) { result in
      inference.run(
        count: dataset.count, seed: seed, classes: rows.classNumbers, rows.nextFeed(from:)
      ) { start, values, _ in
        let from = start * output.count
        let place = UnsafeMutableBufferPointer(rebasing: result[from..<(from + values.count)])
        _ = place.update(fromContentsOf: values)
      }
    }
  }
}

extension Trainer {
  /// The best autoencoder so far with its preparation, ready to be used or saved; without a control, and
  /// without knowing its training samples.
  public var model: Model { Model(bestAutoencoder, preparation, provenance) }

  /// The same with the principal components of the training samples, which take a few passes over them, and
  /// with what tells these samples apart from others.
  public func finishedModel() throws -> Model {
    var model = model
    // Levels and counts have no principal components. Those of clean samples, as many as a sample has values,
    // change nothing and say nothing of one that restores.
    let outline = model.autoencoder.outline
    let restores =
      !model.autoencoder.architecture.corruption.isEmpty && outline.codeNumbers >= outline.input.count
    if outline.record == nil, !restores {
      model.control = try PrincipalComponents(
        model.autoencoder.outline.codeNumbers, of: training, preparation.scaling, seed: recipe.seed,
        threads: threads)
    }
    if !model.autoencoder.architecture.heads.isEmpty, let held,
      (try? TargetRows(
        model.autoencoder.architecture.heads, held)) != nil
    {
      model = try model.calibratingHeads(on: held, threads: threads)
    }
    model.known = try KnownSamples(training, validating: held)
    let idle = try training.shares()?.count { $0 == 0 } ?? 0
    let idleHeld = try held?.shares()?.count { $0 == 0 } ?? 0
    model.provenance?.weightless = idle > 0 ? idle : nil
    model.provenance?.validationWeightless = idleHeld > 0 ? idleHeld : nil
    if model.autoencoder.outline.record == nil {
      model.provenance?.heavy = try HeavySamples(training, preparation.scaling)
        .map(HeavySamples.Record.init)
    }
    return model
  }
}
