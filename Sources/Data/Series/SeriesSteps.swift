public import HourglassFormats
public import HourglassTensor

/// Values of windows put back into time: one row a row of the series that they were cut from.
///
/// A step that several windows hold gets the mean of what they say of it; one that none holds is missing
/// (NaN).
///
///     y[t, c] = Σ x[w, c, t - start(w)] / Σ 1        over the windows w that hold step t
///
/// Sums run in `Double`, window after window. Steps that were put in for rows missing from the times are left
/// out, so that there are as many rows as the source has; the cases of a file stand one behind the other.
public struct SeriesSteps: Sendable {
  private let form: SeriesForm
  private let source: SeriesSource
  private let spans: [SampleSpan]
  private let labels: [Int32?]
  private let dataset: Dataset
  /// Rows of the sources before each one's.
  private let firstRows: [Int]

  /// - Returns: nil for samples that were not cut from series.
  public init?(_ dataset: Dataset) {
    guard case .series(let form) = dataset.form, let source = dataset.series, let spans = dataset.orderedSpans
    else { return nil }
    (self.form, self.source, self.spans, self.dataset) = (form, source, spans, dataset)
    var first = 0
    firstRows = source.series.map { series in
      defer { first += series.rows }
      return first
    }
    var labels = [Int32?](repeating: nil, count: source.series.count)
    for (position, label) in (dataset.orderedLabels ?? []).enumerated() {
      labels[spans[position].series] = label
    }
    self.labels = labels
  }

  /// Rows of all sources.
  public var count: Int { source.series.reduce(0) { $0 + $1.rows } }

  public var channels: Int { form.channels }

  /// Steps in a window.
  public var window: Int { form.window }

  /// What the channels are called: the names of the source's columns, else `channel_0` and so on.
  public var channelNames: [String] {
    source.channelNames ?? (0..<channels).map { channels == 1 ? "value" : "channel_\($0)" }
  }

  /// Values of windows over time.
  ///
  /// - Parameter values: one a sample, channel and step, `[samples, channels, window]`; or one a sample and
  ///   step, `[samples, window]`.
  /// - Parameter smoothly: whether windows are joined by a smooth window in place of their plain mean.
  /// - Returns: `[rows, channels]`, or `[rows, 1]`.
  public func joined(_ values: Tensor, smoothly: Bool = false) -> Tensor {
    let width = values.shape.sample.count / form.window
    precondition(
      values.rows == spans.count && width * form.window == values.shape.sample.count,
      "SeriesSteps: \(values.shape) for \(spans.count) windows of \(form.window) steps")
    let given = values.values
    let weights =
      smoothly ? Overlap.weights(form.window).map(Double.init) : Array(repeating: 1, count: form.window)
    var bySeries = [[Int]](repeating: [], count: source.series.count)
    for (position, span) in spans.enumerated() { bySeries[span.series].append(position) }
    return Tensor([count, width]) { target in
      for (number, series) in source.series.enumerated() {
        let means = means(of: bySeries[number], series.length, width, given, weights)
        for row in 0..<series.rows {
          for channel in 0..<width {
            target[(firstRows[number] + row) * width + channel] =
              means[series.step(ofRow: row) * width + channel]
          }
        }
      }
    }
  }

  /// `[length, width]`.
  private func means(of windows: [Int], _ length: Int, _ width: Int, _ values: [Float], _ weights: [Double])
    -> [Float]
  {
    var sums = [Double](repeating: 0, count: length * width)
    var uses = [Double](repeating: 0, count: length * width)
    for position in windows {
      let start = spans[position].start
      for channel in 0..<width {
        let from = (position * width + channel) * form.window
        for step in 0..<min(form.window, length - start) where !values[from + step].isNaN {
          sums[(start + step) * width + channel] += weights[step] * Double(values[from + step])
          uses[(start + step) * width + channel] += weights[step]
        }
      }
    }
    return zip(sums, uses).map { $1 > 0 ? Float($0 / $1) : .nan }
  }

  /// The mean of each row's values that are there: `[rows]`.
  public func meansOverChannels(_ values: Tensor) -> Tensor {
    let (given, width) = (values.values, values.shape.sample.count)
    return Tensor([values.rows]) { target in
      for row in 0..<values.rows {
        let known = given[(row * width)..<((row + 1) * width)].filter { !$0.isNaN }
        target[row] =
          known.isEmpty ? .nan : Float(known.reduce(0.0) { $0 + Double($1) } / Double(known.count))
      }
    }
  }

  /// How many rows no window holds.
  public var uncovered: Int {
    var covered = source.series.map { [Bool](repeating: false, count: $0.length) }
    for span in spans {
      for step in span.start..<min(span.start + form.window, span.total) { covered[span.series][step] = true }
    }
    return zip(source.series, covered).reduce(0) { sum, one in
      sum + (0..<one.0.rows).count { !one.1[one.0.step(ofRow: $0)] }
    }
  }

  /// The columns that say which row each line is: of a table its times and the columns asked for; of cases
  /// `case`, `step` and the class.
  ///
  /// - Parameter isNumbered: whether rows of a table are numbered too.
  public func identity(isNumbered: Bool) -> [CSV.TextColumn] {
    guard source.areCases else {
      let times = source.series.first?.times
      return (isNumbered ? [CSV.TextColumn("row") { "\($0)" }] : [])
        + (times.map { times in [CSV.TextColumn(source.timeName ?? "time") { times[$0] }] } ?? [])
        + dataset.keptColumns.map { column in CSV.TextColumn(column.name) { column.texts[$0] } }
    }
    var columns = [
      CSV.TextColumn("case") { "\(place($0).series)" }, CSV.TextColumn("step") { "\(place($0).row)" },
    ]
    if source.series.contains(where: { $0.times != nil }) {
      columns.append(
        CSV.TextColumn("time") {
          let (series, row) = place($0)
          return source.series[series].times?[row] ?? ""
        })
    }
    if labels.contains(where: { $0 != nil }) {
      columns.append(CSV.TextColumn("class") { labels[place($0).series].map(dataset.name(ofClass:)) ?? "" })
    }
    return columns
  }

  /// Whether the rows are those of the cases of a file.
  public var areOfCases: Bool { source.areCases }

  /// Which row a line is, in short: its number or, of cases, its step and its case.
  public func place(ofRow line: Int) -> String {
    let (series, row) = place(line)
    return source.areCases ? "step \(row) of case \(series)" : "\(row)"
  }

  /// Which row of which series a line is.
  private func place(_ line: Int) -> (series: Int, row: Int) {
    var (low, high) = (0, firstRows.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if firstRows[middle] <= line { low = middle } else { high = middle }
    }
    return (low, line - firstRows[low])
  }
}
