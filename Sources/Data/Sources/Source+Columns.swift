import HourglassFormats
import HourglassTensor

extension Preparation {
  /// Columns of a table that samples are made of: values of a row, or channels of a series.
  var columnCount: Int {
    if case .series(let form) = form { return form.channels }
    return sampleShape.count
  }

  /// What the columns of a table of samples are called; nil for series, whose names no model keeps.
  ///
  /// Values without names are called as the files of this program call them, so that these are read again.
  var columnNames: [String]? {
    if case .series = form { return nil }
    return featureNames ?? Preparation.valueNames(sampleShape.count)
  }

  /// What values without names are called in a table.
  package static func valueNames(_ count: Int) -> [String] { (0..<count).map { "value_\($0)" } }
}

extension Source {
  /// Says which columns of a table are no samples', since others were expected, and where only some rows have
  /// a class.
  static func sayPassedOver(_ table: Table, _ path: String, _ notice: (String) -> Void) {
    if table.labels == nil, let column = table.taken.first(where: { $0.role == .label }) {
      let name = column.name.map { "'\($0)'" } ?? "\(column.number ?? 0)"
      notice("\(path): column \(name) has no class in some rows; none is taken")
    }
    let names = table.passedOver.filter { !Dataset.identityNames.contains($0) }
    guard !names.isEmpty else { return }
    let shown = names.prefix(9).joined(separator: ", ") + (names.count > 9 ? ", …" : "")
    notice(
      "\(path): \(names.count == 1 ? "a column that is" : "\(names.count) columns that are") not among those of "
        + "the model \(names.count == 1 ? "is" : "are") passed over: \(shown)")
  }
}

/// Tables of whole samples: a row holds all values of one, in row-major order, under the names that the files
/// of this program give to values without names.
extension Source {
  /// Whether a table is one of whole samples of a model whose samples have several axes, or are series.
  static func isOfSamples(_ path: String, _ kind: FileKind, _ opening: Opening) throws -> Bool {
    guard case .table(let separator) = kind, let shape = opening.options.written else { return false }
    let names = try CSV.expectation(path, opening.table(separator)).names
    return names.map { Set(Preparation.valueNames(shape.count)).isSubset(of: $0) } ?? false
  }

  /// The samples in such a table.
  ///
  /// - Throws: what ``open(_:gaps:label:weight:options:notice:)`` throws for a table.
  static func samples(_ path: String, _ kind: FileKind, _ opening: Opening, _ cache: Cache) throws -> Dataset
  {
    guard case .table(let separator) = kind, let shape = opening.options.written else {
      throw DataError(place: path, expected: "a table", found: kind.words)
    }
    var options = opening.table(separator)
    options.expected = Preparation.valueNames(shape.count)
    let table = try table(path, options, cache, opening.smallest)
    tell(table.remarks, of: path, cache.notice)
    sayPassedOver(table, path, cache.notice)
    return try Dataset(
      table.tensor.reshaped(shape.batch(table.tensor.rows)), labels: table.labels,
      classNames: table.classNames, weights: table.weights, hasGaps: table.hasGaps, origin: path
    ).with(takenColumns: table.taken).with(keptColumns: table.kept)
  }
}
