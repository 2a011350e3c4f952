public import HourglassFormats

/// What the lines of a table that is made of samples belong to.
///
/// Rows, steps, windows and cases are counted from 0, as arrays are in NumPy and rows in pandas.
extension Dataset {
  /// What columns are called that say which sample a line is of.
  public static let identityNames: Set<String> = [
    "row", "file", "case", "step", "start", "end", "start_time", "end_time",
  ]

  /// The columns that say which sample each line is of:
  ///
  /// - `row`: the place of the sample in the source;
  /// - `file`: of samples that are files, or parts of them;
  /// - `case`: of windows of a file of cases;
  /// - `start`, `end`: the first and the last row, step or value of a window, and `start_time`, `end_time`;
  /// - the class under the name of its column, else `class`, where it is known;
  /// - the columns that were asked for as they stand; of a window the text of its first row.
  public var identity: [CSV.TextColumn] {
    var columns = [CSV.TextColumn("row") { [self] in "\(row($0))" }]
    if let sampleNames { columns.append(CSV.TextColumn("file") { [self] in sampleNames[row($0)] }) }
    if let series, areWindows {
      columns += windowColumns(of: series)
    } else if let spans, isCut {
      let length = partLength
      columns.append(CSV.TextColumn("start") { [self] in "\(spans[row($0)].start)" })
      columns.append(
        CSV.TextColumn("end") { [self] in
          let span = spans[row($0)]
          return "\(min(span.start + length, span.total) - 1)"
        })
    }
    return columns + classColumn { [self] in row($0) }
      + (series == nil
        ? keptColumns.map { column in CSV.TextColumn(column.name) { [self] in column.texts[row($0)] } } : [])
  }

  /// Whether samples are windows of series, not whole ones.
  public var areWindows: Bool {
    guard case .series(let form) = form, !form.isPadded, let spans else { return false }
    if let series, !series.areCases { return true }
    return spans.contains { $0.start > 0 || $0.total > form.window }
  }

  /// Whether a sample is a part of its file.
  private var isCut: Bool {
    guard case .sounds(let form) = form, let spans else { return false }
    return spans.contains { $0.start > 0 || $0.total != form.window }
  }

  private var partLength: Int {
    if case .sounds(let form) = form { return form.window }
    return 0
  }

  private func windowColumns(of series: SeriesSource) -> [CSV.TextColumn] {
    guard case .series(let form) = form, let spans else { return [] }
    /// The rows of the source that a window has.
    @Sendable func rows(_ position: Int) -> (source: SeriesSource.Series, rows: Range<Int>) {
      let span = spans[row(position)]
      let source = series.series[span.series]
      return (source, source.rows(of: span.start..<(span.start + form.window)))
    }
    @Sendable func text(_ position: Int, _ find: (SeriesSource.Series, Range<Int>) -> String?) -> String {
      let (source, rows) = rows(position)
      return rows.isEmpty ? "" : find(source, rows) ?? ""
    }
    var columns: [CSV.TextColumn] = []
    if series.areCases { columns.append(CSV.TextColumn("case") { [self] in "\(spans[row($0)].series)" }) }
    columns.append(CSV.TextColumn("start") { text($0) { "\($1.lowerBound)" } })
    columns.append(CSV.TextColumn("end") { text($0) { "\($1.upperBound - 1)" } })
    if series.series.contains(where: { $0.times != nil }) {
      columns.append(CSV.TextColumn("start_time") { text($0) { $0.times?[$1.lowerBound] } })
      columns.append(CSV.TextColumn("end_time") { text($0) { $0.times?[$1.upperBound - 1] } })
    }
    for column in keptColumns {
      columns.append(CSV.TextColumn(column.name) { text($0) { column.texts[$1.lowerBound] } })
    }
    return columns
  }

  /// Where the sample at a position is, in short: its file and where in it, the first and last row of a
  /// window, else its row.
  public func place(ofSample position: Int) -> String {
    let row = row(position)
    if let sampleNames {
      guard isCut, let spans else { return sampleNames[row] }
      return "\(sampleNames[row]) from \(spans[row].start)"
    }
    guard areWindows, case .series(let form) = form, let series, let spans else { return "\(row)" }
    let rows = series.series[spans[row].series].rows(
      of: spans[row].start..<(spans[row].start + form.window))
    let words = "\(rows.lowerBound)-\(max(rows.lowerBound, rows.upperBound - 1))"
    return series.areCases ? "\(words) of case \(spans[row].series)" : words
  }

  /// The class of the row of ``samples`` that belongs to a line.
  func classColumn(_ row: @escaping @Sendable (Int) -> Int) -> [CSV.TextColumn] {
    guard let labels else { return [] }
    let name = takenColumns.first { $0.role == .label }?.name ?? "class"
    return [CSV.TextColumn(name) { [self] in self.name(ofClass: labels[row($0)]) }]
  }

  /// What a class is called; its number where it has no name.
  public func name(ofClass label: Int32) -> String {
    let names = classNames ?? []
    return label >= 0 && Int(label) < names.count ? names[Int(label)] : "\(label)"
  }
}

extension [CSV.TextColumn] {
  /// The same columns, `source_` in front of names that others have.
  public func apart(from names: [String]) -> [CSV.TextColumn] {
    var taken = Set(names)
    return map { column in
      var name = column.name
      while !taken.insert(name).inserted { name = "source_" + name }
      return CSV.TextColumn(name, column.text)
    }
  }
}
