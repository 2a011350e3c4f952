public import HourglassData
import HourglassTensor
public import HourglassTraining

/// What groups of samples are like: their means, and the values that set each apart.
///
///     difference = (mean in the group - mean of the others) / deviation of all
///
/// of numbers in the units of the data; of levels the same with shares. Values that are missing do not count.
public struct ClusterCards: Sendable {
  /// One value, or one level of it, that is otherwise in a group than elsewhere.
  public struct Trait: Hashable, Sendable {
    /// The place of the value in a sample.
    public let slot: Int
    /// What it is called; nil where values have no names.
    public let name: String?
    /// Of categories the level whose share it is.
    public let level: String?
    public let inside: Double
    public let others: Double
    /// In standard deviations of all samples.
    public let difference: Double
  }

  /// Of each group those that set it apart, the largest difference first.
  public let traits: [[Trait]]
  /// Of each group the mean of its samples, raw; NaN where a value is there in none.
  public let means: [[Float]]

  /// Traits that are kept of a group.
  public static let most = 12

  /// Values of a sample up to which differences are looked for one by one.
  private static let widest = 5000

  public init(_ clustering: Clustering, of dataset: Dataset, _ model: Model) {
    let groups = clustering.assignments
    let slots = model.preparation.fields?.slots
    let sums = ColumnSums(dataset, groups, count: clustering.clusters)
    means = (0..<clustering.clusters).map { group in
      (0..<sums.width).map { Float(sums.mean(group, $0) ?? .nan) }
    }
    let isRow = dataset.sampleShape.rank == 1 && sums.width <= ClusterCards.widest
    guard isRow else {
      traits = Array(repeating: [], count: clustering.clusters)
      return
    }
    let cells = model.preparation.fields.map(FieldCells.init)
    let places = cells?.places ?? Array(0..<sums.width)
    let levels = cells.map { cells in
      places.filter { slots?[$0].kind.hasLevels == true }
        .map { LevelCounts(dataset, groups, count: clustering.clusters, slot: $0, cells) }
    }
    let numbers = places.filter { slots?[$0].kind.hasLevels != true }
    traits = (0..<clustering.clusters).map { group in
      let ofNumbers = numbers.compactMap { slot in
        sums.trait(group, slot, cells?.name(slot) ?? model.preparation.featureNames?[slot])
      }
      let all = ofNumbers + (levels ?? []).flatMap { $0.traits(group) }
      let order = all.indices.sorted { (abs(all[$1].difference), $0) < (abs(all[$0].difference), $1) }
      return order.prefix(ClusterCards.most).map { all[$0] }
    }
  }
}

/// Sums of the values of samples, by group.
private struct ColumnSums {
  let width: Int
  private let count: Int
  /// `[groups, width]`.
  private var sums: [Double]
  private var counts: [Int]
  /// Of all samples, around the first one that is there.
  private var squares: [Double]
  private var origin: [Double]

  private static let together = 1024

  init(_ dataset: Dataset, _ groups: [Int], count: Int) {
    (width, self.count) = (dataset.sampleShape.count, count)
    let width = width
    sums = Array(repeating: 0, count: count * width)
    counts = Array(repeating: 0, count: count * width)
    squares = Array(repeating: 0, count: width)
    origin = Array(repeating: .nan, count: width)
    for start in stride(from: 0, to: dataset.count, by: ColumnSums.together) {
      let rows = start..<min(dataset.count, start + ColumnSums.together)
      let values = dataset.tensor(rows).values
      for row in rows {
        let block = groups[row] * width
        for slot in 0..<width {
          let value = Double(values[(row - start) * width + slot])
          guard !value.isNaN else { continue }
          if origin[slot].isNaN { origin[slot] = value }
          let off = value - origin[slot]
          sums[block + slot] += off
          squares[slot] += off * off
          counts[block + slot] += 1
        }
      }
    }
  }

  func mean(_ group: Int, _ slot: Int) -> Double? {
    let number = counts[group * width + slot]
    return number > 0 ? origin[slot] + sums[group * width + slot] / Double(number) : nil
  }

  func trait(_ group: Int, _ slot: Int, _ name: String?) -> ClusterCards.Trait? {
    var (sum, number) = (0.0, 0)
    for other in 0..<count {
      sum += sums[other * width + slot]
      number += counts[other * width + slot]
    }
    let (own, there) = (sums[group * width + slot], counts[group * width + slot])
    guard there > 0, number > there else { return nil }
    let mean = sum / Double(number)
    let deviation = max(0, squares[slot] / Double(number) - mean * mean).squareRoot()
    guard deviation > 0 else { return nil }
    let (inside, others) = (own / Double(there), (sum - own) / Double(number - there))
    return ClusterCards.Trait(
      slot: slot, name: name, level: nil, inside: origin[slot] + inside, others: origin[slot] + others,
      difference: (inside - others) / deviation)
  }
}

/// How often each level of a field is in each group.
private struct LevelCounts {
  private let slot: Int
  private let name: String
  private let levels: [String]
  /// `[groups, levels]`.
  private let counts: [Int]
  private let count: Int

  init(_ dataset: Dataset, _ groups: [Int], count: Int, slot: Int, _ cells: FieldCells) {
    (self.slot, self.count, name) = (slot, count, cells.name(slot))
    var texts: [Float: Int] = [:]
    var levels: [String] = []
    var counts: [[Int]] = []
    let (width, together) = (dataset.sampleShape.count, 1024)
    for start in stride(from: 0, to: dataset.count, by: together) {
      let rows = start..<min(dataset.count, start + together)
      let values = dataset.tensor(rows).values
      for row in rows {
        let value = values[(row - start) * width + slot]
        if texts[value] == nil, let text = cells.text(value, of: slot) {
          texts[value] = levels.count
          levels.append(text)
          counts.append(Array(repeating: 0, count: count))
        }
        if let level = texts[value] { counts[level][groups[row]] += 1 }
      }
    }
    self.levels = levels
    self.counts = (0..<count).flatMap { group in counts.map { $0[group] } }
  }

  func traits(_ group: Int) -> [ClusterCards.Trait] {
    let own = levels.indices.map { counts[group * levels.count + $0] }
    let all = levels.indices.map { level in (0..<count).reduce(0) { $0 + counts[$1 * levels.count + level] } }
    let (inside, total) = (own.reduce(0, +), all.reduce(0, +))
    guard inside > 0, total > inside else { return [] }
    return levels.indices.compactMap { level in
      let overall = Double(all[level]) / Double(total)
      let deviation = (overall * (1 - overall)).squareRoot()
      guard deviation > 0 else { return nil }
      let (here, there) = (
        Double(own[level]) / Double(inside), Double(all[level] - own[level]) / Double(total - inside)
      )
      return ClusterCards.Trait(
        slot: slot, name: name, level: levels[level], inside: here, others: there,
        difference: (here - there) / deviation)
    }
  }
}
