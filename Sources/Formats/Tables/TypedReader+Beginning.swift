/// What is settled before the first row of a typed table is read.
extension TypedReader {
  static func form(_ layout: CSVLayout, _ window: TextWindow, hasMark: Bool) -> TableForm {
    var form = TableForm(
      separator: String(Character(Unicode.Scalar(layout.separator))), hasHeader: layout.header != nil)
    form.isHeaderShort = layout.isHeaderShort
    form.quotesHeader = layout.isHeaderQuoted
    form.tellsSeparator = layout.tellsSeparator
    form.hasByteOrderMark = hasMark
    let end = window.lines.firstIndex(of: 0x0A) ?? 0
    form.hasCarriageReturns = end > 0 && window.lines[end - 1] == 0x0D
    return form
  }

  /// The names of the columns, made to differ.
  static func names(_ layout: CSVLayout) -> [String] {
    var taken: Set<String> = []
    let titles = (0..<layout.width).map { layout.header?[$0] ?? "" }
    let all = Set(titles)
    return titles.enumerated().map { place, title in
      let plain = title.isEmpty ? "column \(place + 1)" : title
      var name = plain
      var number = 2
      while taken.contains(name) || (name != title && all.contains(name)) {
        name = "\(plain) (\(number))"
        number += 1
      }
      taken.insert(name)
      return name
    }
  }

  /// What a column is taken for by its first cells.
  static func begin(
    _ column: Int, _ layout: CSVLayout, _ options: CSV.TypedOptions, _ name: String,
    _ settled: TypedColumn.Settled?
  ) -> (TypedColumn.Kind, TypedColumn) {
    var state = TypedColumn()
    state.mark = layout.marks[column]
    state.times = TimeColumn(order: settled?.order, assumed: options.dateOrder)
    if options.texts.contains(name) || settled?.isText == true { return (.text, state) }
    let cells = layout.rows.compactMap { row in
      column < row.count && !isGap(row[column], options) ? row[column] : nil
    }
    guard !cells.isEmpty else { return (.unknown, state) }
    var probe = state
    var (numbers, times) = (0, 0)
    for cell in cells {
      if probe.number(cell) != nil || isAmbiguous(cell, state.mark) {
        numbers += 1
      } else if cell.withUnsafeBufferPointer({ probe.times.read($0, line: 0) }) != nil {
        times += 1
      } else if isCode(cell) {
        return (.text, state)
      }
    }
    let order = probe.times.order ?? settled?.order
    state.times = TimeColumn(order: order, assumed: options.dateOrder)
    // With refusal a few cells that are none are slips, and named.
    let needed = options.unreadable == .refused ? cells.count / 2 + 1 : cells.count
    return (numbers >= needed ? .number : times >= needed ? .time : .text, state)
  }

  static func isGap(_ text: [UInt8], _ options: CSV.TypedOptions) -> Bool {
    CSVCell.isGap(text) || (!options.gaps.isEmpty && options.gaps.contains(CSVText.string(text)))
  }

  /// A whole number with zeros in front, or with more digits than a `Double` keeps.
  static func isCode(_ text: [UInt8]) -> Bool {
    let digits = text.drop { $0 == 0x2D }
    return !digits.isEmpty && digits.allSatisfy { $0 &- 0x30 < 10 }
      && !text.withUnsafeBufferPointer(CSVCell.isPlainNumber)
  }

  static func isAmbiguous(_ text: [UInt8], _ mark: CSVNumber.Mark?) -> Bool {
    mark == nil && CSVNumber(text, mark: nil)?.isAmbiguous == true
  }
}
