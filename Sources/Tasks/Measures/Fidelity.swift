import HourglassData
import HourglassEngine
import HourglassTensor
import HourglassTraining

/// How like generated samples are to real ones, in the features of a classifier of the real ones.
///
/// The measures are of that classifier: they compare sets of samples that were judged by the same one, and
/// are no numbers to hold beside those of other features.
public struct Fidelity: Hashable, Sendable {
  /// Samples judged of each kind at most; of more, so many are drawn.
  public static let samplesAtMost = 10_000

  /// Of the classifier, on a tenth of the real samples that it was not trained on.
  public let accuracy: Double
  /// ``NormalLaw/frechetDistance(to:)`` of the features: 0 for the same law.
  public let frechetDistance: Double
  public let precision: Double
  public let recall: Double
  /// The Fréchet distance of two halves of the real samples: what is reached by chance, not by generating.
  public let frechetDistanceOfHalves: Double

  /// - Parameters:
  ///   - real: samples whose classes are known.
  ///   - generated: two samples or more of the same kind; their classes do not matter.
  ///   - epochs: of the classifier's training.
  /// - Throws: `DataError` where samples are not of one kind, have gaps, or the real ones no classes.
  public init(
    real: Dataset, generated: Dataset, epochs: Int = 10, seed: UInt64 = 1, threads: Int = Team.processors
  ) throws {
    guard generated.count > 1 else {
      throw DataError(
        place: generated.origin, expected: "two samples or more", found: "\(generated.count)",
        remedy: "generate some thousands")
    }
    let classifier = try FeatureClassifier(on: real, epochs: epochs, seed: seed, threads: threads)
    accuracy = classifier.accuracy
    let first = try classifier.features(of: Fidelity.drawn(real, seed), threads: threads)
    let second = try classifier.features(of: Fidelity.drawn(generated, seed), threads: threads)
    frechetDistance = NormalLaw(of: first).frechetDistance(to: NormalLaw(of: second))
    // Every other sample, lest an order of the file makes the halves differ.
    let halves = (0..<2).map { half in
      let rows = stride(from: half, to: first.rows, by: 2).map { first[$0..<($0 + 1)].values }
      return NormalLaw(of: Tensor([rows.count, FeatureClassifier.features], rows.flatMap { $0 }))
    }
    frechetDistanceOfHalves = halves[0].frechetDistance(to: halves[1])
    let coverage = Coverage(real: first, generated: second, threads: threads)
    (precision, recall) = (coverage.precision, coverage.recall)
  }

  private static func drawn(_ dataset: Dataset, _ seed: UInt64) -> Dataset {
    guard dataset.count > samplesAtMost else { return dataset }
    let order = Random(seed: seed, stream: .sampling).permutation(dataset.count)
    return dataset.subset(order.prefix(samplesAtMost).sorted())
  }
}
