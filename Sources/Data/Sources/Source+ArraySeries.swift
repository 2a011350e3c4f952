import HourglassFormats
import HourglassTensor

/// Arrays that hold series.
extension SourceOptions {
  /// What to do about a series that is shorter than a window: a model's windows are as they are.
  func shorterWindow(_ steps: Int) -> String {
    areFromModel
      ? "give a longer series: the model takes windows of \(seriesWindow ?? 0) steps, and a shorter window "
        + "needs a model trained with it"
      : "give a shorter window: --window \(max(1, steps))"
  }

  /// Whether arrays are taken for series.
  var asksForSeries: Bool { seriesWindow != nil || length != nil }

  /// Whether the rows of an array are what a model reads already.
  fileprivate func isMade(_ shape: Shape) -> Bool {
    guard let channels = seriesChannels, let steps = seriesWindow ?? length else { return false }
    return shape.rank == 3 && shape[1] == channels && shape[2] == steps
  }
}

extension Source {
  /// The samples in an array: its rows or, where they are asked for, series.
  static func array(
    _ array: Tensor, labels: [Int32]? = nil, weights: [Float]? = nil, _ opening: Opening, origin: String,
    _ notice: (String) -> Void
  ) throws -> Dataset {
    try opening.options.check(place: origin, as: opening.options.asksForSeries ? .series : .other)
    guard opening.options.asksForSeries, !opening.options.isMade(array.shape) else {
      return try Dataset(
        checking: array, labels: labels, weights: weights, gaps: opening.gaps, origin: origin)
    }
    if opening.options.sorts { throw withoutTimes(origin, found: "an array, which has no times") }
    return try series(of: array, labels: labels, weights: weights, opening, origin: origin, notice)
  }

  /// Series out of an array, as the options say: `[steps]` and `[steps, channels]` are one series, as a table
  /// is; `[n, channels, steps]` are `n`. What was taken for what is told.
  ///
  /// - Parameters:
  ///   - labels: one a row of the array; of one series they are of single steps, and not used.
  ///   - notice: told what each axis is taken for.
  /// - Throws: ``DataError`` for an array of other axes, with other channels than in training, shorter than a
  ///   window, or with values that are not finite or, where gaps are not allowed, missing.
  static func series(
    of array: Tensor, labels: [Int32]?, weights: [Float]?, _ opening: Opening, origin: String,
    _ notice: (String) -> Void
  ) throws -> Dataset {
    let shape = array.shape
    guard (1...3).contains(shape.rank), shape.count > 0 else {
      throw DataError(
        place: origin,
        expected: "an array [steps, channels] or [n, channels, steps], since a window is asked for",
        found: "\(shape)", remedy: "reshape it, or leave out --window")
    }
    if shape.rank < 3 {
      try opening.refuseColumns(place: origin, holding: "one series, whose rows are steps")
      if labels != nil {
        notice("\(origin): the classes beside it are of single steps, and windows have none")
      }
    }
    let hasGaps = try Dataset(checking: rows(of: array), gaps: opening.gaps, origin: origin).hasGaps
    let (count, channels, steps) =
      shape.rank == 3 ? (shape[0], shape[1], shape[2]) : (1, shape.rank == 2 ? shape[1] : 1, shape[0])
    try checkAxes(count, channels, steps, shape, opening.options, origin)
    tell(shape, count, channels, steps, opening, origin, notice)
    let values = array.doubles
    let each = channels * steps
    let series = (0..<count).map { index in
      guard shape.rank == 2 else {
        return Series(
          values: Array(values[(index * each)..<((index + 1) * each)]), length: steps,
          place: count == 1 ? origin : "\(origin) row \(index) (counted from 0)")
      }
      let turned = (0..<each).map { values[$0 % steps * channels + $0 / steps] }
      return Series(values: turned, length: steps, place: origin)
    }
    let isMany = shape.rank == 3
    return try samples(
      of: series, channels: channels, origin, opening.options,
      labels: isMany ? labels : nil, weights: isMany ? weights : nil, hasGaps: hasGaps,
      areCases: isMany, element: array.element.isWide ? .float64 : .float32, notice)
  }

  /// The array with an axis for the values of a sample.
  private static func rows(of array: Tensor) -> Tensor {
    array.shape.rank > 1 ? array : array.reshaped([array.shape.count, 1])
  }

  private static func tell(
    _ shape: Shape, _ count: Int, _ channels: Int, _ steps: Int, _ opening: Opening, _ origin: String,
    _ notice: (String) -> Void
  ) {
    // A model knows, and data that fit it are no guess.
    guard !opening.options.areFromModel else { return }
    let channelWords = number(channels, "channel", "channels")
    notice(
      shape.rank == 3
        ? "\(origin): \(shape) is taken for \(count) series of \(channelWords) and \(steps) steps"
        : "\(origin): \(shape) is taken for one series of \(steps) steps and \(channelWords)"
          + (shape.rank == 2
            ? "; for \(shape[0]) series of \(shape[1]) steps reshape it to [\(shape[0]), 1, \(shape[1])]"
            : ""))
  }

  private static func checkAxes(
    _ count: Int, _ channels: Int, _ steps: Int, _ shape: Shape, _ options: SourceOptions, _ origin: String
  ) throws {
    let turned = "if its steps come before its channels, transpose it (numpy: x.transpose(0, 2, 1))"
    if let expected = options.seriesChannels, channels != expected {
      throw DataError(
        place: origin, expected: "series of \(number(expected, "channel", "channels")), as in training",
        found: "\(channels), of an array \(shape)",
        remedy: shape.rank == 3
          ? turned : "an array of two axes is [steps, channels]; many series are [n, channels, steps]")
    }
    guard let window = options.seriesWindow, steps < window else { return }
    throw DataError(
      place: origin, expected: "series of at least \(window) steps, a window",
      found: "\(steps), of an array \(shape)",
      remedy: shape.rank == 3 && channels >= window
        ? turned : options.shorterWindow(steps / 10))
  }
}
