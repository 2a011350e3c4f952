import HourglassData
import HourglassEngine
import HourglassModels
import HourglassTensor

/// Batches of samples that are not as they lie in memory, made by the team before each step: changed at
/// random, or with a degraded sample beside each that the encoder reads in its place.
final class MadeRows {
  /// What a batch is fed from.
  struct Feeds {
    var samples: Feed
    /// What the encoder reads, where that is something else.
    var degraded: Feed?
  }

  /// What becomes of the samples.
  struct Change {
    var augmenter: Augmenter?
    var degrader: Degrader?
    /// Samples of a person's own that the encoder reads, in the order of the clean ones.
    var pairs: TrainingRows?
    /// Where windows of pictures lie in an epoch.
    var moves: PatchMoves?

    var isNone: Bool { augmenter == nil && degrader == nil && moves == nil }
  }

  private let rows: TrainingRows
  private let change: Change
  private let team: Team
  private let width: Int
  private let batch: UnsafeMutablePointer<Float>
  private let degraded: UnsafeMutablePointer<Float>?
  /// Two samples for each worker.
  private let scratch: UnsafeMutablePointer<Float>
  private let units = Team.Units()
  /// What went wrong first for each worker.
  private var faults: [(any Error)?]
  private var places = 0..<0
  private var epoch = 0

  init(_ rows: TrainingRows, _ change: Change, width: Int, capacity: Int, team: Team) {
    (self.rows, self.change, self.width, self.team) = (rows, change, width, team)
    batch = .allocate(capacity: capacity * width)
    batch.initialize(repeating: 0, count: capacity * width)
    degraded = change.degrader.map { _ in
      let room = UnsafeMutablePointer<Float>.allocate(capacity: capacity * width)
      room.initialize(repeating: 0, count: capacity * width)
      return room
    }
    scratch = .allocate(capacity: 2 * team.count * width)
    scratch.initialize(repeating: 0, count: 2 * team.count * width)
    faults = Array(repeating: nil, count: team.count)
  }

  deinit {
    batch.deallocate()
    degraded?.deallocate()
    scratch.deallocate()
  }

  /// The samples at some places of an epoch's order, scaled and changed.
  ///
  /// - Throws: `FormatError` where there is not enough memory for a JPEG.
  func feeds(_ places: Range<Int>, epoch: Int) throws -> Feeds {
    (self.places, self.epoch) = (places, epoch)
    units.reset(places.count)
    team.run(Unmanaged.passUnretained(self).toOpaque(), participants: min(team.count, places.count)) {
      context, worker, _ in
      Unmanaged<MadeRows>.fromOpaque(context).takeUnretainedValue().make(worker)
    }
    for case let fault? in faults { throw fault }
    return Feeds(samples: Feed(floats: batch), degraded: degraded.map { Feed(floats: $0) })
  }

  /// Every sample is made alone, so it does not matter who makes it.
  private func make(_ worker: Int) -> Bool {
    let own = scratch + 2 * worker * width
    return team.take(from: units) { index in
      let place = places.lowerBound + index
      let sample = batch + index * width
      write(rows, place, own, into: sample)
      guard let degraded, let degrader = change.degrader else { return }
      let target = degraded + index * width
      if let pairs = change.pairs {
        write(pairs, place, own, into: target)
      } else {
        target.update(from: sample, count: width)
      }
      do {
        try degrader.apply(to: target, scratch: own + width, epoch: epoch, place: place)
      } catch {
        faults[worker] = error
      }
    }
  }

  /// A sample, changed as the recipe has it: a pair is changed alike.
  private func write(
    _ rows: TrainingRows, _ place: Int, _ own: UnsafeMutablePointer<Float>,
    into target: UnsafeMutablePointer<Float>
  ) {
    let read = change.augmenter == nil ? target : own
    if let moves = change.moves {
      moves.write(row: rows.row(at: place), into: read, scratch: own + width, epoch: epoch, place: place)
    } else {
      rows.read(place, in: self.rows, width: width, into: read)
    }
    change.augmenter?.write(read, into: target, epoch: epoch, place: place)
  }
}

extension MadeRows.Change {
  /// What a training does to its samples.
  ///
  /// - Parameters:
  ///   - augmentation: as its recipe has it; nil of samples held out.
  ///   - movesSeed: where windows of pictures move at random the seed; those that go with samples of a
  ///     person's own lie still.
  /// - Throws: `DataError` for changes that the samples cannot have; ``TrainingError`` where the encoder is
  ///   to read samples of a person's own and there are none.
  init(
    _ augmentation: Augmentation?, _ architecture: Architecture, of dataset: Dataset, _ scaling: Scaling,
    seed: UInt64, movesFrom movesSeed: UInt64?
  ) throws {
    let readsPairs = architecture.corruption.readPairs
    moves =
      readsPairs ? nil : movesSeed.flatMap { PatchMoves(of: dataset, scaling: scaling, seed: $0) }
    augmenter = try augmentation.map {
      try Augmenter($0, of: dataset, isUnitInterval: scaling.isUnitInterval, seed: seed)
    }
    guard architecture.corruption.areMadeOutside else { return }
    degrader = try Degrader(
      architecture.corruption.degradations, of: dataset, isUnitInterval: scaling.isUnitInterval, seed: seed)
    guard readsPairs else { return }
    guard let inputs = dataset.inputs else {
      throw TrainingError(
        place: dataset.origin,
        expected: "a sample for the encoder beside each, as the architecture's corruption has it",
        found: "none", remedy: "name their source (--input-field)")
    }
    pairs = try TrainingRows(inputs, scaling)
  }
}

extension Session {
  /// Says where the samples of the runs to come are, and what the encoder reads in their place.
  func setFeeds(_ feeds: MadeRows.Feeds, gaps: Bool) {
    setFeed(samples: feeds.samples, gaps: gaps)
    if let degraded = feeds.degraded { setFeed(Assembly.Slot.degraded, degraded) }
  }
}
