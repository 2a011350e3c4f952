import HourglassTensor

/// The words for what is no cell of its column, and no row.
extension TypedReader {
  func wrong(_ line: Int, _ column: Int, _ expected: String, _ found: String, _ remedy: String) -> FormatError
  {
    FormatError(
      place: "\(place) line \(line) column \(FormatError.excerpt(names[column].utf8))", expected: expected,
      found: found, remedy: remedy)
  }

  func notANumber(_ text: [UInt8], _ line: Int, _ column: Int) -> FormatError {
    wrong(
      line, column, "a number as in the other rows", FormatError.excerpt(text),
      "mend the cell, leave it empty, or have the column read as texts")
  }

  func notATime(_ text: [UInt8], _ line: Int, _ column: Int) -> FormatError {
    let known = columns[column].times.patterns.map { "\($0)" }.joined(separator: ", ")
    return wrong(
      line, column, "a time" + (known.isEmpty ? "" : " as \(known)"), FormatError.excerpt(text),
      "mend the cell, leave it empty, or have the column read as texts")
  }

  func ambiguousComma(_ text: [UInt8], _ line: Int, _ column: Int) -> FormatError {
    wrong(
      line, column, "a number", FormatError.excerpt(text),
      "say whether the comma stands before decimals (--decimal comma) or between thousands "
        + "(--decimal point)")
  }

  /// Dates that do not tell the day from the month.
  func ambiguousDate(_ line: Int, _ text: [UInt8], _ column: Int) -> FormatError {
    wrong(
      line, column, "dates that tell the day from the month by a number above 12",
      "\(FormatError.excerpt(text)) and none in all rows",
      "say which stands first (--dates day-first or --dates month-first)")
  }

  mutating func ragged(_ line: Int, _ found: Int, _ last: CSVScanner.Terminator) -> FormatError {
    scanner.ragged("\(place) line \(line)", names.count, found: found, last)
  }

  /// The window may end inside of the quotes.
  func unclosedQuote(_ line: Int, _ column: Int) throws -> FormatError {
    guard window.isLast else { throw CSVParser.Unfinished() }
    return wrong(
      line, column, "a quoted cell that ends with its quote", "text after it or the end of the file",
      "write a quote in a quoted cell twice")
  }
}
