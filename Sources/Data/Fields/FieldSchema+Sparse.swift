public import HourglassFormats
import HourglassTensor

extension FieldSchema {
  /// What the columns of a sparse table are taken for. All of them are alike, so that a network reads them
  /// in one go:
  ///
  /// - `count` where all values are whole numbers from 0 on;
  /// - `flag` where they are 0 and 1 alone;
  /// - else `number`.
  ///
  /// Columns that are the same in every row are set aside, and so are the labels in front of rows.
  ///
  /// - Throws: ``DataError`` for values that are not finite, with their row.
  public static func infer(_ table: SparseTable) throws(DataError) -> FieldSchema {
    let columns = SparseColumns(table)
    let bulk = table.commonKind
    let names = table.names
    var fields: [Field] = []
    if table.rowNames != nil {
      fields.append(
        Field(name: SparseTable.rowName, kind: .category, role: .aside, codec: FieldCodec(raw: .texts)))
    }
    for (place, name) in names.enumerated() {
      let isLabel = table.labels != nil && place == names.count - 1
      if isLabel {
        let column = columns.column(place, name: name)
        let guess = FieldGuess(ColumnTraits(column, rows: Array(0..<table.rowCount)))
        fields.append(try Field(column, as: guess.kind, role: .aside))
      } else {
        let isConstant = columns.repetitions(of: place).count < 2
        fields.append(try columns.field(place, name: name, as: bulk, role: isConstant ? .aside : .both))
      }
    }
    return FieldSchema(fields: fields)
  }

  /// The schema with what a person says of columns; the name `*` is that of all that take part.
  ///
  /// - Throws: ``DataError`` for a column that is not there, and for a kind that cannot hold its values.
  public func changed(
    by changes: [FieldChange], in table: SparseTable, place: String
  ) throws(DataError) -> FieldSchema {
    guard !changes.isEmpty else { return self }
    let columns = SparseColumns(table)
    let places = Dictionary(table.names.enumerated().map { ($1, $0) }) { first, _ in first }
    var schema = self
    for change in changes {
      let targets = try schema.targets(of: change, place: place)
      for index in targets {
        let old = schema.fields[index]
        guard let column = places[old.name] else { continue }
        let role = change.role ?? (old.role == .aside && change.kind != nil ? .both : old.role)
        if role != .aside, columns.repetitions(of: column).count < 2 {
          throw DataError(
            place: "\(place): column '\(old.name)'",
            expected: role == .out
              ? "a target whose values differ between rows" : "values that differ between rows",
            found: "the same in all of them", remedy: "leave it aside")
        }
        if change.kind == nil, old.role != .aside {
          schema.fields[index].role = role
        } else {
          schema.fields[index] = try columns.field(
            column, name: old.name, as: change.kind ?? old.kind, role: role, place: place)
        }
      }
    }
    return schema
  }

  /// The fields that a change is meant for.
  private func targets(of change: FieldChange, place: String) throws(DataError) -> [Int] {
    if let index = fields.firstIndex(where: { $0.name == change.name }) { return [index] }
    if change.name == FieldChange.all { return fields.indices.filter { fields[$0].role != .aside } }
    let own = fields.indices.filter { fields[$0].name != SparseTable.rowName }
    if let number = Int(change.name), own.indices.contains(number - 1) { return [own[number - 1]] }
    let names = fields.map(\.name)
    throw DataError(
      place: place, expected: "a column '\(change.name)'",
      found: "\(names.count) columns, none of that name",
      remedy: Nearest.question(for: change.name, among: names)
        ?? "'hourglass describe \(place) --json' lists them")
  }

  /// The rows of a sparse table as samples, and what there is to say about it.
  ///
  /// Columns are found by their names, in any order. One that is missing is a gap in every row; those that
  /// no field is called by are not looked at.
  ///
  /// - Throws: ``DataError`` for a value that its field cannot hold, with its row and column.
  func read(_ table: SparseTable, place: String) throws(DataError) -> (rows: SparseRows, remarks: [String]) {
    let slots = slots
    let columns = SparseColumns(table)
    let places = Dictionary(table.names.enumerated().map { ($1, $0) }) { first, _ in first }
    var background = [Float](repeating: .nan, count: slots.count)
    var slotOfColumn = [Int32](repeating: -1, count: table.columnCount)
    var values = [Float](repeating: 0, count: table.values.count)
    for (number, slot) in slots.enumerated() where slot.part == .value {
      let field = fields[slot.field]
      guard let column = places[field.name] else { continue }
      slotOfColumn[column] = Int32(number)
      background[number] = try columns.encode(column, as: field, into: &values, place: place)
    }
    var (starts, kept, entries) = ([0], [Int32](), [Float]())
    kept.reserveCapacity(values.count)
    entries.reserveCapacity(values.count)
    for row in 0..<table.rowCount {
      var own = table.entries(of: row).compactMap { entry -> (slot: Int32, value: Float)? in
        let slot = slotOfColumn[Int(table.columns[entry])]
        return slot < 0 ? nil : (slot, values[entry])
      }
      if zip(own, own.dropFirst()).contains(where: { $0.slot > $1.slot }) { own.sort { $0.slot < $1.slot } }
      kept += own.lazy.map(\.slot)
      entries += own.lazy.map(\.value)
      starts.append(entries.count)
    }
    let isPlain = background.allSatisfy { $0 == 0 }
    let rows = SparseRows(
      starts: starts, columns: kept, values: entries, background: isPlain ? nil : background,
      width: slots.count)
    return (rows, remarks(ofColumns: table.names + (table.rowNames == nil ? [] : [SparseTable.rowName])))
  }
}

extension SparseTable {
  /// The kind that holds all values.
  fileprivate var commonKind: FieldKind {
    let own = labels == nil ? columnCount : columnCount - 1
    var (isBit, isWhole) = (true, true)
    for (column, value) in zip(columns, values) where Int(column) < own {
      if value != 0, value != 1 { isBit = false }
      if value < 0 || value != value.rounded() || !value.isFinite { isWhole = false }
    }
    return isBit ? .flag : isWhole ? .count : .number
  }
}

extension SparseColumns {
  /// A field fitted to a column.
  ///
  /// - Throws: ``DataError`` for a value that the kind cannot hold.
  func field(
    _ column: Int, name: String, as kind: FieldKind, role: FieldRole, place: String = "table"
  ) throws(DataError) -> Field {
    var field = Field(
      name: name, kind: kind, role: role, codec: FieldCodec(raw: .numbers, form: CellForm(.number)))
    if role == .aside { return field }
    switch kind {
    case .number, .positive, .count:
      try check(column, field, place: place)
      field.fit(repetitions: repetitions(of: column), isCoarse: table.columnCount > SparseColumns.many)
    case .flag where repetitions(of: column).allSatisfy { $0.value == 0 || $0.value == 1 }:
      field.codec.levels = ["0", "1"]
      field.codec.marginal = ConstantLaw.entropy(repetitions(of: column).map(\.count))
    default: return try Field(self.column(column, name: name), as: kind, role: role, place: place)
    }
    return field
  }

  /// Columns above which their constant laws are found in larger steps.
  private static let many = 2000

  /// Writes the values of a column as its field has them, entry by entry.
  ///
  /// - Returns: what stands for 0.
  func encode(
    _ column: Int, as field: Field, into values: inout [Float], place: String
  ) throws(DataError) -> Float {
    let entries = entries(of: column)
    try check(column, field, place: place)
    if field.kind == .count {
      for entry in entries { values[entry] = table.values[entry] }
      return 0
    }
    let numbers = [0] + entries.map { Double(table.values[$0]) }
    let encoded = try field.encode(
      TypedTable.Column(name: field.name, values: .numbers(numbers), form: CellForm(.number)), place: place
    ).values
    for (entry, value) in zip(entries, encoded.dropFirst()) { values[entry] = value }
    return encoded[0]
  }

  /// Refuses a value that the field's kind cannot hold.
  private func check(_ column: Int, _ field: Field, place: String) throws(DataError) {
    let complaint = field.kind.complaint
    for entry in entries(of: column) {
      let value = Double(table.values[entry])
      guard let expected = complaint(value) else { continue }
      let row = row(of: entry)
      let name = table.rowNames.map { " ('\($0[row])')" } ?? ""
      throw DataError(
        place: "\(place): row \(row + 1)\(name), column '\(field.name)'",
        expected: "\(expected), as the field is of kind \(field.kind.rawValue)",
        found: FieldCodec.text(of: value),
        remedy: "mend the value, or give the column another kind (--field '\(field.name)=number', say)")
    }
  }
}
