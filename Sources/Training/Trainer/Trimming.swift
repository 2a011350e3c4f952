import HourglassData
import HourglassEngine
import HourglassModels
import HourglassTensor

/// Leaves out the worst share of samples: those that the parameters as they are reconstruct worst.
///
/// A sample that is like few others is reconstructed badly as long as the others outvote it; trained on for
/// long enough, a network learns it by heart. Left out, it is not. Iterative trimmed loss minimisation, Shen
/// and Sanghavi 2019; trimmed least squares, Rousseeuw 1984.
package final class Trimming {
  private static let rowsTogether = 1024

  private let share: Double
  private let rows: TrainingRows
  /// How much each sample counts, by position; nil where all count alike.
  private let shares: [Float]?
  /// Where classes are drawn equally often the class of each, so that each loses the same share.
  private let classes: [Int32]?
  private let session: Session
  private let hasGaps: Bool

  /// - Parameters:
  ///   - share: of the samples, by their weights where they have some.
  ///   - classes: the class of each position, to leave out a share of each class; nil: of all together.
  init(
    _ share: Float, of dataset: Dataset, classes: [Int32]? = nil, _ autoencoder: Autoencoder,
    _ scaling: Scaling, team: Team
  ) throws {
    self.share = Double(share)
    self.classes = classes
    shares = try dataset.shares()
    rows = try TrainingRows(dataset, scaling, condition: autoencoder.architecture.condition)
    hasGaps = autoencoder.outline.asksForGaps(dataset.hasGaps)
    let capacity = min(dataset.count, Trimming.rowsTogether)
    let assembly = Assembly.surprises(
      autoencoder.outline, autoencoder.architecture, gaps: hasGaps, rows: capacity)
    session = Session(assembly.plan(capacity: capacity), parameters: autoencoder.block, team: team)
  }

  /// What a recipe leaves out of its training samples; nil where that is none.
  convenience init?(
    _ recipe: Recipe, of training: Dataset, _ autoencoder: Autoencoder, _ scaling: Scaling, team: Team
  ) throws {
    guard let share = recipe.trim else { return nil }
    let classes = recipe.isBalanced ? training.orderedLabels : nil
    try self.init(share, of: training, classes: classes, autoencoder, scaling, team: team)
  }

  /// The positions that stay, in the data set's order.
  func kept(_ parameters: UnsafeMutableBufferPointer<Float>) -> [UInt32] {
    _ = session.parameters.update(fromContentsOf: parameters)
    var surprises: [Float] = []
    surprises.reserveCapacity(rows.count)
    for start in stride(from: 0, to: rows.count, by: session.plan.capacity) {
      let count = min(session.plan.capacity, rows.count - start)
      rows.prefetch(after: start..<(start + count), isFirst: start == 0)
      session.setFeed(samples: rows.feed(from: start), gaps: hasGaps)
      if let classes = rows.classFeed(from: start) { session.setFeed(Assembly.Slot.condition, classes) }
      session.setScalar(Assembly.Scalar.inverseRows, 1 / Float(count))
      session.run(rows: count, firstRow: start)
      surprises += session.rowsResult(0)
    }
    return Trimming.kept(surprises, share: share, shares: shares, classes: classes)
  }

  /// The positions that stay where the worst are left out until one more would be more than their share; of
  /// equals the first goes first, and what is no number is worst of all.
  ///
  /// - Parameters:
  ///   - shares: how much each counts; nil: all alike. One that does not count stays.
  ///   - classes: the class of each, of each of which the share is left out; nil: of all together.
  package static func kept(
    _ surprises: [Float], share: Double, shares: [Float]?, classes: [Int32]?
  ) -> [UInt32] {
    func weight(_ position: Int) -> Double { shares.map { Double($0[position]) } ?? 1 }
    let ranks = surprises.map { $0.isNaN ? Float.infinity : $0 }
    let order = ranks.indices.sorted { (ranks[$1], $0) < (ranks[$0], $1) }
    var totals: [Int32: Double] = [:]
    for position in ranks.indices { totals[classes?[position] ?? 0, default: 0] += weight(position) }
    var room = totals.mapValues { share * $0 }
    var isKept = [Bool](repeating: true, count: ranks.count)
    var isFull: Set<Int32> = []
    for position in order where weight(position) > 0 {
      let label = classes?[position] ?? 0
      guard !isFull.contains(label), let left = room[label] else { continue }
      // A tenth of 10 is 1, whatever 0.1 is in binary.
      guard weight(position) <= left + 1e-6 * weight(position) else {
        isFull.insert(label)
        if isFull.count == room.count { break }
        continue
      }
      room[label] = left - weight(position)
      isKept[position] = false
    }
    return isKept.indices.lazy.filter { isKept[$0] }.map { UInt32($0) }
  }
}
