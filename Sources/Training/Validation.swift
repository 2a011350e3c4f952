import HourglassData
import HourglassEngine
import HourglassModels
import HourglassTensor

/// The mean objective of held samples, by their weights where they have some, computed with a trainer's
/// parameters.
final class Validation {
  private static let rowsTogether = 1024

  private let rows: TrainingRows
  private let session: Session
  private let hasGaps: Bool
  private let places: Block

  init(_ held: Dataset, _ autoencoder: Autoencoder, _ scaling: Scaling, team: Team) throws {
    rows = try TrainingRows(
      held, scaling, shares: held.shares(), condition: autoencoder.architecture.condition)
    hasGaps = held.hasGaps
    let capacity = min(held.count, Validation.rowsTogether)
    let assembly = Assembly.losses(
      autoencoder.outline, autoencoder.architecture, gaps: hasGaps, rows: capacity)
    session = Session(assembly.plan(capacity: capacity), parameters: autoencoder.block, team: team)
    places = assembly.setPlaces(of: session)
    // What grows while training is held out at its full size.
    session.setScalar(Assembly.Scalar.progress, 1)
  }

  func loss(_ parameters: UnsafeMutableBufferPointer<Float>) -> Double {
    _ = session.parameters.update(fromContentsOf: parameters)
    var sums: [Double] = []
    var start = 0
    while start < rows.count {
      let count = min(session.plan.capacity, rows.count - start)
      rows.prefetch(after: start..<(start + count), isFirst: start == 0)
      session.setFeed(samples: rows.feed(from: start), gaps: hasGaps)
      if let classes = rows.classFeed(from: start) { session.setFeed(Assembly.Slot.condition, classes) }
      session.setScalar(Assembly.Scalar.inverseRows, 1 / Float(count))
      session.run(rows: count, firstRow: start)
      var losses = session.rowsResult(0).map(Double.init)
      if let shares = rows.shares(from: start) {
        for index in losses.indices { losses[index] *= Double(shares[index]) }
      }
      sums.append(Statistics.sum(losses))
      start += count
    }
    let ofWeights = session.plan.resultTotal > 1 ? Double(session.fixedResult(1)[0]) : 0
    return Statistics.sum(sums) / Double(rows.count) + ofWeights
  }
}
