import HourglassFormats
import HourglassTensor

/// One case of a file of series, its place in time found.
private struct TimedCase {
  let line: Int
  /// In the order they are written in.
  let written: Times
  /// The place in the file of each step, in order of time.
  var order: [Int]
  /// In order of time.
  var times: Times
}

extension Source {
  /// The cases of a file with their steps in order of time, and whether missing ones were put in.
  ///
  /// All cases lie on one grid: the step that most steps of all of them follow each other by.
  ///
  /// - Throws: ``DataError`` where steps go back in time and may not be sorted, or nearly all are missing.
  static func inTime(
    _ file: SeriesFile, _ path: String, _ opening: Opening, _ notice: (String) -> Void
  ) throws -> (series: [Series], hasHoles: Bool) {
    var series = file.cases.map { single in
      Series(
        values: single.values.map(Double.init), length: single.values.count / file.channels,
        place: "\(path) line \(single.line)")
    }
    let sorts = opening.options.sorts
    let texts = file.cases.compactMap(\.times)
    guard texts.count == series.count else {
      if sorts { throw withoutTimes(path, found: "series without times") }
      return (series, false)
    }
    guard let all = Times(texts.flatMap(\.self)) else {
      let example = texts.joined().first { Moment($0) == nil } ?? ""
      if sorts { throw withoutTimes(path, found: "times such as '\(example)'") }
      notice(
        "\(path): times such as '\(example)' are not understood; values are taken as they stand, for evenly spaced"
      )
      return (series, false)
    }
    var cases: [TimedCase] = []
    var start = 0
    for (single, texts) in zip(file.cases, texts) {
      let written = all.at(start..<(start + texts.count))
      start += texts.count
      cases.append(
        TimedCase(line: single.line, written: written, order: Array(texts.indices), times: written))
    }
    try sort(&cases, path, sorts: sorts, notice)
    tellDoubled(cases, path, notice)
    let grids = try grids(of: cases, path, opening.gaps, notice)
    for index in series.indices {
      series[index].arrange(channels: file.channels, order: cases[index].order, places: grids?[index].places)
      series[index].times = cases[index].times.texts
    }
    return (series, grids != nil)
  }

  private static func sort(
    _ cases: inout [TimedCase], _ path: String, sorts: Bool, _ notice: (String) -> Void
  ) throws {
    var (count, example) = (0, "")
    for index in cases.indices {
      let single = cases[index]
      guard let back = single.written.stepsBack else { continue }
      try checkSorts(sorts, single.written, back, place: "\(path) line \(single.line)")
      if count == 0 { example = "\(words(single.written, back.first)) in line \(single.line)" }
      count += back.count
      cases[index].order = single.written.sorted
      cases[index].times = single.written.at(cases[index].order)
    }
    if count > 0 {
      notice(
        "\(path): \(number(count, "step comes", "steps come")) before the one in front in time, the first "
          + "\(example); each case is sorted by time")
    }
  }

  private static func tellDoubled(_ cases: [TimedCase], _ path: String, _ notice: (String) -> Void) {
    let doubled = cases.compactMap { single in single.times.doubled.map { (single, $0) } }
    guard let (single, place) = doubled.first else { return }
    let count = doubled.reduce(0) { $0 + $1.1.count }
    notice(
      "\(path): \(number(count, "step has", "steps have")) the time of the step before, the first "
        + "\(single.times.texts[place.first]) in line \(single.line); each is taken for a step of its own")
  }

  /// Where the steps of each case lie, where some are missing and gaps are allowed; nil: one behind the
  /// other.
  private static func grids(
    of cases: [TimedCase], _ path: String, _ gaps: Bool, _ notice: (String) -> Void
  ) throws -> [TimeGrid]? {
    guard let step = TimeGrid.usualStep(of: cases.map(\.times)) else { return nil }
    let grids = cases.map { TimeGrid($0.times, step: step) }
    let uneven = zip(cases, grids).compactMap { single, grid in grid.firstUneven.map { (single, $0) } }
    if let (single, row) = uneven.first {
      notice(
        "\(path): the times of \(number(uneven.count, "case", "cases")) are not evenly spaced, the first in line "
          + "\(single.line): \(single.times.texts[row + 1]) follows \(single.times.texts[row]), where most follow "
          + "after \(grids[0].stepWords); steps are taken for evenly spaced")
    }
    let holes = zip(cases, grids).compactMap { single, grid in grid.firstHole.map { (single, grid, $0) } }
    guard let (single, grid, row) = holes.first else { return nil }
    let count = holes.reduce(0) { $0 + $1.1.missing }
    let missing =
      "\(number(count, "step is", "steps are")) missing from the times, a step every \(grid.stepWords), the first "
      + "after \(single.times.texts[row]) in line \(single.line)"
    guard gaps else {
      notice(
        "\(path): \(missing); series pass over them as if there were none: --gaps takes them for missing values"
      )
      return nil
    }
    let widest = holes.max { $0.1.missing < $1.1.missing } ?? (single, grid, row)
    try checkSparse(grids, at: "\(path) line \(widest.0.line)", widest.0.times, widest.1)
    notice("\(path): \(missing); they are taken for missing values")
    return grids
  }
}

extension Series {
  /// Puts the steps in an order, and then at their places, with missing values between.
  fileprivate mutating func arrange(channels: Int, order: [Int], places: [Int]?) {
    let written = values
    let count = places.map { ($0.last ?? 0) + 1 } ?? length
    values = [Double](repeating: .nan, count: channels * count)
    for channel in 0..<channels {
      for (step, place) in order.enumerated() {
        values[channel * count + (places?[step] ?? step)] = written[channel * length + place]
      }
    }
    length = count
    self.places = places
  }
}
