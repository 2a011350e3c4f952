import HourglassData
import HourglassTensor
import HourglassTraining

extension Doctor {
  /// Samples of the held part that stand in the training part too: equal in every value.
  static func duplicates(_ found: Int, of held: Int) -> [Finding] {
    let measure = Measure(
      "duplicate_share", Double(found) / Double(max(1, held)), threshold: Threshold.duplicates)
    guard measure.isBeyond else { return [] }
    return [
      Finding(
        .duplicates, .warning, measure,
        problem:
          "\(found) of the \(held) held samples (\(measure.value.percent)) stand among the training "
          + "samples too: the model is judged by what it has seen.",
        remedy: "Remove repeated rows from the data before training, or give other samples to judge by "
          + "(--validation SOURCE).")
    ]
  }

  /// How many samples of a data set stand in another one too. Complexity: O(samples), with 64-bit digests of
  /// the samples in memory.
  static func copies(in held: Dataset, of training: Dataset) -> Int {
    guard held.sampleShape.count == training.sampleShape.count else { return 0 }
    let known = Set(training.digests())
    return held.digests().count { known.contains($0) }
  }
}
