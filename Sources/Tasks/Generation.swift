import HourglassData
import HourglassEngine
import HourglassModels
import HourglassTensor
import HourglassTraining

extension Model {
  /// New samples, decoded from codes that are drawn from the prior, the one fitted to the codes if there is
  /// one: `[n, sample…]` in the units of the data.
  ///
  /// - Parameters:
  ///   - name: the class that all are to be of, of a model with a condition; nil: each class in turn.
  ///   - given: records whose fields of the role in the samples are drawn for, each in turn; of a model that
  ///     has such.
  ///   - temperature: below 1 codes are drawn nearer to where their law is highest: samples are the likelier
  ///     and the more alike; above 1 the other way.
  ///   - seed: the same seed gives the same samples.
  /// - Throws: ``TrainingError`` for a model whose codes follow no law: see `Architecture.hasPrior`; for one
  ///   that is told fields of which none are given.
  public func generate(
    _ count: Int, of name: String? = nil, given: Tensor? = nil, temperature: Float = 1, seed: UInt64,
    threads: Int = Team.processors
  ) throws -> Tensor {
    let classes = try classes(count, name)
    let records = try records(given, count: count)
    let code = autoencoder.architecture.code
    let random = Random(seed: seed, stream: .latent)
    if let prior {
      let codes = try prior.draw(count, random, temperature: temperature, for: autoencoder)
      return try drawn(codes, classes, records, seed: seed, threads)
    }
    guard autoencoder.architecture.hasPrior else {
      throw TrainingError(
        place: "generate", expected: "a model whose codes follow a distribution that can be drawn from",
        found: "a code of \(code.words)",
        remedy:
          "train one with --family variational or --family adversarial, or draw from a distribution that is fitted to the codes of some samples: generate --fit SOURCE, or train --prior"
      )
    }
    if case .categorical = code, temperature != 1 {
      throw TrainingError(
        place: "temperature", expected: "a distribution that is higher in some places than in others",
        found: "even odds of \(code.words)",
        remedy: "leave it out, or train one with --prior autoregressive")
    }
    let codes = try autoencoder.draw(count, random, temperature: temperature)
    return try drawn(codes, classes, records, seed: seed, threads)
  }

  /// Samples of codes: of records a draw from the law of each field, of others the decoder's own.
  private func drawn(
    _ codes: Tensor, _ classes: [Int]?, _ records: Tensor?, seed: UInt64, _ threads: Int
  ) throws -> Tensor {
    guard let laws = FieldLaws(self), let record = autoencoder.outline.record else {
      return try decode(codes, classes: classes, threads: threads)
    }
    let outputs = try autoencoder.decoderOutputs(
      codes.reshaped(autoencoder.outline.code.batch(codes.rows)), classes: classes, records: records,
      threads: threads)
    let drawn = record.keeping(conditionsOf: records, in: laws.draws(from: outputs, seed: seed))
    return gaps?.leavingGaps(in: drawn, record, seed: seed) ?? drawn
  }

  /// The number of a class among those that the model is told of: of no name that of the first; nil for a
  /// model that is told none.
  ///
  /// - Throws: ``TrainingError`` for a class that the model does not know.
  public func number(ofClass name: String?) throws(TrainingError) -> Int? { try classes(1, name)?.first }

  /// The classes of samples to come; nil for a model that is told none.
  private func classes(_ count: Int, _ name: String?) throws(TrainingError) -> [Int]? {
    let known = autoencoder.architecture.condition?.classes ?? []
    guard let name else { return known.isEmpty ? nil : (0..<count).map { $0 % known.count } }
    guard let number = known.firstIndex(of: name) else {
      throw TrainingError(
        place: "class",
        expected: known.isEmpty
          ? "none: the model knows no classes"
          : "one of " + known.prefix(50).joined(separator: ", "), found: "'\(name)'",
        remedy: known.isEmpty ? "train one with --conditional and --label" : nil)
    }
    return Array(repeating: number, count: count)
  }
}
