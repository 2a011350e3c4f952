import HourglassData
import HourglassTensor

/// How far masks agree with the true ones, class by class.
///
///     Dice = 2 TP / (2 TP + FP + FN),   IoU = TP / (TP + FP + FN)
///
/// of pixels. Where neither mask has a pixel of a class both are 1: nothing is what was to be found. Pixels
/// of which the truth says nothing do not count.
public struct SegmentationMeasures: Hashable, Sendable {
  /// Pixels of a class in a picture.
  public struct Counts: Hashable, Sendable {
    public var both = 0
    public var foundOnly = 0
    public var trueOnly = 0

    public init() {}

    public var dice: Double {
      let total = 2 * both + foundOnly + trueOnly
      return total == 0 ? 1 : 2 * Double(both) / Double(total)
    }

    public var overlap: Double {
      let total = both + foundOnly + trueOnly
      return total == 0 ? 1 : Double(both) / Double(total)
    }
  }

  /// Of each class from 1 on, of each picture.
  public private(set) var counts: [[Counts]]
  public private(set) var pictures = 0

  /// - Parameter classes: without the background.
  public init(classes: Int) { counts = Array(repeating: [], count: classes) }

  /// Adds a picture.
  ///
  /// - Precondition: both have the same sides.
  public mutating func add(_ found: PixelLabels, truth: PixelLabels) {
    precondition(
      found.width == truth.width && found.height == truth.height,
      "SegmentationMeasures: \(found.width) by \(found.height), truth \(truth.width) by \(truth.height)")
    var own = [Counts](repeating: Counts(), count: counts.count)
    for (a, b) in zip(found.values, truth.values) where b >= 0 {
      if a == b {
        if a > 0, a <= own.count { own[Int(a) - 1].both += 1 }
        continue
      }
      if a > 0, a <= own.count { own[Int(a) - 1].foundOnly += 1 }
      if b > 0, b <= own.count { own[Int(b) - 1].trueOnly += 1 }
    }
    for (number, count) in own.enumerated() { counts[number].append(count) }
    pictures += 1
  }

  /// The mean over the pictures, of a class from 1 on.
  public func mean(_ number: Int) -> (dice: Double, overlap: Double) {
    let own = counts[number - 1]
    return (Statistics.mean(own.map(\.dice)) ?? .nan, Statistics.mean(own.map(\.overlap)) ?? .nan)
  }

  /// Of all pixels of all pictures together.
  public func pooled(_ number: Int) -> (dice: Double, overlap: Double) {
    var sum = Counts()
    for count in counts[number - 1] {
      sum.both += count.both
      sum.foundOnly += count.foundOnly
      sum.trueOnly += count.trueOnly
    }
    return (sum.dice, sum.overlap)
  }
}
