import HourglassData

/// An object of a picture by the rectangle that holds it.
public struct DetectedBox: Hashable, Sendable {
  public let file: String
  public let name: String
  /// The left and the upper edge, in pixels from those of the picture.
  public let x: Double
  public let y: Double
  public let width: Double
  public let height: Double
  /// How sure it is; 1 of true ones.
  public let score: Double

  public init(
    file: String, name: String, x: Double, y: Double, width: Double, height: Double, score: Double = 1
  ) {
    (self.file, self.name, self.score) = (file, name, score)
    (self.x, self.y, self.width, self.height) = (x, y, width, height)
  }

  /// Intersection over union; 0 of boxes without area.
  public func overlap(_ other: DetectedBox) -> Double {
    let across = min(x + width, other.x + other.width) - max(x, other.x)
    let down = min(y + height, other.y + other.height) - max(y, other.y)
    guard across > 0, down > 0 else { return 0 }
    let both = across * down
    return both / (width * height + other.width * other.height - both)
  }

  /// The boxes of numbered objects, in the order of their numbers.
  public static func boxes(of objects: PixelLabels, file: String, name: String) -> [DetectedBox] {
    let count = objects.largest + 1
    var (left, right) = ([Int](repeating: .max, count: count), [Int](repeating: -1, count: count))
    var (top, bottom) = (left, right)
    for (place, value) in objects.values.enumerated() where value > 0 {
      let (x, y, number) = (place % objects.width, place / objects.width, Int(value))
      (left[number], right[number]) = (min(left[number], x), max(right[number], x))
      (top[number], bottom[number]) = (min(top[number], y), max(bottom[number], y))
    }
    return (1..<max(1, count)).compactMap { number in
      guard right[number] >= 0 else { return nil }
      return DetectedBox(
        file: file, name: name, x: Double(left[number]), y: Double(top[number]),
        width: Double(right[number] - left[number] + 1), height: Double(bottom[number] - top[number] + 1))
    }
  }
}

/// How well found boxes are ranked: the area under the curve of precision against recall.
///
///     AP = Σₖ (rₖ - rₖ₋₁) max over j ≥ k of pⱼ
///
/// over all places of the ranking where recall rises, precision made to fall only. A found box is right where
/// it overlaps with a true one of its picture and class by at least the threshold, that no surer one has
/// taken; boxes that are equally sure count together, so that their order does not matter to the curve.
///
/// - Source: Everingham et al. 2015, all-point interpolation.
public enum BoxPrecision {
  /// Of each class with a true box, by name; a class without is left out.
  public static func perClass(
    _ found: [DetectedBox], truth: [DetectedBox], overlap threshold: Double = 0.5
  ) -> [(name: String, precision: Double)] {
    Set(truth.map(\.name)).sorted().map { name in
      (
        name,
        average(
          found.filter { $0.name == name }, truth: truth.filter { $0.name == name }, overlap: threshold)
      )
    }
  }

  /// Of boxes of one class; NaN where there is no true one.
  public static func average(
    _ found: [DetectedBox], truth: [DetectedBox], overlap threshold: Double
  ) -> Double {
    guard !truth.isEmpty else { return .nan }
    var open = Dictionary(grouping: truth.indices, by: { truth[$0].file })
    let order = found.indices.sorted { (-found[$0].score, $0) < (-found[$1].score, $1) }
    var points: [(recall: Double, precision: Double)] = []
    var (right, seen) = (0, 0)
    var place = 0
    while place < order.count {
      let end = order[place...].firstIndex { found[$0].score != found[order[place]].score } ?? order.count
      right += matches(order[place..<end].map { found[$0] }, truth, &open, threshold)
      seen += end - place
      points.append((Double(right) / Double(truth.count), Double(right) / Double(seen)))
      place = end
    }
    var (area, best, next) = (0.0, 0.0, points.last?.recall ?? 0)
    for (number, point) in points.enumerated().reversed() {
      best = max(best, point.precision)
      let before = number > 0 ? points[number - 1].recall : 0
      area += (next - before) * best
      next = before
    }
    return area
  }

  /// Pairs of equally sure boxes and open true ones, the largest overlap first.
  private static func matches(
    _ found: [DetectedBox], _ truth: [DetectedBox], _ open: inout [String: [Int]], _ threshold: Double
  ) -> Int {
    var pairs: [(overlap: Double, found: Int, truth: Int)] = []
    for (place, box) in found.enumerated() {
      for number in open[box.file] ?? [] {
        let overlap = box.overlap(truth[number])
        if overlap >= threshold { pairs.append((overlap, place, number)) }
      }
    }
    pairs.sort { ($1.overlap, $0.found, $0.truth) < ($0.overlap, $1.found, $1.truth) }
    var (used, taken) = (Set<Int>(), Set<Int>())
    for pair in pairs where !used.contains(pair.found) && !taken.contains(pair.truth) {
      used.insert(pair.found)
      taken.insert(pair.truth)
    }
    for number in taken { open[truth[number].file]?.removeAll { $0 == number } }
    return used.count
  }
}
