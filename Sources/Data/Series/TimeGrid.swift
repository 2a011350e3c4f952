/// The grid that the times of a series' steps lie on: the step that most of them follow each other by, and
/// where steps are missing from it.
///
/// A time that is the same as the one before it is a step of its own.
struct TimeGrid {
  /// Where each row lies, from 0 on.
  let places: [Int]
  /// Rows that are missing between the first and the last.
  var missing: Int { (places.last ?? 0) + 1 - places.count }
  /// The row behind which the first is missing, and that behind which a row first comes at another time than
  /// the grid has.
  private(set) var firstHole: Int?
  /// The row behind which most are missing.
  private(set) var widestHole = 0
  private(set) var firstUneven: Int?
  /// The step in words: `5 min`.
  let stepWords: String

  /// - Returns: nil where the texts are no times, there are fewer than three, or most come at once.
  init?(_ texts: [String]) {
    guard texts.count > 2, let times = Times(texts), let step = TimeGrid.usualStep(of: [times]) else {
      return nil
    }
    self.init(times, step: step)
  }

  /// - Precondition: the step is above 0.
  init(_ times: Times, step: Int) {
    precondition(step > 0, "TimeGrid: a step of \(step)")
    let numbers = times.numbers
    let differences = zip(numbers, numbers.dropFirst()).map { $1 - $0 }
    var places = [0]
    for (row, difference) in differences.enumerated() {
      // A remainder, since the nearest number of steps of a time far away may be beyond Int.
      let (whole, rest) = difference.quotientAndRemainder(dividingBy: step)
      let steps = max(1, rest >= step - rest ? whole + 1 : whole)
      if steps > 1, firstHole == nil { firstHole = row }
      if rest != 0 || difference < 0, firstUneven == nil { firstUneven = row }
      if difference > differences[widestHole] { widestHole = row }
      places.append(min(places[row], TimeGrid.farthest) + min(steps, TimeGrid.farthest))
    }
    self.places = places
    stepWords = times.unit.words(step)
  }

  /// Steps beyond which they are not counted, so that no sum is too large.
  private static let farthest = 1 << 61

  /// The step by which most times follow each other, the shortest of several; nil where most come at once or
  /// nothing is known of what lies between them.
  static func usualStep(of series: [Times]) -> Int? {
    guard series.first?.unit != .order else { return nil }
    var counts: [Int: Int] = [:]
    for times in series {
      for (before, after) in zip(times.numbers, times.numbers.dropFirst()) {
        counts[after - before, default: 0] += 1
      }
    }
    let usual = counts.max { ($0.value, $1.key) < ($1.value, $0.key) }
    return usual.flatMap { $0.key > 0 ? $0.key : nil }
  }
}
