import HourglassData
import HourglassEngine
import HourglassModels
import HourglassTensor

/// The mean objective of held samples, computed with a trainer's parameters.
final class Validation {
  private static let rowsTogether = 1024

  private let rows: TrainingRows
  private let session: Session

  init(_ held: Dataset, _ autoencoder: Autoencoder, _ scaling: Scaling, team: Team) throws {
    rows = try TrainingRows(held, scaling)
    let assembly = Assembly.losses(autoencoder.outline, autoencoder.architecture)
    session = Session(
      assembly.plan(capacity: min(held.count, Validation.rowsTogether)), parameters: autoencoder.block,
      team: team)
  }

  func loss(_ parameters: UnsafeMutableBufferPointer<Float>) -> Double {
    _ = session.parameters.update(fromContentsOf: parameters)
    var sums: [Double] = []
    var start = 0
    while start < rows.count {
      let count = min(session.plan.capacity, rows.count - start)
      session.setFeed(Assembly.Slot.samples, rows.feed(from: start))
      session.run(rows: count)
      sums.append(Statistics.sum(session.rowsResult(0).map(Double.init)))
      start += count
    }
    let ofWeights = session.plan.resultTotal > 1 ? Double(session.fixedResult(1)[0]) : 0
    return Statistics.sum(sums) / Double(rows.count) + ofWeights
  }
}
