import HourglassFormats
import HourglassTensor

/// A series on its way to samples.
struct Series {
  /// `[channels, length]`.
  var values: [Double]
  var length: Int
  /// Where a person finds it.
  let place: String
  /// Which step each row of the source is; nil: one behind the other.
  var places: [Int]?
  /// The time of each row as it is written.
  var times: [String]?

  /// What is remembered of it beside the windows.
  var source: SeriesSource.Series { SeriesSource.Series(length: length, places: places, times: times) }
}

extension Source {
  /// Cases of a `.ts` file; each a sample where no window is asked for, shorter ones filled up to the longest
  /// with missing values.
  static func series(_ path: String, _ opening: Opening, _ notice: (String) -> Void) throws -> Dataset {
    try opening.refuseColumns(place: path)
    try opening.options.check(place: path, as: .series)
    let file = try SeriesFile.read(path, gaps: opening.gaps)
    if file.hasTargets {
      notice("\(path): the last number of each case is its target, as the head says, and is passed over")
    }
    let (series, hasHoles) = try inTime(file, path, opening, notice)
    return try samples(
      of: series, channels: file.channels, path, opening.options,
      labels: file.labels, classNames: file.classNames, hasGaps: file.hasGaps || hasHoles, notice)
  }

  /// Series as the options say: cut into windows, or whole and filled up to the longest.
  ///
  /// - Parameters:
  ///   - labels: the class of each series.
  ///   - weights: of each series.
  ///   - areCases: whether they are cases of a file; else there is one, of rows.
  ///   - element: of the samples' values: `float32` or `float64`.
  static func samples(
    of series: [Series], channels: Int, _ path: String, _ options: SourceOptions,
    labels: [Int32]? = nil, classNames: [String]? = nil, weights: [Float]? = nil, hasGaps: Bool,
    areCases: Bool = true, element: Element = .float32, _ notice: (String) -> Void
  ) throws -> Dataset {
    let (shortest, longest) = (series.map(\.length).min() ?? 0, series.map(\.length).max() ?? 0)
    let window = options.seriesWindow
    if let length = options.length, window != nil {
      throw DataError(
        place: path, expected: "windows or whole series", found: "--window and --pad \(length)",
        remedy: "leave one of them out")
    }
    let form = try seriesForm(
      channels, window ?? options.length ?? longest, options, path,
      isPadded: window == nil && (options.length != nil || shortest < longest))
    try checkLengths(series, form, options, shortest: shortest)
    sayLeft(series, form, path, notice)
    let places = places(series, form)
    let samples = try windows(series, places, form, path, element)
    // Samples that are filled up go the same way all, so that no score depends on how long the others are.
    let dataset = try Dataset(
      samples, labels: labels.map { labels in places.map { labels[$0.index] } },
      classNames: classNames, weights: weights.map { weights in places.map { weights[$0.index] } },
      hasGaps: hasGaps || form.isPadded, origin: path)
    return dataset.with(
      form: .series(form), sampleNames: nil,
      spans: places.map {
        SampleSpan(start: $0.start, total: series[$0.index].length, series: $0.index)
      }
    ).with(series: SeriesSource(series.map(\.source), areCases: areCases))
  }

  /// A table whose rows are steps in time and whose columns are channels, cut into windows.
  ///
  /// A first column of text, or one of numbers that is called as times are, is taken for time stamps. They
  /// must not go backwards, unless the rows may be sorted. Rows that are missing from their grid are told of
  /// and, with gaps allowed, put in as missing values.
  static func windows(
    _ path: String, _ separator: Character?, window: Int, _ opening: Opening, _ notice: (String) -> Void
  ) throws -> Dataset {
    var columns = opening
    (columns.options.kept, columns.options.drop) = ([], [])
    try columns.refuseColumns(place: path, holding: "a series")
    try opening.options.check(place: path, as: .series)
    var options = opening.table(separator)
    options.findsTimes = true
    options.columnsKept = opening.options.seriesChannels
    let (table, times) = try ordered(
      CSV.read(path, options), path, sorts: opening.options.sorts, notice)
    tell(table.remarks, of: path, notice)
    let channels = table.tensor.shape.sample.count
    if case .digits? = times?.unit {
      notice(
        "\(path): the first column is taken for the times of the rows, by its name; the other "
          + "\(channels == 1 ? "is the channel" : "\(channels) are the channels")")
    }
    let grid = try places(of: times, path, opening.gaps, notice)
    let length = grid.map { ($0.last ?? 0) + 1 } ?? table.tensor.rows
    guard length >= window else {
      throw DataError(
        place: path, expected: "a series of at least \(window) rows, a window", found: "\(length)",
        remedy: opening.options.shorterWindow(length / 10))
    }
    let whole = series(of: table, length: length, grid, path)
    let dataset = try samples(
      of: [whole], channels: channels, path, opening.options,
      hasGaps: table.hasGaps || length > table.tensor.rows, areCases: false, element: table.tensor.element,
      notice)
    return dataset.with(takenColumns: table.taken).with(keptColumns: table.kept).with(
      series: SeriesSource(
        [whole.source], areCases: false, timeName: table.timeName, channelNames: table.columns))
  }

  /// The columns of a table as channels, its rows where their times lie on a grid.
  private static func series(of table: Table, length: Int, _ grid: [Int]?, _ path: String) -> Series {
    let channels = table.tensor.shape.sample.count
    var values = [Double](repeating: .nan, count: channels * length)
    for (index, value) in table.tensor.doubles.enumerated() {
      let row = index / channels
      values[index % channels * length + (grid?[row] ?? row)] = value
    }
    return Series(values: values, length: length, place: path, places: grid, times: table.times)
  }

  /// Where the samples of some series begin.
  private static func places(_ series: [Series], _ form: SeriesForm) -> [(index: Int, start: Int)] {
    series.indices.flatMap { index in
      form.starts(of: series[index].length).map { (index: index, start: $0) }
    }
  }

  private static func windows(
    _ series: [Series], _ places: [(index: Int, start: Int)], _ form: SeriesForm, _ path: String,
    _ element: Element
  ) throws -> Tensor {
    try checkMemory(places.count, of: form.sampleShape, elementSize: element.size, path)
    let shape = form.sampleShape.batch(places.count)
    guard element == .float64 else {
      return Tensor(shape) { target in
        forEachStep(of: series, places, form) { target[$0] = $1.map { Float($0) } ?? .nan }
      }
    }
    let storage = Storage(count: shape.count * element.size) { bytes in
      let target = bytes.bindMemory(to: Double.self)
      forEachStep(of: series, places, form) { target[$0] = $1 ?? .nan }
    }
    return Tensor(shape, .float64, in: storage)
  }

  /// Calls `write` with each place of the samples and the value that belongs there, nil behind a series' end.
  private static func forEachStep(
    of series: [Series], _ places: [(index: Int, start: Int)], _ form: SeriesForm,
    _ write: (Int, Double?) -> Void
  ) {
    for (row, place) in places.enumerated() {
      let source = series[place.index]
      let count = min(form.window, source.length - place.start)
      for channel in 0..<form.channels {
        let start = (row * form.channels + channel) * form.window
        let from = channel * source.length + place.start
        for step in 0..<count { write(start + step, source.values[from + step]) }
        for step in count..<form.window { write(start + step, nil) }
      }
    }
  }

  private static func seriesForm(
    _ channels: Int, _ window: Int, _ options: SourceOptions, _ path: String, isPadded: Bool
  ) throws -> SeriesForm {
    guard max(channels, window) <= SeriesForm.longestWindow else {
      throw DataError(
        place: path, expected: "at most \(SeriesForm.longestWindow) channels and steps of a window",
        found: "\(channels) and \(window)")
    }
    return SeriesForm(
      channels: channels, window: window, stride: options.stride ?? 1, isPadded: isPadded,
      coversEnd: options.coversEnd)
  }

  /// Says how many steps are in no window.
  private static func sayLeft(
    _ series: [Series], _ form: SeriesForm, _ path: String, _ notice: (String) -> Void
  ) {
    if form.stride > form.window {
      notice(
        "\(path): windows of \(form.window) steps every \(form.stride): the steps between two windows are in none"
      )
    }
    let left = series.map { form.stepsLeft(of: $0.length) }.filter { $0 > 0 }
    guard !left.isEmpty else { return }
    let steps = left.reduce(0, +)
    let whose = left.count == 1 ? "" : " of \(left.count) series"
    notice(
      "\(path): the last \(steps == 1 ? "step fills" : "\(steps) steps\(whose) fill") no window and "
        + "\(steps == 1 ? "is" : "are") left out, as this model learned; one trained anew takes them into one "
        + "more window")
  }

  private static func checkLengths(
    _ series: [Series], _ form: SeriesForm, _ options: SourceOptions, shortest: Int
  ) throws {
    let fault = series.first { form.isPadded ? $0.length > form.window : $0.length < form.window }
    guard let fault else { return }
    guard form.isPadded else {
      throw DataError(
        place: fault.place, expected: "a series of at least \(form.window) values, a window",
        found: "\(fault.length)",
        remedy: options.shorterWindow(shortest))
    }
    throw DataError(
      place: fault.place, expected: "a series of at most \(form.window) values, as in training",
      found: "\(fault.length)",
      remedy:
        "cut it, train with --pad \(fault.length), which leaves room for it, or with --window, which cuts all"
    )
  }
}
