import HourglassData
import HourglassModels
import HourglassTensor
import HourglassTraining

/// What single values of a code are of use for: how far the reconstruction moves where one is held at its
/// mean.
///
/// Variance alone does not tell. The values of a code that begins as principal components have the variances
/// of these: the last may vary by a thousandth of the first, and the error be a thousandth of it still.
struct CodeEffect {
  /// Samples that are looked at.
  private static let samples = 256

  private let autoencoder: Autoencoder
  private let codes: Tensor
  /// What the decoder is told of the samples, where they are records.
  private let records: Tensor?
  private let reconstructions: [Float]
  /// The mean squared error of the model on them.
  private let error: Double
  private let threads: Int

  /// Nil where a code alone does not decode: it needs the class of its sample too.
  init?(_ model: Model, _ dataset: Dataset, threads: Int) throws {
    guard model.autoencoder.architecture.condition == nil else { return nil }
    let part = dataset.subset(0..<min(dataset.count, CodeEffect.samples))
    autoencoder = model.autoencoder
    self.threads = threads
    codes = try model.encode(part, threads: threads)
    let given = model.preparation.scaling.apply(part.tensor(0..<part.count))
    records = model.conditions.isEmpty ? nil : given
    reconstructions = try model.autoencoder.decode(codes, records: records, threads: threads).values
    let samples = given.values
    error = CodeEffect.meanSquare(reconstructions, samples)
  }

  /// Whether a value moves the reconstruction by a part of its error that is worth a value of the code.
  func matters(_ place: Int) throws -> Bool {
    let width = codes.shape.sample.count
    var values = codes.values
    let places = stride(from: place, to: values.count, by: width)
    let mean = places.reduce(0.0) { $0 + Double(values[$1]) } / Double(max(1, codes.rows))
    for index in places { values[index] = Float(mean) }
    let moved = try autoencoder.decode(Tensor(codes.shape, values), records: records, threads: threads)
      .values
    return CodeEffect.meanSquare(moved, reconstructions) > Doctor.Threshold.codeVariance * error
  }

  /// Of values that are there.
  private static func meanSquare(_ one: [Float], _ other: [Float]) -> Double {
    var (sum, count) = (0.0, 0.0)
    for (a, b) in zip(one, other) where !b.isNaN {
      sum += Double(a - b) * Double(a - b)
      count += 1
    }
    return sum / max(1, count)
  }
}
