import Hourglass

/// Numbers of samples as lines of a file, and what says which sample, or step of a series, each line is.
struct SampleLines {
  let values: Tensor
  let columns: [String]?
  var texts: [CSV.TextColumn] = []
  /// Whether a line is a step of a series, not a sample.
  var isSeries = false
  /// Of records, the cells of a table like the one that was read.
  var table: TypedTable?

  /// For the help of commands that write them.
  static let words = """
    \(tableWords) Arrays (.npy, .npz) hold the numbers alone, in the order of the source.
    """
  static let tableWords = """
    In a table (.csv, .tsv) each line begins with what it belongs to: the row of the source counted from 0, and as far as \
    there are any its file, case, first and last row of a window and their times, class, and columns named by \
    --keep.
    """
  static let seriesWords = """
    Windows of a series come back as the series in a table: a line a row of the source, the mean where windows lie over \
    each other; in an array as windows; --as changes that.
    """

  static let layout = Option.optional(
    "as", .choice(["series", "windows"]), shown: "series in a table, windows in an array",
    "of windows of series: a line a step, or a line a window")
}

extension SampleLines {
  /// Records as the table that they stand for: a line a record, its columns and cells as in the source.
  init(records values: Tensor, _ model: Model, like dataset: Dataset?) {
    self.init(values: values, columns: model.preparation.featureNames)
    table = model.preparation.fields?.table(of: values, like: dataset?.records?.table)
  }

  /// A line a sample.
  init(_ values: Tensor, of dataset: Dataset, columns: [String]?) {
    self.init(values: values, columns: columns, texts: dataset.identity)
  }
}

extension Session {
  /// Values of samples as the file and the options have them: a line a sample, or a step of series.
  ///
  /// - Parameters:
  ///   - values: one for each of a sample, in its shape.
  ///   - isNumbered: whether the rows of a series are numbered in a table.
  /// - Throws: ``Failure`` where the samples are no series and should be written as one.
  func lines(
    _ values: Tensor, of dataset: Dataset, _ model: Model, for output: OutputFile, isNumbered: Bool = false
  ) throws -> SampleLines {
    let wanted = try arguments[SampleLines.layout]
    let steps = SeriesSteps(dataset)
    if wanted != nil, steps == nil {
      throw Failure.commandLine(
        "--as is for models of series; the samples of \(operand(1)) are none; leave it out")
    }
    let isSeries = wanted.map { $0 == "series" } ?? (output.isTable && dataset.areWindows)
    guard isSeries, let steps else {
      return SampleLines(values, of: dataset, columns: model.preparation.featureNames)
    }
    sayUncovered(steps, dataset)
    return SampleLines(
      values: steps.joined(values), columns: steps.channelNames,
      texts: steps.identity(isNumbered: isNumbered), isSeries: true)
  }

  /// Says how many steps are in no window.
  func sayUncovered(_ steps: SeriesSteps, _ dataset: Dataset) {
    let count = steps.uncovered
    guard count > 0 else { return }
    say(
      "\(dataset.origin): \(Figures.grouped(count, "row is", "rows are")) in no window, without a value (nan)"
    )
  }
}

extension OutputFile {
  /// Writes the lines, whole or not at all: see the other `write`.
  func write(
    _ lines: SampleLines, name: String, files: (preparation: Preparation, dataset: Dataset?)? = nil,
    across count: Int? = nil
  ) throws {
    if isTable, let table = lines.table { return try CSV.write(table, to: path) }
    try write(
      lines.values, name: name, columns: lines.columns, behind: lines.texts, files: files, across: count)
  }
}
