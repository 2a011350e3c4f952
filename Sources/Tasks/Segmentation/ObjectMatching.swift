import HourglassData
import HourglassTensor

/// Found objects beside the true ones: each is matched with one at most.
///
///     AP = TP / (TP + FP + FN)
///
/// at a threshold of the overlap (intersection over union), as the data science bowl of 2018, StarDist
/// and Cellpose count it. Pairs are matched by their overlap, the largest first; from 0.5 on no object
/// overlaps with two others so far that it matters.
public struct ObjectMatching: Hashable, Sendable {
  public struct Counts: Hashable, Sendable {
    public var matched = 0
    public var foundOnly = 0
    public var trueOnly = 0

    public init() {}

    /// 1 where there are no objects and none was found.
    public var precision: Double {
      let total = matched + foundOnly + trueOnly
      return total == 0 ? 1 : Double(matched) / Double(total)
    }
  }

  /// Number of a found object, of a true one, and their overlap; the largest first.
  private struct Pair: Hashable {
    let found, truth: Int
    let overlap: Double
  }

  private let pairs: [Pair]
  public let found: Int
  public let truth: Int

  /// - Parameters:
  ///   - found: objects numbered from 1.
  ///   - truth: likewise; where it says nothing, found pixels do not count.
  public init(_ found: PixelLabels, truth: PixelLabels) {
    precondition(
      found.values.count == truth.values.count && found.width == truth.width,
      "ObjectMatching: \(found.width) by \(found.height), truth \(truth.width) by \(truth.height)")
    let (rows, columns) = (found.largest + 1, truth.largest + 1)
    var shared: [Int: Int] = [:]
    var (foundAreas, trueAreas) = ([Int](repeating: 0, count: rows), [Int](repeating: 0, count: columns))
    for (a, b) in zip(found.values, truth.values) where b >= 0 && a >= 0 {
      foundAreas[Int(a)] += 1
      trueAreas[Int(b)] += 1
      if a > 0, b > 0 { shared[Int(a) * columns + Int(b), default: 0] += 1 }
    }
    self.found = foundAreas.dropFirst().count { $0 > 0 }
    self.truth = trueAreas.dropFirst().count { $0 > 0 }
    pairs = shared.map { key, both in
      let (a, b) = (key / columns, key % columns)
      return Pair(found: a, truth: b, overlap: Double(both) / Double(foundAreas[a] + trueAreas[b] - both))
    }.sorted { ($1.overlap, $0.truth, $0.found) < ($0.overlap, $1.truth, $1.found) }
  }

  /// - Parameter threshold: the least overlap of a match, from 0.5 to 1.
  public func counts(at threshold: Double) -> Counts {
    var (usedFound, usedTruth) = (Set<Int>(), Set<Int>())
    for pair in pairs where pair.overlap >= threshold {
      guard !usedFound.contains(pair.found), !usedTruth.contains(pair.truth) else { continue }
      usedFound.insert(pair.found)
      usedTruth.insert(pair.truth)
    }
    var counts = Counts()
    counts.matched = usedFound.count
    counts.foundOnly = found - usedFound.count
    counts.trueOnly = truth - usedTruth.count
    return counts
  }
}
