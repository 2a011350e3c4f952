import HourglassData
import HourglassEngine
import HourglassModels
import HourglassTensor

/// Targets of training samples that are changed at random: pictures of classes are moved as their samples
/// are.
final class MovedTargets {
  private let rows: TrainingRows
  private let augmenter: Augmenter
  private let heads: [Head]
  private let width: Int
  private let batch: UnsafeMutablePointer<Float>

  /// Nil where no target is a picture.
  init?(_ rows: TrainingRows, _ augmenter: Augmenter?, _ heads: [Head], capacity: Int) {
    guard let augmenter, heads.contains(where: \.isPicture) else { return nil }
    (self.rows, self.augmenter, self.heads) = (rows, augmenter, heads)
    width = heads.reduce(0) { $0 + $1.count }
    batch = .allocate(capacity: max(1, capacity * width))
    batch.initialize(repeating: 0, count: max(1, capacity * width))
  }

  deinit { batch.deallocate() }

  /// The targets of the samples at some places of an epoch's order.
  func feed(_ places: Range<Int>, epoch: Int) -> Feed {
    for (index, place) in places.enumerated() {
      guard let source = rows.targets(at: place) else { continue }
      var start = 0
      for head in heads {
        let target = batch + index * width + start
        if head.isPicture {
          augmenter.writeClasses(source + start, into: target, epoch: epoch, place: place)
        } else {
          target.update(from: source + start, count: head.count)
        }
        start += head.count
      }
    }
    return Feed(floats: batch)
  }
}
