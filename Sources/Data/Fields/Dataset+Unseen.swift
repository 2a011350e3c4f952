import HourglassFormats
import HourglassTensor

extension Dataset {
  /// The cells of levels that no training row had, which records hold as gaps: the positions of each slot.
  ///
  /// - Parameter schema: that the records were read by.
  package func unseen(by schema: FieldSchema) -> [Int: [Int]] {
    guard let records, !isSparse else { return [:] }
    let slots = schema.slots
    let (values, width) = (tensor(0..<count).values, slots.count)
    var found: [Int: [Int]] = [:]
    for place in slots.indices where slots[place].isGiven && slots[place].kind.hasLevels {
      guard let column = records.table.column(schema.fields[slots[place].field].name) else { continue }
      let levels = column.isWithoutGaps
      for position in 0..<count where levels(row(position)) {
        if values[position * width + place].isNaN { found[place, default: []].append(position) }
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
  fileprivate var isWithoutGaps: (Int) -> Bool {
    switch values {
    case .texts(_, let indices): { indices[$0] >= 0 }
    case .numbers(let values), .times(let values): { !values[$0].isNaN }
    }
  }
}
