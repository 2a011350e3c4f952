import HourglassFormats
import HourglassTensor

extension Dataset {
  /// The cells of levels that no training row had, which records hold as gaps: the positions of each slot.
  ///
  /// - Parameters:
  ///   - schema: that the records were read by.
  ///   - slots: its own, given since they are put in order whenever they are asked for.
  package func unseen(by schema: FieldSchema, _ slots: [FieldSlot]) -> [Int: [Int]] {
    guard let records, !isSparse else { return [:] }
    let (values, width) = (tensor(0..<count).values, slots.count)
    var found: [Int: [Int]] = [:]
    for place in slots.indices where slots[place].isGiven && slots[place].kind.hasLevels {
      guard let column = records.table.column(schema.fields[slots[place].field].name) else { continue }
      let holds = column.holdsCell
      for position in 0..<count where values[position * width + place].isNaN && holds(row(position)) {
        found[place, default: []].append(position)
      }
    }
    return found
  }

  private var isSparse: Bool { sparse != nil }

  /// What a table's cell says, of a record; nil where there is no table, or nothing in the cell.
  public func cellText(_ position: Int, column name: String) -> String? {
    guard let records, !isSparse, let column = records.table.column(name) else { return nil }
    switch column.values {
    case .texts(let levels, let indices):
      let index = Int(indices[row(position)])
      return levels.indices.contains(index) ? levels[index] : nil
    case .numbers(let values), .times(let values):
      let value = values[row(position)]
      return value.isNaN ? nil : column.form.text(value)
    }
  }
}

extension TypedTable.Column {
  /// Whether the cell of a row holds anything.
  fileprivate var holdsCell: (Int) -> Bool {
    switch values {
    case .texts(_, let indices): { indices[$0] >= 0 }
    case .numbers(let values), .times(let values): { !values[$0].isNaN }
    }
  }
}
