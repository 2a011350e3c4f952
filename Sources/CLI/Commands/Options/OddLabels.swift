import Hourglass

/// Which samples are odd, or which steps of a series: what `--labels` and `--odd` say.
struct OddLabels {
  /// One a sample of the data, or a row of the series.
  let isOdd: [Bool]
  /// Whether they are of the rows of a series.
  let areOfSteps: Bool
  /// What says so, in words: `column 'fault', odd: 'yes'`.
  let words: String

  static let labels = Option.optional(
    "labels", .text("COLUMN|FILE", "a column or a file"), shown: "none",
    "which samples are odd, to measure how well scores find them: a column by name or number from 1, an array of an "
      + ".npz file, or a file of its own; of a series a label a row, or a file of two columns, first and last row or "
      + "time of each odd stretch")
  static let odd = Option.optional(
    "odd", .names, shown: "1, true, yes, anomaly or outlier where the other label is 0, false, no or normal",
    "of --labels: the labels that are the odd ones, commas between")
}

extension Arguments {
  /// What the classes of samples are read from, which are no input of a network.
  var labels: String? {
    get throws(Failure) {
      if let label = try self[DataOption.label] { return label }
      guard let label = try self[OddLabels.labels], !Source.isLabelFile(label) else { return nil }
      return label
    }
  }
}

extension Session {
  /// The labels that `--labels` asks for; nil where it does not.
  ///
  /// - Throws: ``Failure`` and `DataError` for labels that do not fit, and where it cannot be told which are
  ///   the odd ones.
  func oddLabels(of dataset: Dataset, for model: Model) throws -> OddLabels? {
    guard let name = try arguments[OddLabels.labels] else {
      if arguments.has(OddLabels.odd) {
        throw Failure.commandLine("--odd belongs to --labels; give that too, or leave it out")
      }
      return nil
    }
    let isFile = Source.isLabelFile(name)
    if arguments.has(DataOption.label), !isFile {
      throw Failure.commandLine(
        "--label and --labels name two columns; a sample has one class that is no input: leave --label out, or "
          + "write the odd ones to a file of their own")
    }
    if let steps = SeriesSteps(dataset), dataset.areWindows {
      return try oddSteps(name, isFile: isFile, of: dataset, steps)
    }
    let labelled =
      isFile ? try Source.labelled(dataset, from: name, notice: sayOnce) : dataset
    guard let labels = labelled.orderedLabels else {
      throw Failure.data(
        "\(operand(1)): expected labels as --labels \(name) says, found none; write them to a file of their own, "
          + "one a line")
    }
    let texts = labels.map(labelled.name(ofClass:))
    return try marked(texts, name, isFile, areOfSteps: false)
  }

  /// The odd rows of a series, by a column of its table, a file with a label a row, or one of stretches.
  private func oddSteps(
    _ name: String, isFile: Bool, of dataset: Dataset, _ steps: SeriesSteps
  ) throws -> OddLabels {
    if arguments.has(SourceOption.sort) {
      throw Failure.commandLine(
        "--labels of a series go by its rows as they stand, which --sort puts in another order; sort the file first"
      )
    }
    guard isFile else {
      let table = try typedTable(operand(1))
      return try marked(try table.labelTexts(in: name, place: operand(1)), name, isFile, areOfSteps: true)
    }
    let table = try typedTable(name)
    guard table.columns.count > 1 else {
      let texts = try table.labelTexts(in: "1", place: name)
      guard texts.count == steps.count else {
        throw Failure.data(
          "\(name): expected a label for each of the \(steps.count) rows of \(operand(1)), found "
            + "\(texts.count); give one a row, or a table of two columns, first and last row or time of each "
            + "odd stretch")
      }
      return try marked(texts, name, isFile, areOfSteps: true)
    }
    let stretches = try OddStretches(table, place: name)
    let isOdd = try stretches.marks(steps.count) { try self.times(named: dataset) }
    let count = Figures.grouped(stretches.count, "stretch", "stretches")
    return OddLabels(isOdd: isOdd, areOfSteps: true, words: "\(name): \(count) of odd rows")
  }

  /// The times of the rows of a series.
  private func times(named dataset: Dataset) throws -> [Double] {
    let table = try typedTable(operand(1))
    let name = dataset.series?.timeName
    let column = name.flatMap { table.column($0) } ?? table.columns.first
    guard case .times(let times)? = column?.values else {
      throw Failure.data(
        "\(operand(1)): expected a column of times, as the stretches of --labels are times, found none; give the "
          + "numbers of their rows, counted from 0")
    }
    return times
  }

  private func marked(
    _ texts: [String], _ name: String, _ isFile: Bool, areOfSteps: Bool
  ) throws -> OddLabels {
    let place = isFile ? name : "--labels \(name)"
    let odd = try oddOnes(among: Set(texts), place: place)
    let shown = odd.sorted().map { "'\($0)'" }.joined(separator: ", ")
    return OddLabels(
      isOdd: texts.map(odd.contains), areOfSteps: areOfSteps,
      words: isFile ? "\(name), odd: \(shown)" : "column '\(name)', odd: \(shown)")
  }

  private func oddOnes(among texts: Set<String>, place: String) throws -> Set<String> {
    let found =
      texts.sorted().prefix(8).map { "'\($0)'" }.joined(separator: ", ")
      + (texts.count > 8 ? " and \(texts.count - 8) others" : "")
    guard let given = try arguments[OddLabels.odd] else {
      if let odd = OddLabels.plain(texts) { return odd }
      throw Failure.data(
        "\(place): expected labels of which it is plain which are the odd ones, found \(found); name those with "
          + "--odd VALUE")
    }
    return Set(
      try given.map { value in
        let match = texts.first { $0 == value || (Double($0) ?? .nan) == Double(value) }
        guard let match else {
          throw Failure.data("\(place): expected '\(value)' of --odd among the labels, found \(found)")
        }
        return match
      })
  }
}

extension OddLabels {
  private static let oddWords: Set = [
    "1", "true", "yes", "y", "anomaly", "anomalous", "outlier", "odd", "abnormal", "fault",
  ]
  private static let plainWords: Set = ["0", "false", "no", "n", "normal", "inlier", "ok", "", "nominal"]

  /// The odd ones of labels that tell it themselves: nil of all others. Of labels of one kind it may be none.
  static func plain(_ texts: Set<String>) -> Set<String>? {
    let odd = texts.filter { oddWords.contains($0.lowercased()) }
    let rest = texts.subtracting(odd)
    guard odd.count <= 1, rest.count <= 1 else { return nil }
    return rest.allSatisfy { plainWords.contains($0.lowercased()) } ? odd : nil
  }
}

/// Stretches of odd rows, by their first and last rows or times.
struct OddStretches {
  private enum Bounds {
    case rows([(Int, Int)])
    case times([(Double, Double)])
  }

  private let bounds: Bounds
  private let place: String

  var count: Int {
    switch bounds {
    case .rows(let rows): rows.count
    case .times(let times): times.count
    }
  }

  init(_ table: TypedTable, place: String) throws {
    self.place = place
    let named = [table.column("start"), table.column("end")].compactMap(\.self)
    let columns = named.count == 2 ? named : table.columns
    guard columns.count == 2 else {
      throw Failure.data(
        "\(place): expected two columns, start and end of each odd stretch, found \(table.columns.count); keep "
          + "these two")
    }
    switch (columns[0].values, columns[1].values) {
    case (.times(let starts), .times(let ends)):
      try OddStretches.check(starts, ends, place)
      bounds = .times(zip(starts, ends).map { ($0, $1) })
    case (.numbers(let starts), .numbers(let ends)):
      try OddStretches.check(starts, ends, place)
      bounds = .rows(
        zip(starts, ends).map { (Int(min($0, 1e15).rounded(.up)), Int(min($1, 1e15).rounded(.down))) })
    default:
      throw Failure.data(
        "\(place): expected rows counted from 0, or times, in both columns, found "
          + "\(columns[0].values.raw.rawValue) and \(columns[1].values.raw.rawValue)")
    }
  }

  private static func check(_ starts: [Double], _ ends: [Double], _ place: String) throws {
    for (row, bounds) in zip(starts, ends).enumerated() where !(bounds.0 <= bounds.1) {
      throw Failure.data(
        "\(place) row \(row + 1): expected a start that is not behind its end, found them the other way round, or "
          + "a gap")
    }
  }

  /// Which rows are in a stretch.
  ///
  /// - Parameter times: of the rows, where stretches are told by times.
  func marks(_ count: Int, times: () throws -> [Double]) throws -> [Bool] {
    var isOdd = [Bool](repeating: false, count: count)
    switch bounds {
    case .rows(let stretches):
      for (number, (first, last)) in stretches.enumerated() {
        guard first >= 0, last < count else {
          throw Failure.data(
            "\(place) row \(number + 1): expected rows from 0 to \(count - 1), found \(first) to \(last)")
        }
        for row in first...last { isOdd[row] = true }
      }
    case .times(let stretches):
      for (row, time) in try times().prefix(count).enumerated() {
        isOdd[row] = stretches.contains { $0 <= time && time <= $1 }
      }
    }
    return isOdd
  }
}

extension TypedTable {
  /// The cells of a column of labels as texts; what is empty is the empty text.
  func labelTexts(in name: String, place: String) throws -> [String] {
    let number = columns.firstIndex { $0.name == name } ?? Int(name).map { $0 - 1 }
    guard let number, columns.indices.contains(number) else {
      let near = Nearest.question(for: name, among: columns.map(\.name)).map { "; \($0)" } ?? ""
      throw Failure.data("\(place): expected a column '\(name)', found none of that name\(near)")
    }
    return (0..<rowCount).map { row in
      if case .numbers(let values) = columns[number].values, values[row] == values[row].rounded(),
        values[row].magnitude < 1e15
      {
        return "\(Int(values[row]))"
      }
      return text(row: row, column: number)
    }
  }
}
