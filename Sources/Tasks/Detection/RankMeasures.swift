import HourglassData
import HourglassTensor

/// How well scores part the odd ones from the others, without a threshold.
///
/// Neither measure depends on the order in which samples of one score come. Samples whose score is not a
/// number do not count.
public struct RankMeasures: Hashable, Sendable {
  /// Samples that count, and the odd ones among them.
  public let samples: Int
  public let odd: Int
  /// The chance that an odd sample scores above another; a tie is half of it.
  public let rocAUC: Double
  /// The mean of the precision over the odd samples, in falling order of score: AP = Σ (R[i] - R[i-1]) P[i]
  /// over the distinct scores, R the recall and P the precision of what scores as much or more.
  public let averagePrecision: Double
  /// The share of odd ones among the n samples of the highest scores, n their number. Where the last places
  /// are tied, what is to be expected of a draw among those.
  public let precisionAtN: Double

  /// - Throws: `DataError` where all samples with a score are odd, or none is.
  public init(scores: [Double], isOdd: [Bool], place: String) throws {
    precondition(scores.count == isOdd.count, "RankMeasures: \(scores.count) scores, \(isOdd.count) labels")
    let order = scores.indices.filter { !scores[$0].isNaN }.sorted { scores[$0] > scores[$1] }
    let odd = order.count { isOdd[$0] }
    try RankMeasures.check(odd: odd, of: order.count, place: place)
    let (all, others) = (Double(odd), Double(order.count - odd))
    var (hits, misses, area, precisions, first) = (0.0, 0.0, 0.0, 0.0, 0.0)
    var start = 0
    while start < order.count {
      var end = start
      var tied = 0.0
      while end < order.count, scores[order[end]] == scores[order[start]] {
        tied += isOdd[order[end]] ? 1 : 0
        end += 1
      }
      let size = Double(end - start)
      // Those of a lower score than the tied odd ones, and half of the tied others.
      area += tied * (others - misses - (size - tied) / 2)
      if start < odd { first += end <= odd ? tied : tied * Double(odd - start) / size }
      hits += tied
      misses += size - tied
      precisions += tied * hits / (hits + misses)
      start = end
    }
    (samples, self.odd) = (order.count, odd)
    rocAUC = area / (all * others)
    averagePrecision = precisions / all
    precisionAtN = first / all
  }

  /// - Throws: `DataError` where labels are of one kind.
  static func check(odd: Int, of count: Int, place: String) throws(DataError) {
    guard odd == 0 || odd == count else { return }
    throw DataError(
      place: place, expected: "odd samples and others, to tell how well they are parted",
      found: odd == 0 ? "none that is odd among \(count)" : "\(count) samples, all of them odd",
      remedy: "give data with both kinds, or say which labels are the odd ones (--odd VALUE)")
  }
}

/// How right flags are, sample by sample.
public struct FlagMeasures: Hashable, Sendable {
  /// Odd samples with a flag and without, and others with one and without.
  public let truePositives: Int
  public let falseNegatives: Int
  public let falsePositives: Int
  public let trueNegatives: Int

  public init(flags: [Bool], isOdd: [Bool]) {
    precondition(flags.count == isOdd.count, "FlagMeasures: \(flags.count) flags, \(isOdd.count) labels")
    var counts = [0, 0, 0, 0]
    for (flag, odd) in zip(flags, isOdd) { counts[(odd ? 0 : 2) + (flag ? 0 : 1)] += 1 }
    (truePositives, falseNegatives, falsePositives, trueNegatives) =
      (counts[0], counts[1], counts[2], counts[3])
  }

  /// Flags of what scores above a threshold.
  public init(scores: [Double], above threshold: Double, isOdd: [Bool]) {
    self.init(flags: scores.map { $0 > threshold }, isOdd: isOdd)
  }

  /// The share of odd ones among flags; nil where there is no flag.
  public var precision: Double? { share(truePositives, falsePositives) }
  /// The share of flags among odd ones; nil where there is none.
  public var recall: Double? { share(truePositives, falseNegatives) }
  /// The share of flags among the others: the rate of false alarms.
  public var falseAlarms: Double? { share(falsePositives, trueNegatives) }
  /// 2 P R / (P + R) = 2 TP / (2 TP + FP + FN).
  public var f1: Double {
    truePositives == 0
      ? 0 : 2 * Double(truePositives) / Double(2 * truePositives + falsePositives + falseNegatives)
  }

  private func share(_ part: Int, _ rest: Int) -> Double? {
    part + rest == 0 ? nil : Double(part) / Double(part + rest)
  }
}

extension FlagMeasures {
  /// Flags of the steps of a series, as if all steps of a stretch of odd ones had a flag where one has.
  ///
  /// Random flags look good by this measure: it is for comparison with what was published by it.
  ///
  /// - Source: the point adjustment of Xu et al. 2018, shown to mislead by Kim et al. 2022.
  public static func pointAdjusted(flags: [Bool], isOdd: [Bool]) -> FlagMeasures {
    var adjusted = flags
    for stretch in isOdd.stretches where adjusted[stretch].contains(true) {
      for step in stretch { adjusted[step] = true }
    }
    return FlagMeasures(flags: adjusted, isOdd: isOdd)
  }
}

extension [Bool] {
  /// The ranges in which all are true, none next to another.
  var stretches: [Range<Int>] {
    var found: [Range<Int>] = []
    var start: Int?
    for index in 0...count {
      let isTrue = index < count && self[index]
      if isTrue, start == nil { start = index }
      if !isTrue, let first = start {
        found.append(first..<index)
        start = nil
      }
    }
    return found
  }
}
