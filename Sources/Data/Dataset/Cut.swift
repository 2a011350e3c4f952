import HourglassTensor

/// Which series or file each sample of a data set was cut out of and where, and who may be held out.
struct Cut {
  enum Side { case training, held, neither }

  let dataset: Dataset
  /// Samples to hold out.
  let size: Int
  private let seed: UInt64
  /// Of the sample at each position the number of its series or file, and where in it it begins.
  let groups: [Int]
  let groupCount: Int
  private let starts: [Int]
  /// Steps of a sample in its series.
  private let window: Int
  /// Whether some series or file has more than one sample.
  let isCut: Bool

  init(_ dataset: Dataset, size: Int, seed: UInt64) {
    (self.dataset, self.size, self.seed) = (dataset, size, seed)
    let rows = dataset.groupsOfRows
    window = dataset.form?.window ?? 1
    guard let rows, let spans = dataset.spans, (rows.last ?? 0) + 1 < rows.count else {
      (groups, groupCount, isCut) = (Array(repeating: 0, count: dataset.count), 1, false)
      starts = Array(0..<dataset.count)
      return
    }
    groups = (0..<dataset.count).map { rows[dataset.row($0)] }
    groupCount = Set(groups).count
    starts = (0..<dataset.count).map { spans[dataset.row($0)].start }
    isCut = groupCount < dataset.count
  }

  /// The classes in place of series; the same for samples without.
  var byClass: Cut {
    guard let labels = dataset.orderedLabels else { return self }
    return Cut(classes: labels.map(Int.init), of: self)
  }

  private init(classes: [Int], of cut: Cut) {
    (dataset, size, seed, starts, window) = (cut.dataset, cut.size, cut.seed, cut.starts, 0)
    (groups, groupCount) = (classes, Set(classes).count)
    isCut = groupCount < classes.count
  }

  private var count: Int { dataset.count }

  var random: [Side] {
    var sides = [Side](repeating: .training, count: count)
    for position in Random(seed: seed, stream: .split).permutation(count).prefix(size) {
      sides[Int(position)] = .held
    }
    return sides
  }

  /// The positions of each series in the order of time.
  private var series: [[Int]] {
    Dictionary(grouping: 0..<count) { groups[$0] }.sorted { $0.key < $1.key }.map { _, positions in
      positions.sorted { (starts[$0], $0) < (starts[$1], $1) }
    }
  }

  /// Nil where no window is left to train on.
  func last(_ fraction: Double) -> [Side]? {
    let series = series
    var sizes = series.map { Int((Double($0.count) * fraction).rounded()) }
    if !isCut { sizes = [size] }
    if sizes.allSatisfy({ $0 == 0 }),
      let longest = series.indices.max(by: { series[$0].count < series[$1].count })
    {
      sizes[longest] = 1
    }
    var sides = [Side](repeating: .training, count: count)
    for (positions, size) in zip(series, sizes) where size > 0 {
      let held = positions.suffix(size)
      guard let first = held.first else { continue }
      for position in positions where starts[position] + (isCut ? window : 1) > starts[first] {
        sides[position] = .neither
      }
      for position in held { sides[position] = .held }
    }
    return sides.contains(.training) ? sides : nil
  }

  /// Nil where there are not two series or files.
  var group: [Side]? {
    guard isCut, groupCount > 1 else { return nil }
    let series = series
    var chosen: Set<Int> = []
    var held = 0
    for place in Random(seed: seed, stream: .split).permutation(series.count)
    where chosen.count + 1 < series.count {
      let more = series[Int(place)].count
      guard more < 2 * (size - held) else { continue }
      chosen.insert(Int(place))
      held += more
    }
    if chosen.isEmpty, let least = series.indices.min(by: { series[$0].count < series[$1].count }) {
      chosen = [least]
    }
    var sides = [Side](repeating: .training, count: count)
    for place in chosen {
      for position in series[place] { sides[position] = .held }
    }
    return sides
  }

  /// Whether a training and a held window of one series lie over each other. Neighbours tell: between two
  /// that do and are no neighbours all are nearer.
  func sharesValues(_ sides: [Side]) -> Bool {
    guard isCut else { return false }
    return series.contains { positions in
      let positions = positions.filter { sides[$0] != .neither }
      return zip(positions, positions.dropFirst()).contains { earlier, later in
        sides[earlier] != sides[later] && starts[later] - starts[earlier] < window
      }
    }
  }
}

extension SampleForm {
  /// Steps of its series or sound that a sample is cut out of; nil for samples that are no cuts.
  fileprivate var window: Int? {
    switch self {
    case .images(let form): form.arePatches ? 1 : nil
    case .sounds(let form): form.window
    case .series(let form): form.isPadded ? nil : form.window
    }
  }
}

extension Dataset {
  /// The number of the series or file that each row of ``samples`` was cut out of; nil where rows are no
  /// cuts.
  ///
  /// Rows of one series stand together in the order of time, so a new one begins where the start does not
  /// grow, or the length or the name is another.
  fileprivate var groupsOfRows: [Int]? {
    guard let spans, form?.window != nil else { return nil }
    var groups: [Int] = []
    groups.reserveCapacity(spans.count)
    for row in spans.indices {
      guard row > 0 else {
        groups.append(0)
        continue
      }
      let (before, now) = (spans[row - 1], spans[row])
      let isNext = now.series == before.series && now.start > before.start && now.total == before.total
      // Patches are called by their place too.
      let isSame = isNext && (patches != nil || sampleNames?[row - 1] == sampleNames?[row])
      groups.append((groups.last ?? 0) + (isSame ? 0 : 1))
    }
    return groups
  }
}
