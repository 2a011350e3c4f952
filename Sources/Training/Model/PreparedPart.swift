import HourglassData
import HourglassEngine
import HourglassModels
import HourglassTensor

/// A part of a model made ready once and run on many data sets: rows as they come need no new plan each time.
/// Confined to one task.
package final class PreparedPart {
  private let preparation: Preparation
  private let condition: Condition?
  private let inference: Inference

  /// - Parameters:
  ///   - autoencoder: the model's own, or another of the same input.
  ///   - rows: of one data set at most; more are run in turns.
  package init(
    _ model: Model, _ autoencoder: Autoencoder, _ part: Inference.Part, rows: Int, gaps: Bool, threads: Int
  ) {
    preparation = model.preparation
    condition = autoencoder.architecture.condition
    inference = Inference(
      autoencoder, part, rows: rows, gaps: gaps, precision: model.precision, threads: threads)
  }

  /// Calls `visit` with the outputs of some rows at a time, and with their losses or divergences.
  ///
  /// - Throws: ``TrainingError`` for a class that the model does not know; what `visit` throws.
  package func visit(
    _ dataset: Dataset, _ visit: (Int, UnsafeBufferPointer<Float>, UnsafeBufferPointer<Float>?) throws -> Void
  ) throws {
    let rows = try TrainingRows(dataset, preparation.scaling, condition: condition)
    try inference.run(count: dataset.count, classes: rows.classNumbers, rows.nextFeed(from:), visit)
  }

  /// The outputs of all rows, one after the other.
  package func outputs(_ dataset: Dataset) throws -> (values: [Float], losses: [Float]) {
    var (values, losses): ([Float], [Float]) = ([], [])
    values.reserveCapacity(dataset.count * inference.outputCount)
    try visit(dataset) { _, batch, loss in
      values += batch
      if let loss { losses += loss }
    }
    return (values, losses)
  }
}
