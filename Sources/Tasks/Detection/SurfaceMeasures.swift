import HourglassTensor

/// How well scores of steps find the stretches of a series that are odd: the volume under the surface that
/// the curves make when stretches are widened more and more.
///
/// A score that is high just before or behind a stretch is nearly right, which measures by step call wrong.
/// For each width w from 0 to `window` the label of a step at distance d from a stretch becomes
///
///     √(1 - d / w)      for d ≤ w / 2, sums cut at 1
///
/// and with it, at each threshold,
///
///     TP = Σ label · flag      P' = P + Σ label · flag outside of the stretches, / 2
///     recall = min(1, TP / P') · share of the stretches with a flag      precision = TP / Σ flag
///     false alarms = (Σ flag - TP) / (n - P')
///
/// The measures are the areas under (false alarms, recall) and (recall, precision), in the mean over the
/// widths. 250 thresholds stand at even places of the sorted scores. Steps without a score do not count.
///
/// - Source: Paparrizos et al. 2022, "Volume Under the Surface"; figures are those of TSB-AD 1.5.
public struct SurfaceMeasures: Hashable, Sendable {
  public let roc: Double
  public let precisionRecall: Double
  /// The largest width.
  public let window: Int
  /// Stretches of odd steps.
  public let stretches: Int

  private static let thresholds = 250

  /// - Complexity: O(n · window).
  /// - Throws: `DataError` where all steps with a score are odd, or none is.
  public init(scores: [Double], isOdd: [Bool], window: Int, place: String) throws {
    precondition(window >= 0, "SurfaceMeasures: a window of \(window)")
    precondition(
      scores.count == isOdd.count, "SurfaceMeasures: \(scores.count) scores, \(isOdd.count) labels")
    let known = scores.indices.filter { !scores[$0].isNaN }
    let (scores, labels) = (known.map { scores[$0] }, known.map { isOdd[$0] })
    try RankMeasures.check(odd: labels.count { $0 }, of: labels.count, place: place)
    let surface = Surface(scores, labels)
    var (roc, precisionRecall) = (0.0, 0.0)
    for width in 0...window {
      let areas = surface.areas(width: width)
      roc += areas.roc
      precisionRecall += areas.precisionRecall
    }
    self.roc = roc / Double(window + 1)
    self.precisionRecall = precisionRecall / Double(window + 1)
    (self.window, stretches) = (window, surface.stretches.count)
  }

  /// What does not change with the width.
  private struct Surface {
    let scores: [Double]
    let labels: [Bool]
    let stretches: [Range<Int>]
    /// Steps in falling order of score.
    let order: [Int]
    /// Steps with a flag at each threshold.
    let flags: [Int]

    init(_ scores: [Double], _ labels: [Bool]) {
      (self.scores, self.labels, stretches) = (scores, labels, labels.stretches)
      order = scores.indices.sorted { (scores[$0], $1) > (scores[$1], $0) }
      let step = Double(scores.count - 1) / Double(thresholds - 1)
      // All steps of the threshold's score have a flag.
      var ends = [Int](repeating: 0, count: scores.count)
      for place in scores.indices.reversed() {
        let isLast = place + 1 == order.count || scores[order[place]] != scores[order[place + 1]]
        ends[place] = isLast ? place + 1 : ends[place + 1]
      }
      flags = (0..<thresholds).map { ends[min(scores.count - 1, Int(Double($0) * step))] }
    }

    func areas(width: Int) -> (roc: Double, precisionRecall: Double) {
      let soft = softLabels(width: width)
      let firsts = firstFlags(width: width)
      let positives = Double(labels.count { $0 })
      var (inside, outside, place) = (0.0, 0.0, 0)
      var (roc, precisionRecall, last) = (0.0, 0.0, (recall: 0.0, alarms: 0.0))
      for count in flags {
        while place < count {
          let step = order[place]
          if labels[step] { inside += 1 } else { outside += soft[step] }
          place += 1
        }
        let (hits, weight) = (inside + outside, positives + outside / 2)
        let found = Double(firsts.count { $0 < count }) / Double(firsts.count)
        let recall = min(1, hits / weight) * found
        let alarms = (Double(count) - hits) / (Double(scores.count) - weight)
        roc += (alarms - last.alarms) * (recall + last.recall) / 2
        precisionRecall += (recall - last.recall) * hits / Double(count)
        last = (recall, alarms)
      }
      return (roc + (1 - last.alarms) * (1 + last.recall) / 2, precisionRecall)
    }

    private func softLabels(width: Int) -> [Double] {
      var soft = labels.map { $0 ? 1.0 : 0 }
      guard width > 0 else { return soft }
      let reach = width / 2
      for stretch in stretches {
        for step in max(0, stretch.lowerBound - reach)..<stretch.lowerBound {
          soft[step] += (1 - Double(stretch.lowerBound - step) / Double(width)).squareRoot()
        }
        let last = stretch.upperBound - 1
        for step in stretch.upperBound..<max(stretch.upperBound, min(scores.count, last + reach + 1)) {
          soft[step] += (1 - Double(step - last) / Double(width)).squareRoot()
        }
      }
      return soft.map { min(1, $0) }
    }

    /// Of each stretch, widened and joined with those it then touches: the place in the order of the step
    /// that has a flag first.
    private func firstFlags(width: Int) -> [Int] {
      let reach = width / 2
      var joined: [Range<Int>] = []
      for stretch in stretches {
        let wide =
          max(0, stretch.lowerBound - reach)..<min(scores.count, stretch.upperBound + reach)
        if let last = joined.last, last.upperBound > wide.lowerBound {
          joined[joined.count - 1] = last.lowerBound..<wide.upperBound
        } else {
          joined.append(wide)
        }
      }
      var places = [Int](repeating: 0, count: scores.count)
      for (place, step) in order.enumerated() { places[step] = place }
      return joined.map { range in range.reduce(scores.count) { min($0, places[$1]) } }
    }
  }
}
