/// The table, once all rows are read.
extension TypedReader {
  /// - Throws: ``FormatError`` for dates that do not tell the day from the month.
  mutating func table() throws -> TypedTable {
    for column in kinds.indices where kinds[column] == .time {
      let times = columns[column].times
      guard times.order == nil, options.dateOrder == nil, let (line, text) = times.ambiguous else { continue }
      throw ambiguousDate(line, text, column)
    }
    var texts: [String] = []
    var finished: [TypedTable.Values] = []
    var slips: [TypedTable.Slip] = []
    for column in kinds.indices { finished.append(values(column, &texts, &slips)) }
    let gap = columns.first { $0.hasGap }?.form.gap ?? ""
    let made = kinds.indices.map { column in
      TypedTable.Column(
        name: names[column], title: layout.header.map { $0[column] }, values: finished[column],
        form: form(of: column, gap: gap))
    }
    return TypedTable(columns: made, rowCount: rows, remarks: remarks + texts, form: form, slips: slips)
  }

  private mutating func values(
    _ column: Int, _ remarks: inout [String], _ slips: inout [TypedTable.Slip]
  ) -> TypedTable.Values {
    switch kinds[column] {
    case .number: return .numbers(memory.take(column, rows: rows, as: Double.self))
    case .time: return .times(memory.take(column, rows: rows, as: Double.self))
    case .unknown, .unsettled: return .texts(levels: [], indices: [Int32](repeating: -1, count: rows))
    case .text:
      var indices = memory.take(column, rows: rows, as: Int32.self)
      if let slip = slip(column, indices) {
        slips.append(slip)
        remarks.append(
          "\(CSVLayout.called([column], layout.header)) for texts, since \(slip.cells) of \(indices.count) cells "
            + "\(slip.cells == 1 ? "is" : "are") \(slip.areCodes ? "codes, not numbers" : "no numbers") "
            + "(\(FormatError.excerpt(slip.text.utf8)))")
      }
      let levels = columns[column].levels
      var kept: [String] = []
      let places = (0..<levels.count).map { level -> Int32 in
        let text = levels.text(level)
        guard !CSVCell.isTextGap(text), options.gaps.isEmpty || !options.gaps.contains(CSVText.string(text))
        else {
          if !columns[column].hasGap { columns[column].form.gap = CSVText.string(text) }
          columns[column].hasGap = true
          return -1
        }
        kept.append(CSVText.string(text))
        return Int32(kept.count - 1)
      }
      if kept.count < places.count {
        for row in indices.indices { indices[row] = places[Int(indices[row])] }
      }
      columns[column].levels = LevelTable()
      return .texts(levels: kept, indices: indices)
    }
  }

  private func form(of column: Int, gap: String) -> CellForm {
    let state = columns[column]
    var form = state.form
    form.isQuoted = areQuoted[column]
    if !state.hasGap { form.gap = gap }
    if form.gap.isEmpty, columns.count == 1 { form.gap = "NA" }
    switch kinds[column] {
    case .number:
      let (least, most) = decimals[column]
      form.kind = .number
      form.decimals = most > 20 ? nil : most
      form.leastDecimals = least == .max || most > 20 ? 0 : least
      if state.mark == .comma { form.mark = "," }
    case .time:
      form.kind = .time
      form.pattern = state.times.pattern
    case .text, .unknown, .unsettled: form.kind = .text
    }
    return form
  }

  // MARK: - Remarks

  private var remarks: [String] {
    let marks = layout.comment ?? UInt8(ascii: "#")
    let all = kinds.indices
    func told(_ thing: String, _ meaning: String, _ wanted: [Int]) -> [String] {
      wanted.isEmpty ? [] : ["\(thing) in \(CSVLayout.called(wanted, layout.header)) for \(meaning)"]
    }
    let units = Dictionary(grouping: all.filter { columns[$0].unit != nil }) { columns[$0].unit ?? [] }
    return layout.remarks + CSVLayout.told(comments: layout.commentLines, marks) + blankRemarks + nameRemarks
      + told("the comma", "the mark before decimals", all.filter { columns[$0].hasDecimalComma })
      + told("the comma", "the mark between thousands", all.filter { columns[$0].hasThousandsComma })
      + units.sorted { $0.value[0] < $1.value[0] }.flatMap {
        told("'\(CSVText.string($0.key))'", "a unit", $0.value)
      }
      + told(
        "years of two digits", "those from 1969 to 2068",
        all.filter {
          kinds[$0] == .time && columns[$0].times.patterns.contains { $0.parts.contains(.shortYear) }
        })
      + told(
        "times of several distances from Greenwich", "those of Greenwich",
        all.filter { columns[$0].times.isGreenwich })
      + told(
        "times in several forms", "times, to be written in the first form",
        all.filter { kinds[$0] == .time && columns[$0].times.patterns.count > 1 })
  }

  private var blankRemarks: [String] {
    blankLines == 0 ? [] : ["\(blankLines) blank line\(blankLines == 1 ? "" : "s") for nothing"]
  }

  private var nameRemarks: [String] {
    guard let header = layout.header else { return [] }
    return names.indices.compactMap { column in
      names[column] == header[column] || (column == 0 && layout.hasRowNames)
        ? nil : "'\(names[column])' for the name of column \(column + 1)"
    }
  }

  /// The cells of a column of numbers of which a few are none.
  private func slip(_ column: Int, _ indices: [Int32]) -> TypedTable.Slip? {
    let levels = columns[column].levels
    guard !options.texts.contains(names[column]), levels.count > 0 else { return nil }
    func isNumber(_ level: Int) -> Bool {
      levels.text(level).withUnsafeBufferPointer(CSVCell.isPlainNumber)
    }
    let looked = min(levels.count, 1000)
    guard 2 * (0..<looked).count(where: isNumber) >= looked else { return nil }
    let isOther = (0..<levels.count).map { !isNumber($0) && !CSVCell.isTextGap(levels.text($0)) }
    let others = indices.count { isOther[Int($0)] }
    guard others > 0, others == 1 || others * 10 <= indices.count,
      let row = indices.firstIndex(where: { isOther[Int($0)] })
    else { return nil }
    let found = levels.text(Int(indices[row]))
    return TypedTable.Slip(
      column: names[column], text: CSVText.string(found), row: row + 1, cells: others,
      areCodes: TypedReader.isCode(found))
  }
}
