import HourglassData
import HourglassEngine
import HourglassModels
import HourglassTensor
import HourglassTraining

/// A small classifier, trained on the spot, whose last hidden layer is a space in which samples that mean the
/// same lie together.
///
///     x → dense(128) → relu → dense(64) → relu = features → dense(classes) → softmax
///
/// Trained by Adam (rate 0.001, β 0.9 and 0.999) on the cross-entropy in batches of 128. The same data and
/// seed give the same classifier, to the byte, on any number of threads.
public struct FeatureClassifier: Sendable {
  public static let hidden = 128
  public static let features = 64
  static let batch = 128

  /// The labels, in order: class k of the network is `classes[k]`.
  public let classes: [Int32]
  /// Share of the held tenth of the samples whose class is found.
  public let accuracy: Double
  private let parameters: [Float]
  private let inputs: Int
  /// Every value is shifted and scaled alike, to mean 0 and deviation 1.
  private let (shift, scale): (Float, Float)

  /// - Parameters:
  ///   - dataset: labelled samples without gaps, two classes or more.
  ///   - epochs: passes over nine tenths of the samples.
  /// - Throws: `DataError` for samples without labels, of one class, with gaps, or fewer than 20.
  public init(
    on dataset: Dataset, epochs: Int = 10, seed: UInt64 = 1, threads: Int = Team.processors
  ) throws {
    let labels = try FeatureClassifier.labels(of: dataset)
    classes = Set(labels).sorted()
    inputs = dataset.sampleShape.count
    (shift, scale) = FeatureClassifier.scaling(dataset)
    let places = Dictionary(uniqueKeysWithValues: classes.enumerated().map { ($1, $0) })
    let targets = labels.map { places[$0] ?? 0 }
    let order = Random(seed: seed, stream: .split).permutation(dataset.count)
    let held = dataset.count / 10
    let network = ClassifierNetwork(
      inputs: inputs, classes: classes.count, seed: seed, threads: max(1, threads))
    var step = 0
    for epoch in 0..<epochs {
      var drawn = Array(order[held...])
      Random(seed: seed, stream: .shuffle).shuffle(&drawn, step: UInt32(epoch))
      for start in stride(from: 0, to: drawn.count, by: FeatureClassifier.batch) {
        let rows = Array(drawn[start..<min(start + FeatureClassifier.batch, drawn.count)])
        step += 1
        let samples = FeatureClassifier.values(dataset.subset(rows).tensor, shift, scale)
        network.train(samples, rows.map { targets[Int($0)] }, step: step)
      }
    }
    parameters = network.parameters
    var right = 0
    for start in stride(from: 0, to: held, by: FeatureClassifier.batch) {
      let rows = Array(order[start..<min(start + FeatureClassifier.batch, held)])
      let samples = FeatureClassifier.values(dataset.subset(rows).tensor, shift, scale)
      let found = network.classes(samples, rows: rows.count)
      right += zip(found, rows).count { $0 == targets[Int($1)] }
    }
    accuracy = held > 0 ? Double(right) / Double(held) : .nan
  }

  /// The features of samples: `[n, features]`.
  ///
  /// - Throws: `DataError` for samples of another size, or with gaps.
  public func features(of dataset: Dataset, threads: Int = Team.processors) throws -> Tensor {
    guard dataset.sampleShape.count == inputs else {
      throw DataError(
        place: dataset.origin, expected: "samples of \(inputs) values, as the classifier was trained on",
        found: "\(dataset.sampleShape)", remedy: "give samples of the same kind")
    }
    try FeatureClassifier.refuseGaps(dataset)
    let network = ClassifierNetwork(
      inputs: inputs, classes: classes.count, parameters: parameters, threads: max(1, threads))
    var values: [Float] = []
    for start in stride(from: 0, to: dataset.count, by: FeatureClassifier.batch) {
      let range = start..<min(start + FeatureClassifier.batch, dataset.count)
      values += network.features(
        FeatureClassifier.values(dataset.tensor(range), shift, scale), rows: range.count)
    }
    return Tensor([dataset.count, FeatureClassifier.features], values)
  }

  private static func values(_ tensor: Tensor, _ shift: Float, _ scale: Float) -> [Float] {
    tensor.values.map { ($0 - shift) * scale }
  }

  private static func refuseGaps(_ dataset: Dataset) throws {
    guard dataset.hasGaps else { return }
    throw DataError(
      place: dataset.origin, expected: "samples without missing values", found: "some that are missing",
      remedy: "fill them first: reconstruct does it with a model that was trained with --gaps")
  }

  private static func labels(of dataset: Dataset) throws -> [Int32] {
    try refuseGaps(dataset)
    guard let labels = dataset.orderedLabels else {
      throw DataError(
        place: dataset.origin, expected: "samples whose classes are known", found: "no classes",
        remedy: "name them with --label")
    }
    guard dataset.count >= 20, Set(labels).count > 1 else {
      throw DataError(
        place: dataset.origin, expected: "20 samples of two classes or more",
        found: "\(dataset.count) samples of \(Set(labels).count)", remedy: "give more samples")
    }
    return labels
  }

  /// Of at most 4096 samples, taken in the order given.
  private static func scaling(_ dataset: Dataset) -> (Float, Float) {
    let values = dataset.tensor(0..<min(dataset.count, 4096)).doubles
    let deviation = (Statistics.variance(values) ?? 0).squareRoot()
    return (Float(Statistics.mean(values) ?? 0), deviation > 0 ? Float(1 / deviation) : 1)
  }
}
