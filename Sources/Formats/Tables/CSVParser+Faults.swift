import HourglassTensor

/// The words for what is no row of numbers.
extension CSVParser {
  func wrong(_ column: Int, _ expected: String, _ found: String, _ remedy: String) -> FormatError {
    let name = header.flatMap { column < $0.count && !$0[column].isEmpty ? $0[column] : nil }
      .map { FormatError.excerpt($0.utf8) }
    return FormatError(
      place: "\(place) line \(row) column \(name ?? "\(column + 1)")", expected: expected, found: found,
      remedy: remedy)
  }

  /// A cell that is no number, gap or anything that is read as one.
  func notANumber(_ text: [UInt8], _ column: Int) -> FormatError {
    let filling = "leave out the row, or allow gaps (--gaps)"
    let number = CSVNumber(text, mark: nil)
    let remedy =
      switch CSVCell.kind(text) {
      case _ where roles[column] == .weight: "give each row a weight, 1 where it is as any other"
      case .gap where text.isEmpty: "fill the gap, \(filling)"
      case .gap: "replace it, \(filling)"
      case .notFinite: "replace it or leave out the row"
      case _ where number?.isAmbiguous == true:
        "say whether the comma stands before decimals (--decimal comma) or between thousands "
          + "(--decimal point)"
      case _ where number?.unit.isEmpty == false: "write the column in one unit, or without"
      case _ where number != nil:
        "write numbers with one mark before decimals, a comma or a point (--decimal says which)"
      case _ where column == 0 && CSVCell.beginsWithYear(text) && roles.count > 1:
        "\(textRemedy(column)); of a series --window cuts windows and takes this column for the times"
      case _ where column == 0 && isComment(text):
        "remove lines that are comments, or begin them with #"
      case _ where row == 1 && header == nil:
        textRemedy(column) + "; in a header no name may be a number (--header yes takes any)"
      default: textRemedy(column)
      }
    return wrong(column, "a number", text.isEmpty ? "an empty cell" : FormatError.excerpt(text), remedy)
  }

  private func isComment(_ text: [UInt8]) -> Bool {
    text.count > 1 && text.first.map { "#%/*;!".utf8.contains($0) } ?? false
  }

  /// All columns of text at once, so that they can be left out at once.
  private func textRemedy(_ column: Int) -> String {
    let columns = textColumns
    guard columns.contains(column) else {
      return "mend the cell, leave out the row, or the column (--drop \(listed([column])))"
    }
    if columns.count == roles.count(where: { $0 == .feature }) {
      return "give a table with columns of numbers: here all are text"
    }
    let void = voidColumns
    let all = (columns + void).sorted()
    let gaps = hasGapsBeside(all) ? ", and --gaps, as cells are empty" : ""
    let beside = void.isEmpty ? "" : " and \(called(void)), where nothing is found"
    let texts =
      columns.count == 1
      ? "this column of text" : "the columns of text, which are \(called(columns).dropFirst(8))"
    return "leave out \(texts)\(beside): --drop \(listed(all))\(gaps)"
  }

  /// Features of which all cells of the first rows are gaps.
  private var voidColumns: [Int] {
    roles.indices.filter { column in
      roles[column] == .feature && !layout.rows.isEmpty
        && layout.rows.allSatisfy { column >= $0.count || CSVCell.isGap($0[column]) }
    }
  }

  /// Features of which no cell of the first rows is a number, or at least two are none, one in twenty: fewer
  /// are slips.
  private var textColumns: [Int] {
    roles.indices.filter { column in
      guard roles[column] == .feature else { return false }
      var writing = writing
      var (texts, all) = (0, 0)
      for row in layout.rows where column < row.count && !CSVCell.isGap(row[column]) {
        all += 1
        if writing.plain(row[column], column: column, mark: layout.marks[column]) == nil { texts += 1 }
      }
      return texts > 0 && (texts == all || (texts > 1 && 20 * texts >= all))
    }
  }

  private func hasGapsBeside(_ columns: [Int]) -> Bool {
    guard !options.gaps else { return false }
    return roles.indices.contains { column in
      roles[column] == .feature && !columns.contains(column)
        && layout.rows.contains { column < $0.count && CSVCell.isGap($0[column]) }
    }
  }

  /// A column of numbers that count the rows.
  func countingWords(_ columns: [Int]) -> String {
    let verb = columns.count == 1 ? "it only counts" : "they only count"
    return "\(called(columns)) for \(columns.count == 1 ? "a feature" : "features"), though \(verb) the rows "
      + "(leave out with --drop \(listed(columns)))"
  }

  var blankLine: FormatError {
    let hasOneColumn = options.gaps && roles.count == 1
    return FormatError(
      place: "\(place) line \(row)", expected: "a row of numbers", found: "an empty line",
      remedy: hasOneColumn ? "write NA where the value is missing" : "remove the line")
  }

  mutating func ragged(_ width: Int, found: Int, _ last: CSVScanner.Terminator) -> FormatError {
    scanner.ragged("\(place) line \(row)", width, found: found, last)
  }

  /// The window may end inside of the quotes.
  func unclosedQuote(column: Int) throws -> FormatError {
    guard window.isLast else { throw Unfinished() }
    return FormatError(
      place: "\(place) line \(row) column \(column + 1)", expected: "a quoted cell that ends with its quote",
      found: "text after it or the end of the file", remedy: "write a quote in a quoted cell twice")
  }

  var tooManyClasses: FormatError {
    FormatError(
      place: "\(place) line \(row)", expected: "at most \(CSVClasses.most) classes", found: "another one",
      remedy: "take out a column of classes, not of measurements")
  }

  static func tooLong(_ place: String, _ line: Int) -> FormatError {
    FormatError(
      place: "\(place) line \(line)", expected: "rows of at most \(TextWindow.longestRow) bytes",
      found: "a longer one", remedy: "look for a quote that is not closed")
  }
}

extension CSVScanner {
  /// A row of more or fewer cells than the first has.
  ///
  /// - Parameters:
  ///   - found: its cells that were read already, with what ended the last of them.
  mutating func ragged(_ place: String, _ width: Int, found: Int, _ last: Terminator) -> FormatError {
    var (count, terminator) = (found, last)
    while terminator == .separator, let cell = cell() {
      count += 1
      terminator = cell.terminator
    }
    return FormatError(
      place: place, expected: "\(width) cells as in the first row", found: "\(count)",
      remedy: "see that every row has the same number of cells")
  }
}
