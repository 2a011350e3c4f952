import HourglassFormats

/// Values of samples as the cells that they stand for, one by one, to be shown to people.
public struct FieldCells: Sendable {
  private let schema: FieldSchema
  private let slots: [FieldSlot]

  public init(_ schema: FieldSchema) {
    self.schema = schema
    slots = schema.slots
  }

  /// The slots that are cells, in the order of the table's columns: cycles of times are none.
  public var places: [Int] {
    slots.indices.filter { slots[$0].part == .value }.sorted { slots[$0].field < slots[$1].field }
  }

  /// What the column of a slot is called.
  public func name(_ slot: Int) -> String { schema.fields[slots[slot].field].name }

  /// A value as the column writes it; nil for a missing one.
  public func text(_ value: Float, of slot: Int) -> String? {
    guard !value.isNaN else { return nil }
    let field = schema.fields[slots[slot].field]
    let cells = field.decode([value])
    if case .texts(let levels, let indices) = cells { return indices[0] < 0 ? nil : levels[Int(indices[0])] }
    return number(cells).map(field.form(of: cells).text)
  }

  /// How far one value is from another in the column's units; nil for levels and times, and where one is
  /// missing.
  public func difference(_ value: Float, from other: Float, of slot: Int) -> Double? {
    let field = schema.fields[slots[slot].field]
    guard [.number, .positive, .count].contains(field.kind),
      let here = number(field.decode([value])), let there = number(field.decode([other]))
    else { return nil }
    return here - there
  }

  private func number(_ cells: TypedTable.Values) -> Double? {
    switch cells {
    case .numbers(let values), .times(let values): values[0].isNaN ? nil : values[0]
    case .texts: nil
    }
  }
}
