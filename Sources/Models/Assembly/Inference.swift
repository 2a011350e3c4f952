import HourglassEngine
import HourglassTensor

/// An autoencoder made ready to be used on many rows. Confined to one task.
public final class Inference {
  /// What is computed.
  public enum Part: Hashable, Sendable {
    /// Samples to codes.
    case encode
    /// Samples to codes that are drawn, where they are laws.
    case draw
    /// Codes to samples.
    case decode
    /// Samples to reconstructions, and the loss of each.
    case reconstruct
    /// Samples to the reconstruction term of each with a drawn code, and the KL divergence of its code from
    /// the prior; of a code that has one.
    case bound
    /// Samples to the log of the sum of importance weights of each, of so many draws of its code; of a code
    /// that has a density.
    case importance(draws: Int)
    /// Samples to the places of their codes; of a code that has such: see `Code.places(of:)`.
    case places
    /// Samples to what the decoder gives for them before a person can read it: logits, where the
    /// reconstruction term reads such.
    case outputs
    /// Codes to what the decoder gives for them before a person can read it.
    case decodeOutputs
    /// Records to what each of their slots adds to the loss: see `Assembly.terms`.
    case terms
    /// Samples to what the layers of all heads give, one head behind the other.
    case heads

    /// Whether codes go in, not samples.
    var readsCodes: Bool { self == .decode || self == .decodeOutputs }
  }

  /// Rows that are computed together.
  public static let rowsTogether = 1024

  private let session: Session
  private let capacity: Int
  private let hasGaps: Bool
  /// Values of a record.
  private let recordCount: Int
  /// Values of an input and of an output row.
  public let inputCount: Int
  public let outputCount: Int

  /// - Parameters:
  ///   - rows: rows that will come, if known; fewer than usual take less memory.
  ///   - gaps: whether values of samples may be missing: NaN in what is fed. The network is given 0 for them,
  ///     layers of sequences pass over steps without any value, and losses over the values.
  ///   - precision: of the factors of large products; one that the processor supports.
  public init(
    _ autoencoder: Autoencoder, _ part: Part, rows: Int = Inference.rowsTogether, gaps: Bool = false,
    precision: Precision = .float32, threads: Int = Team.processors
  ) {
    let outline = autoencoder.outline
    let gaps = !part.readsCodes && outline.asksForGaps(gaps)
    hasGaps = gaps
    let assembly: Assembly =
      switch part {
      case .encode: .encoder(outline, gaps: gaps)
      case .draw: .encoder(outline, gaps: gaps, isDrawn: true)
      case .decode: .decoder(outline, autoencoder.architecture)
      case .reconstruct: .reconstruction(outline, autoencoder.architecture, gaps: gaps)
      case .bound: .bound(outline, autoencoder.architecture, gaps: gaps)
      case .importance(let draws):
        .importance(outline, autoencoder.architecture, draws: draws, gaps: gaps)
      case .places: .places(outline, gaps: gaps)
      case .outputs: .outputs(outline, autoencoder.architecture, gaps: gaps)
      case .decodeOutputs: .decoder(outline)
      case .terms: .terms(outline, autoencoder.architecture, gaps: gaps)
      case .heads: .heads(outline, gaps: gaps)
      }
    recordCount = outline.input.count
    inputCount = part.readsCodes ? outline.code.count : outline.input.count
    outputCount =
      switch part {
      case .encode, .draw: outline.code.count
      case .bound, .importance: 1
      case .places: outline.codeNumbers
      case .outputs, .decodeOutputs:
        autoencoder.architecture.reconstruction.parameters(of: outline.input).count
      case .decode, .reconstruct, .terms: outline.input.count
      case .heads: autoencoder.architecture.heads.reduce(0) { $0 + $1.output.count }
      }
    capacity = max(1, min(rows, Inference.rowsTogether))
    let plan = assembly.plan(capacity: capacity, precision: precision)
    session = Session(
      plan, parameters: autoencoder.block, team: Team(count: plan.isSmall ? 1 : max(1, threads)))
  }

  /// Runs over `count` rows.
  ///
  /// - Parameters:
  ///   - feed: gives the rows from `start` on; it is asked once for every chunk of at most ``rowsTogether``
  ///     rows.
  ///   - visit: is given each chunk's first row, its outputs, and its losses (of reconstructions) or
  ///     divergences (of bounds).
  ///   - seed: of what is drawn.
  ///   - step: another one draws others.
  ///   - classes: the number of each row's class, of a model with a condition.
  ///   - told: of a part that reads codes, the records whose conditions the decoder is told, a row a code.
  public func run(
    count: Int, seed: UInt64 = 0, step: UInt32 = 0, classes: UnsafePointer<Float>? = nil,
    told: UnsafePointer<Float>? = nil,
    _ feed: (_ start: Int) -> Feed,
    _ visit: (Int, UnsafeBufferPointer<Float>, UnsafeBufferPointer<Float>?) throws -> Void
  ) rethrows {
    var start = 0
    while start < count {
      let rows = min(capacity, count - start)
      session.setFeed(samples: feed(start), gaps: hasGaps)
      if let classes { session.setFeed(Assembly.Slot.condition, Feed(floats: classes + start)) }
      if let told { session.setFeed(told: Feed(floats: told + start * recordCount)) }
      session.run(rows: rows, seed: seed, step: step, firstRow: start)
      let losses = session.plan.resultTotal > 1 ? session.rowsResult(1) : nil
      try visit(start, session.rowsResult(0), losses)
      start += rows
    }
  }
}

extension Autoencoder {
  /// The codes of samples on the model's own scale.
  ///
  /// - Parameter classes: the number of each sample's class, of a model with a `Condition`.
  /// - Throws: ``ModelError`` if the samples have another shape than the architecture's input, or classes are
  ///   missing.
  public func encode(
    _ samples: Tensor, classes: [Int]? = nil, threads: Int = Team.processors
  ) throws(ModelError) -> Tensor {
    try run(.encode, samples, Told(classes: classes), from: architecture.input, to: outline.code, threads)
  }

  /// The samples that codes stand for, on the model's own scale.
  ///
  /// - Parameter records: a record for each code, `[n, slots]`, of a model whose decoder is told some of its
  ///   slots (see `Record.toldCount`); others are not looked at, NaN is a gap.
  public func decode(
    _ codes: Tensor, classes: [Int]? = nil, records: Tensor? = nil, threads: Int = Team.processors
  ) throws(ModelError) -> Tensor {
    try run(
      .decode, codes, Told(classes: classes, records: records), from: outline.code, to: architecture.input,
      threads)
  }

  /// What the decoder gives for codes before a person can read it: of records the parameters of the slots'
  /// laws.
  public func decoderOutputs(
    _ codes: Tensor, classes: [Int]? = nil, records: Tensor? = nil, threads: Int = Team.processors
  ) throws(ModelError) -> Tensor {
    let output = architecture.reconstruction.parameters(of: architecture.input)
    return try run(
      .decodeOutputs, codes, Told(classes: classes, records: records), from: outline.code, to: output, threads
    )
  }

  /// Samples through the code and back, on the model's own scale.
  public func reconstruct(
    _ samples: Tensor, classes: [Int]? = nil, threads: Int = Team.processors
  ) throws(ModelError) -> Tensor {
    try run(
      .reconstruct, samples, Told(classes: classes), from: architecture.input, to: architecture.input, threads
    )
  }

  /// What a network is told beside what it is given.
  struct Told {
    var classes: [Int]?
    var records: Tensor?
  }

  /// - Parameter seed: of what is drawn.
  func run(
    _ part: Inference.Part, _ rows: Tensor, _ told: Told, from input: Shape, to output: Shape,
    seed: UInt64 = 0, _ threads: Int
  ) throws(ModelError) -> Tensor {
    guard rows.shape.rank > 0, rows.shape.sample == input else {
      throw ModelError(
        place: "\(part)", expected: "rows of \(input)", found: "\(rows.shape)",
        remedy: "give one row a sample: [n] + \(input)")
    }
    let numbers = try numbers(of: told.classes, count: rows.rows)
    let records = part.readsCodes ? try self.records(told.records, count: rows.rows) : []
    let inference = Inference(self, part, rows: rows.rows, threads: threads)
    let (element, stride) = (rows.element, input.count * rows.element.size)
    return Tensor(output.batch(rows.rows)) { result in
      rows.withBytes { bytes in
        UnsafeBufferPointer.both(numbers, records) { classes, records in
          guard let base = bytes.baseAddress else { return }
          inference.run(count: rows.rows, seed: seed, classes: classes, told: records) { start in
            Feed(base: base + start * stride, element: element)
          } _: { start, values, _ in
            let place = UnsafeMutableBufferPointer(
              rebasing: result[(start * output.count)..<(start * output.count + values.count)])
            _ = place.update(fromContentsOf: values)
          }
        }
      }
    }
  }

  /// Records to feed whose conditions the decoder is told; none for a model that is told none.
  private func records(_ records: Tensor?, count: Int) throws(ModelError) -> [Float] {
    guard let record = outline.record, record.toldCount > 0 else { return [] }
    guard let records, records.shape == [count, record.count] else {
      throw ModelError(
        place: "conditions", expected: "\(count) records of \(record.count) values",
        found: records.map { "\($0.shape)" } ?? "none",
        remedy: "give a record for each code, whose fields of the role in the decoder is told")
    }
    return records.values
  }

  /// The classes as numbers to feed; none for a model without a condition.
  private func numbers(of classes: [Int]?, count: Int) throws(ModelError) -> [Float] {
    guard let condition = outline.condition else { return [] }
    guard let classes, classes.count == count, classes.allSatisfy(condition.classes.indices.contains) else {
      throw ModelError(
        place: "condition", expected: "\(count) classes, numbers from 0 to \(condition.classes.count - 1)",
        found: classes.map { "\($0.count), or a number out of range" } ?? "none",
        remedy: "give the class of each row")
    }
    return classes.map { Float($0) }
  }
}

extension UnsafeBufferPointer where Element == Float {
  /// Where the values of two arrays lie; nil of one without any.
  fileprivate static func both<Result>(
    _ one: [Float], _ other: [Float], _ body: (UnsafePointer<Float>?, UnsafePointer<Float>?) throws -> Result
  ) rethrows -> Result {
    try one.withUnsafeBufferPointer { first in
      try other.withUnsafeBufferPointer { second in
        try body(
          one.isEmpty ? nil : first.baseAddress, other.isEmpty ? nil : second.baseAddress)
      }
    }
  }
}
