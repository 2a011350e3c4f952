import Hourglass

/// A table's description as lines of text: a table of the columns, then what is odd.
struct DescriptionWords {
  private let description: TableDescription
  private let table: TypedTable
  private let name: String
  /// Characters in a line.
  private let width: Int

  private static let longestName = 28

  init(_ description: TableDescription, _ table: TypedTable, name: String, width: Int) {
    self.description = description
    self.table = table
    self.name = name
    self.width = max(60, min(width, 160))
  }

  var lines: [String] {
    let aside = description.columns.count { $0.field.role == .aside }
    var lines = [
      "\(name): \(Figures.grouped(description.rowCount, "row")), "
        + Figures.grouped(table.columns.count, "column")
        + (aside == 0 ? "" : ", \(Figures.grouped(aside)) of them set aside"),
      "",
    ]
    lines += columns
    let warnings = description.oddities.filter(\.isWarning)
    let codes = description.oddities.filter { $0.kind == .codes }
    for oddity in warnings + codes {
      lines.append("")
      let text = "\(oddity.isWarning ? "warning" : "note"): \(oddity.problem)"
      lines += wrapped(oddity.remedy.isEmpty ? text : text + "; " + oddity.remedy)
    }
    if warnings.isEmpty { lines += ["", "Nothing is odd that can be seen."] }
    return lines
  }

  private func wrapped(_ text: String) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
      if !line.isEmpty, line.count + 1 + word.count > width {
        lines.append(line)
        line = "  "
      }
      line += (line.isEmpty || line == "  " ? "" : " ") + word
    }
    return lines + [line]
  }

  // MARK: - The columns

  private var columns: [String] {
    let hasGaps = description.columns.contains { $0.gaps > 0 }
    var rows = [["column", "taken for", "role", "gaps", "distinct"]]
    for column in description.columns {
      rows.append([
        Self.cut(column.field.name, Self.longestName), column.words, column.field.role.rawValue,
        column.gaps == 0 ? "" : Figures.grouped(column.gaps), Figures.grouped(column.distinct),
      ])
    }
    if !hasGaps { for row in rows.indices { rows[row].remove(at: 3) } }
    let left = Figures.table(rows, numbersFrom: 3)
    let indent = (left.map(\.count).max() ?? 0) + 2
    let room = max(12, width - indent)
    let values = ["values"] + description.columns.map { self.values(of: $0, room: room) }
    return zip(left, values).map { line, value in
      value.isEmpty ? line : Figures.left(line, indent) + value
    }
  }

  /// Letters that are no lines or tabs, at most so many.
  private static func cut(_ text: String, _ length: Int) -> String {
    let plain = String(text.map { $0.isNewline || $0 == "\t" ? " " : $0 })
    return plain.count <= length ? plain : plain.prefix(max(1, length - 1)) + "…"
  }

  private func values(of column: TableDescription.Column, room: Int) -> String {
    let form = table.column(column.field.name)?.form
    if column.field.role == .aside || !column.field.kind.hasLevels {
      if let range = column.range {
        let (low, high) = (number(range.lowerBound, form), number(range.upperBound, form))
        return Self.cut(low == high ? low : "\(low) to \(high)", room)
      }
      return Self.cut(column.levels.prefix(3).map(\.text).joined(separator: ", "), room)
    }
    return levels(of: column, room: room)
  }

  private func number(_ value: Double, _ form: CellForm?) -> String {
    if let form, form.kind == .time { return form.text(value) }
    if value == value.rounded(), value.magnitude < 1e6 { return "\(Int(value))" }
    return Figures.brief(value, 5)
  }

  /// As many levels as there is room for, with their shares.
  private func levels(of column: TableDescription.Column, room: Int) -> String {
    let present = max(1, description.rowCount - column.gaps)
    var text = ""
    for (place, level) in column.levels.enumerated() {
      let share = Figures.brief(100 * Double(level.rows) / Double(present), 2)
      let next = (place == 0 ? "" : ", ") + "\(Self.cut(level.text, 16)) (\(share) %)"
      let isLast = place == column.levels.count - 1
      guard text.count + next.count + (isLast ? 0 : 3) <= room else {
        return text.isEmpty ? Self.cut(next, room) : text + ", …"
      }
      text += next
    }
    return text
  }
}

extension TableDescription.Column {
  /// What the column is taken for, or set aside as.
  fileprivate var words: String {
    guard field.role == .aside else { return field.kind.rawValue }
    switch guess.aside {
    case .id: return "id"
    case .constant: return distinct == 0 ? "nothing" : "constant"
    case .text: return "free text"
    case nil: return field.kind.rawValue
    }
  }
}
