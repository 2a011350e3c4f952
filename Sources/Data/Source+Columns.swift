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
    return featureNames ?? (0..<sampleShape.count).map { "value_\($0)" }
  }
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
