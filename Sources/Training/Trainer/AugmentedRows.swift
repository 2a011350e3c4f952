import HourglassData
import HourglassEngine
import HourglassModels
import HourglassTensor

/// Batches of training samples that are changed at random, made by the team before each step.
final class AugmentedRows {
  private let rows: TrainingRows
  let augmenter: Augmenter
  private let team: Team
  private let width: Int
  private let batch: UnsafeMutablePointer<Float>
  /// A sample for each worker.
  private let scratch: UnsafeMutablePointer<Float>
  private let units = Team.Units()
  private var places = 0..<0
  private var epoch = 0

  init(_ rows: TrainingRows, _ augmenter: Augmenter, width: Int, capacity: Int, team: Team) {
    (self.rows, self.augmenter, self.width, self.team) = (rows, augmenter, width, team)
    batch = .allocate(capacity: capacity * width)
    batch.initialize(repeating: 0, count: capacity * width)
    scratch = .allocate(capacity: team.count * width)
    scratch.initialize(repeating: 0, count: team.count * width)
  }

  deinit {
    batch.deallocate()
    scratch.deallocate()
  }

  /// The samples at some places of an epoch's order, scaled and changed.
  func feed(_ places: Range<Int>, epoch: Int) -> Feed {
    (self.places, self.epoch) = (places, epoch)
    units.reset(places.count)
    team.run(Unmanaged.passUnretained(self).toOpaque(), participants: min(team.count, places.count)) {
      context, worker, _ in
      Unmanaged<AugmentedRows>.fromOpaque(context).takeUnretainedValue().make(worker)
    }
    return Feed(floats: batch)
  }

  /// Every sample is made alone, so it does not matter who makes it.
  private func make(_ worker: Int) -> Bool {
    let own = scratch + worker * width
    return team.take(from: units) { index in
      let place = places.lowerBound + index
      rows.read(place, width: width, into: own)
      augmenter.write(own, into: batch + index * width, epoch: epoch, place: place)
    }
  }
}
