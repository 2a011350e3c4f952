import Hourglass

/// How the lines of a stream are written, told by the first of them.
struct StreamForm {
  enum Kind: Equatable {
    case json
    case table(separator: UInt8)
  }

  let kind: Kind
  /// The names of the columns; nil: they stand in the order of training. Of JSON told line by line.
  var header: [String]?
  /// Whether the first line was the header.
  let beginsWithHeader: Bool

  /// - Parameters:
  ///   - names: of the values that a row of the model has.
  ///   - rowsHaveNumbers: whether a row of the model has a number.
  ///   - hasHeader: whether the first line is a header; nil to find out.
  ///   - known: the header of a stream that this one goes on with.
  init(
    _ line: UnsafeBufferPointer<UInt8>, names: [String], rowsHaveNumbers: Bool, hasHeader: Bool?,
    known: [String]?, decimal: CSV.DecimalMark
  ) throws {
    let first = line.first { $0 > 0x20 }
    if first == UInt8(ascii: "{") || first == UInt8(ascii: "[") {
      (kind, header, beginsWithHeader) = (.json, nil, false)
      return
    }
    let separator = StreamForm.separator(of: line, cells: known?.count ?? names.count, decimal)
    kind = .table(separator: separator)
    var cells = LineCells()
    cells.decimal = decimal
    try cells.read(table: line, separator: separator, place: "line 1")
    let texts = (0..<cells.count).map(cells.text)
    let isHeader = hasHeader ?? StreamForm.isHeader(cells, texts, names, rowsHaveNumbers: rowsHaveNumbers)
    header = isHeader ? texts : known
    beginsWithHeader = isHeader
  }

  /// A name of training is in it; or there is no number, though rows have some.
  private static func isHeader(
    _ cells: LineCells, _ texts: [String], _ names: [String], rowsHaveNumbers: Bool
  ) -> Bool {
    let known = Set(names)
    if texts.contains(where: known.contains) { return true }
    return rowsHaveNumbers && (0..<cells.count).allSatisfy { cells.double($0) == nil && !cells.isGap($0) }
  }

  /// The separator that makes as many cells as are wanted, else the most frequent.
  private static func separator(
    of line: UnsafeBufferPointer<UInt8>, cells: Int, _ decimal: CSV.DecimalMark
  ) -> UInt8 {
    let marks = [UInt8(ascii: ","), UInt8(ascii: ";"), 0x09, UInt8(ascii: "|")]
      .filter { decimal == .point || $0 != UInt8(ascii: ",") }
    let counts = marks.map { mark in line.count { $0 == mark } }
    if let index = counts.firstIndex(where: { $0 == cells - 1 && $0 > 0 }) { return marks[index] }
    let most = counts.indices.max { counts[$0] < counts[$1] } ?? 0
    return marks[most]
  }
}
