extension CSV {
  /// Writes a table the way its file was written: its separator, header and line ends, its cells in their
  /// columns' forms. Comments are not written again; the text is UTF-8 whatever it was read from.
  ///
  /// Names that end in `.gz` are compressed. Cells that hold the separator, a quote or a line end are quoted.
  ///
  /// - Throws: what ``AtomicFile`` throws.
  public static func write(_ table: TypedTable, to path: String) throws {
    let rows = TypedRows(table)
    try AtomicFile.write(to: path, compressed: path.hasSuffix(".gz")) { writer in
      try writer.write(rows.beginning)
      var line: [UInt8] = []
      for row in 0..<table.rowCount {
        line.removeAll(keepingCapacity: true)
        rows.append(row, to: &line)
        try writer.write(line)
      }
    }
  }

  /// The bytes that ``write(_:to:)`` would write, uncompressed.
  public static func bytes(of table: TypedTable) -> [UInt8] {
    let rows = TypedRows(table)
    var bytes = rows.beginning
    for row in 0..<table.rowCount { rows.append(row, to: &bytes) }
    return bytes
  }
}

/// Lines of a typed table.
private struct TypedRows {
  let table: TypedTable
  let separator: UInt8
  let lineEnd: [UInt8]
  /// The cells of texts, as they stand in the file.
  let levels: [[[UInt8]]]
  let gaps: [[UInt8]]

  init(_ table: TypedTable) {
    self.table = table
    let separator = table.form.separator.utf8.first ?? 0x2C
    self.separator = separator
    lineEnd = table.form.hasCarriageReturns ? [0x0D, 0x0A] : [0x0A]
    levels = table.columns.map { column in
      guard case .texts(let levels, _) = column.values else { return [] }
      return levels.map { TypedRows.cell($0, column.form.isQuoted, separator) }
    }
    // A line of nothing is no row.
    let isAlone = table.columns.count == 1
    gaps = table.columns.map { column in
      TypedRows.cell(isAlone && column.form.gap.isEmpty ? "NA" : column.form.gap, false, separator)
    }
  }

  var beginning: [UInt8] {
    var bytes: [UInt8] = table.form.hasByteOrderMark ? [0xEF, 0xBB, 0xBF] : []
    if table.form.tellsSeparator { bytes += Array("sep=".utf8) + [separator] + lineEnd }
    guard table.form.hasHeader else { return bytes }
    let shown = table.columns.dropFirst(table.form.isHeaderShort ? 1 : 0)
    let cells = shown.map { TypedRows.cell($0.title, table.form.quotesHeader, separator) }
    return bytes + Array(cells.joined(separator: [separator])) + lineEnd
  }

  func append(_ row: Int, to line: inout [UInt8]) {
    for (place, column) in table.columns.enumerated() {
      if place > 0 { line.append(separator) }
      switch column.values {
      case .numbers(let values), .times(let values):
        guard !values[row].isNaN else {
          line += gaps[place]
          continue
        }
        line += TypedRows.cell(column.form.text(values[row]), column.form.isQuoted, separator)
      case .texts(_, let indices):
        line += indices[row] < 0 ? gaps[place] : levels[place][Int(indices[row])]
      }
    }
    line += lineEnd
  }

  /// A cell, in quotes where it needs them.
  private static func cell(_ text: String, _ isQuoted: Bool, _ separator: UInt8) -> [UInt8] {
    let bytes = Array(text.utf8)
    let needsQuotes =
      isQuoted || (bytes.isEmpty && separator == 0x20) || bytes.first == 0x20 || bytes.last == 0x20
      || bytes.contains { $0 == separator || $0 == 0x22 || $0 == 0x0A || $0 == 0x0D }
    guard needsQuotes else { return bytes }
    return [0x22] + bytes.flatMap { $0 == 0x22 ? [0x22, 0x22] : [$0] } + [0x22]
  }
}
