import HourglassTensor

/// How well classes are told: by counts of pairs of true and told class, and by the probabilities.
public struct ClassMeasures: Sendable {
  public let classes: [String]
  /// Samples of true class i that were told to be of class j.
  public let confusion: [[Int]]
  /// Minus the mean log-probability of the true class, in nats.
  public let logLoss: Double
  /// Σ over ten bins of the highest probability of share · |share right - mean probability|. Naeini et al.
  /// 2015 (expected calibration error).
  public let calibrationError: Double
  /// Of each bin that has samples: how many, the mean highest probability, and the share that is right.
  public let reliability: [(count: Int, confidence: Double, accuracy: Double)]
  /// The area under the ROC curve of each class against the others, half a pair where probabilities are
  /// equal; nil where all or none are of the class.
  public let areas: [Double?]

  /// - Parameters:
  ///   - probabilities: of each sample, one a class.
  ///   - truth: the true classes; samples of which nobody knows it have nil and do not count.
  public init(_ probabilities: [[Double]], truth: [Int?], classes: [String]) {
    self.classes = classes
    var confusion = [[Int]](repeating: Array(repeating: 0, count: classes.count), count: classes.count)
    var losses: [Double] = []
    var bins = [(count: Int, confidence: Double, right: Int)](repeating: (0, 0, 0), count: 10)
    for (row, own) in zip(probabilities, truth) {
      guard let own else { continue }
      var told = 0
      for place in row.indices where row[place] > row[told] { told = place }
      confusion[own][told] += 1
      losses.append(-max(row[own], 1e-300).logarithm)
      let bin = min(9, Int(row[told] * 10))
      bins[bin].count += 1
      bins[bin].confidence += row[told]
      bins[bin].right += told == own ? 1 : 0
    }
    self.confusion = confusion
    logLoss = Statistics.mean(losses) ?? .nan
    let total = Double(max(1, losses.count))
    reliability = bins.filter { $0.count > 0 }.map {
      ($0.count, $0.confidence / Double($0.count), Double($0.right) / Double($0.count))
    }
    calibrationError = reliability.reduce(0) {
      $0 + Double($1.count) / total * ($1.accuracy - $1.confidence).magnitude
    }
    areas = classes.indices.map { place in
      let known = zip(probabilities, truth).compactMap { row, own in own.map { (row[place], $0 == place) } }
      return ClassMeasures.area(known)
    }
  }

  /// Samples whose class is known.
  public var count: Int { confusion.joined().reduce(0, +) }
  /// The share that is told right.
  public var accuracy: Double { Double(classes.indices.reduce(0) { $0 + confusion[$1][$1] }) / Double(count) }
  /// The share of the commonest class: what telling it always would have right.
  public var majority: Double { Double(confusion.map { $0.reduce(0, +) }.max() ?? 0) / Double(count) }
  /// The mean over the classes that there are of the share of each that is told right.
  public var balancedAccuracy: Double {
    Statistics.mean(
      classes.indices.compactMap { place in
        let whole = confusion[place].reduce(0, +)
        return whole > 0 ? Double(confusion[place][place]) / Double(whole) : nil
      }) ?? .nan
  }
  /// The share of those told to be of a class that are; 0 where none is.
  public func precision(_ place: Int) -> Double {
    let told = confusion.reduce(0) { $0 + $1[place] }
    return told > 0 ? Double(confusion[place][place]) / Double(told) : 0
  }
  /// The share of those of a class that are told to be; 0 where there are none.
  public func recall(_ place: Int) -> Double {
    let whole = confusion[place].reduce(0, +)
    return whole > 0 ? Double(confusion[place][place]) / Double(whole) : 0
  }
  /// The harmonic mean of both.
  public func f1(_ place: Int) -> Double {
    let (p, r) = (precision(place), recall(place))
    return p + r > 0 ? 2 * p * r / (p + r) : 0
  }
  /// The mean of the classes that there are.
  public var macroF1: Double {
    Statistics.mean(classes.indices.filter { confusion[$0].contains { $0 > 0 } }.map(f1)) ?? .nan
  }
  /// The mean of those that are known.
  public var meanArea: Double? { Statistics.mean(areas.compactMap { $0 }) }

  private static func area(_ scored: [(score: Double, isOwn: Bool)]) -> Double? {
    let own = scored.count { $0.isOwn }
    guard own > 0, own < scored.count else { return nil }
    let sorted = scored.sorted { $0.score < $1.score }
    // Σ of the ranks of the own ones, equals sharing theirs.
    var (sum, start) = (0.0, 0)
    while start < sorted.count {
      var end = start
      while end < sorted.count, sorted[end].score == sorted[start].score { end += 1 }
      let rank = Double(start + 1 + end) / 2
      sum += rank * Double(sorted[start..<end].count { $0.isOwn })
      start = end
    }
    let n = Double(own)
    return (sum - n * (n + 1) / 2) / (n * Double(scored.count - own))
  }
}

/// How well numbers are told.
public struct NumberMeasures: Sendable {
  public let count: Int
  /// √ mean (t - x)²
  public let rmse: Double
  /// mean |t - x|
  public let mae: Double
  /// 1 - Σ (t - x)² / Σ (t - mean)²: 0 for whoever says the mean; nil where all are equal.
  public let r2: Double?

  /// - Parameter truth: the true numbers; those that nobody knows are NaN and do not count.
  public init(_ numbers: [Double], truth: [Double]) {
    let pairs = zip(numbers, truth).filter { !$1.isNaN }
    count = pairs.count
    let errors = pairs.map { $0.0 - $0.1 }
    let squares = Statistics.sum(errors.map { $0 * $0 })
    rmse = (squares / Double(max(1, count))).squareRoot()
    mae = Statistics.mean(errors.map(\.magnitude)) ?? .nan
    let mean = Statistics.mean(pairs.map(\.1)) ?? 0
    let whole = Statistics.sum(pairs.map { ($0.1 - mean) * ($0.1 - mean) })
    r2 = whole > 0 ? 1 - squares / whole : nil
  }
}
