import Hourglass

/// Tables of which most values are 0, and tables of counts whose samples stand in columns.
extension Session {
  /// The sparse table that a name means, or a table whose samples stand in columns; nil for all else.
  ///
  /// - Parameter schema: what columns are; nil: not known yet.
  func sparseTable(_ name: String, _ schema: FieldSchema? = nil) throws -> SparseTable? {
    let axis = try arguments[LawOption.samplesIn].flatMap(Source.SampleAxis.init(rawValue:))
    let expected = schema?.fields.map(\.name)
    if let path = try Source.sparseFile(name) {
      let table = try Source.sparseTable(path, samplesIn: axis, expected: expected)
      for remark in table.remarks { sayOnce("\(name): took \(remark)") }
      return table
    }
    guard axis == .columns else { return nil }
    return try SparseTable(turning: typedTable(name), place: name)
  }

  /// The records of the sparse table that a name means; nil for all else.
  func sparseRecords(_ name: String, _ schema: FieldSchema?) throws -> Dataset? {
    try sparseTable(name, schema).map { try records($0, schema, name) }
  }

  /// The records of a table whose columns are known, which may stand in its rows.
  func records(_ table: TypedTable, of schema: FieldSchema, _ name: String) throws -> Dataset {
    guard table.standsInColumns(schema) else { return try dataset(table, schema, name) }
    sayOnce("\(name): took its columns for samples, as its first column has the names of training's columns")
    return try records(SparseTable(turning: table, place: name), schema, name)
  }

  /// The records of a sparse table.
  private func records(_ table: SparseTable, _ schema: FieldSchema?, _ name: String) throws -> Dataset {
    var schema = try schema ?? arguments.fieldSchema(of: table, place: name)
    if let label = try arguments[DataOption.label], !Source.isLabelFile(label) {
      schema = try schema.changed(by: [FieldChange(name: label, role: .aside)], in: table, place: name)
    }
    for column in try arguments[DataOption.drop].flatMap({ $0.split(separator: ",").map(String.init) }) {
      schema = try schema.changed(by: [FieldChange(name: column, role: .aside)], in: table, place: name)
    }
    guard schema.fields.contains(where: { $0.role != .aside }) else {
      throw Failure.data("\(name): expected a column that differs between rows, found none")
    }
    let (dataset, remarks) = try table.dataset(schema, origin: name)
    for remark in remarks { sayOnce("\(name): \(remark)") }
    return dataset
  }
}

extension Arguments {
  /// What the columns of a sparse table are: as ``fieldSchema(of:trainingRows:place:)``.
  func fieldSchema(of table: SparseTable, place: String) throws -> FieldSchema {
    var schema = try FieldSchema.infer(table)
    if let path = try self[FieldOption.fields], path != "auto" {
      schema = try schema.changed(
        by: FieldSchema(path).changes(of: schema), in: table, place: "\(path), for \(place)")
    }
    let targets = try self[FieldOption.target]?.map { name in
      FieldChange(name: name, kind: schema[name].flatMap { $0.role == .aside ? $0.kind : nil }, role: .out)
    }
    let changes = try lawChanges + self[FieldOption.field].flatMap(\.self) + (targets ?? [])
    return try schema.changed(by: changes, in: table, place: place)
  }
}

extension FieldSchema {
  /// What differs in kind or role from another's fields.
  fileprivate func changes(of other: FieldSchema) -> [FieldChange] {
    let known = Dictionary(other.fields.map { ($0.name, $0) }) { first, _ in first }
    return fields.compactMap { field in
      guard let old = known[field.name] else { return FieldChange(name: field.name, kind: field.kind) }
      guard old.kind != field.kind || old.role != field.role else { return nil }
      return FieldChange(name: field.name, kind: field.role == .aside ? nil : field.kind, role: field.role)
    }
  }
}

extension TypedTable {
  /// Whether none of the columns of training is here, but most of their names are in the first column.
  fileprivate func standsInColumns(_ schema: FieldSchema) -> Bool {
    let names = Set(schema.fields.filter { $0.role != .aside }.map(\.name))
    guard names.count > 1, !columns.contains(where: { names.contains($0.name) }),
      case .texts(let levels, _)? = columns.first?.values
    else { return false }
    return 2 * levels.count { names.contains($0) } > names.count
  }
}

/// What there is to say of a sparse table as a whole.
struct SparseWords {
  let table: SparseTable
  let schema: FieldSchema
  let name: String

  var lines: [String] {
    let (rows, columns) = (table.rowCount, table.columnCount)
    let share = Double(table.values.count) / Double(max(1, rows * columns))
    let aside = schema.fields.count { $0.role == .aside }
    var lines = [
      "\(name): \(Figures.grouped(rows, "row")), \(Figures.grouped(columns, "column")), "
        + "\(Figures.percent(Float(share))) of the values are not 0",
      "",
      "taken for \(schema.wordsOfFields)",
    ]
    let sums = table.rowSums.sorted()
    if let first = sums.first, let last = sums.last {
      let middle = sums[sums.count / 2]
      lines.append(
        "sum of a row: \(Figures.significant(first)) to \(Figures.significant(last)), in the middle "
          + Figures.significant(middle))
    }
    let empty = sums.count { $0 == 0 }
    if empty > 0 { lines.append("\(Figures.grouped(empty, "row")) without any value") }
    if aside > 0, !schema.fields.allSatisfy({ $0.role == .aside }) {
      lines.append("set aside: names and labels of rows, and columns that are the same in every row")
    }
    return lines
  }

  /// An object a column.
  var json: [JSON] {
    schema.fields.map { field in
      [
        "column": .text(field.name), "kind": .text(field.kind.rawValue), "role": .text(field.role.rawValue),
        "marginal": field.role == .aside ? .null : .number(field.codec.marginal),
      ]
    }
  }
}

extension SparseTable {
  fileprivate var rowSums: [Double] {
    (0..<rowCount).map { row in entries(of: row).reduce(0) { $0 + Double(values[$1]) } }
  }
}
