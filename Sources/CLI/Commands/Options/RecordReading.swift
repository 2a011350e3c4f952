import Hourglass

/// Tables whose columns are not all numbers.
extension Session {
  /// A table with its types, as the options say it is written.
  ///
  /// - Parameter schema: what a model knows of its columns.
  func typedTable(_ name: String, _ schema: FieldSchema? = nil) throws -> TypedTable {
    try Source.typedTable(name, typedOptions(schema))
  }

  func typedOptions(_ schema: FieldSchema? = nil) throws -> CSV.TypedOptions {
    var options = CSV.TypedOptions()
    options.threads = try threads
    options.header = try arguments[DataOption.header].map { $0 == "yes" }
    options.decimal = try arguments[DataOption.decimal].map { $0 == "comma" ? .comma : .point }
    options.dateOrder =
      try arguments[DataOption.dates].map { $0 == "day-first" ? .dayFirst : .monthFirst } ?? schema?.dateOrder
    options.texts = schema?.texts ?? []
    return options
  }

  /// The records of a table whose columns are as the command line says, or found by looking.
  func records(_ table: TypedTable, _ name: String) throws -> Dataset {
    var found = try arguments.fieldSchema(of: table, place: name)
    try refuseSlips(of: table, found, name)
    try setAside(in: &found, name)
    guard found.fields.contains(where: { $0.role != .aside }) else {
      throw Failure.data(
        "\(name): expected a column to learn from, found only ids, constants and free texts; "
          + "'hourglass describe \(name)' says why, --field NAME=KIND takes one for something else")
    }
    return try dataset(table, found, name)
  }

  /// A split whose records are read as the part to train on tells alone: levels, shifts and scales of what
  /// is held out are not known to the model.
  func fitted(_ split: Split, of dataset: Dataset) throws -> Split {
    // Counts have nothing to fit, and a sparse table is not written out.
    guard let records = dataset.records, dataset.sparse == nil else { return split }
    let rows = split.positions.training.map { dataset.row(Int($0)) }
    let schema = try records.schema.fitted(to: records.table, trainingRows: rows, place: dataset.origin)
    let whole = try self.dataset(records.table, schema, dataset.origin)
    guard dataset.rows != nil else { return split.parts(of: whole) }
    return split.parts(of: whole.subset((0..<dataset.count).map { UInt32(dataset.row($0)) }))
  }

  /// A part of a source as the schema of its training part reads it.
  func refitted(_ part: Dataset, like training: Dataset, of whole: Dataset, _ split: Split) throws -> Dataset
  {
    guard let schema = training.records?.schema, let records = part.records, schema != records.schema,
      part.sparse == nil
    else { return part }
    return split.parts(of: try dataset(records.table, schema, part.origin)).held
  }

  /// A column of numbers with a few other cells is most likely one of numbers, and the cells are slips: to
  /// learn their texts, or to leave the column aside, is not what a person wants.
  ///
  /// - Throws: ``Failure`` for at most a hundredth of such cells, and for more where the column would be left
  ///   aside; unless the command line says what the column is.
  private func refuseSlips(of table: TypedTable, _ schema: FieldSchema, _ name: String) throws {
    guard try arguments[FieldOption.fields].map({ $0 == "auto" }) ?? true else { return }
    let said = try arguments[FieldOption.field].flatMap(\.self).map(\.name) + taken
    for slip in table.slips where !slip.areCodes {
      guard let place = schema.place(ofColumn: slip.column),
        !said.contains(where: { schema.place(ofColumn: $0) == place }),
        slip.cells <= max(1, table.rowCount / 100) || schema.fields[place].role == .aside
      else { continue }
      let others = slip.cells == 1 ? "" : ", and \(Figures.grouped(slip.cells - 1)) more such cells"
      throw Failure.data(
        "\(name) row \(slip.row) column '\(slip.column)': expected a number as in the other rows, found "
          + "'\(slip.text)'\(others); mend the cell, leave it empty for a missing value, leave the column out "
          + "(--drop '\(slip.column)'), or say that it holds levels (--field '\(slip.column)=category')")
    }
  }

  func dataset(_ table: TypedTable, _ schema: FieldSchema, _ name: String) throws -> Dataset {
    for remark in table.remarks { sayOnce("\(name): took \(remark)") }
    let read = try schema.read(table, place: name)
    for remark in read.remarks { sayOnce("\(name): \(remark)") }
    var dataset = try RecordSource(table, schema).dataset(of: read.tensor, origin: name)
    if let label = try arguments.labels, !Source.isLabelFile(label) {
      let (labels, names) = try table.classes(in: label, place: name)
      dataset = try dataset.labelled(labels, classNames: names)
    }
    if let weight = try arguments[DataOption.weight] {
      dataset = try dataset.weighted(table.weights(in: weight, place: name))
    }
    return dataset
  }

  /// The columns that options leave out, or take for something else than a field.
  private var taken: [String] {
    get throws {
      try arguments.dropped
        + [arguments.labels, arguments[DataOption.weight]].compactMap(\.self)
        .filter { !Source.isLabelFile($0) }
    }
  }

  /// Sets aside the columns that options leave out, or take for something else than a field.
  private func setAside(in schema: inout FieldSchema, _ name: String) throws {
    for column in try taken {
      guard let place = schema.place(ofColumn: column) else {
        let near = Nearest.question(for: column, among: schema.fields.map(\.name)).map { "; \($0)" }
        throw Failure.data("\(name): expected a column '\(column)', found none of that name\(near ?? "")")
      }
      schema.fields[place].role = .aside
    }
  }
}

extension FieldSchema {
  /// Columns whose cells were texts in training: they are also where one table has digits alone.
  fileprivate var texts: Set<String> {
    Set(fields.filter { $0.role != .aside && $0.codec.form?.kind == .text }.map(\.name))
  }

  /// What stood first in dates of training.
  fileprivate var dateOrder: CSV.DateOrder? {
    fields.lazy.compactMap { $0.codec.form?.pattern?.dateOrder }.first
  }

  /// Where a column stands that is named, or numbered from 1.
  fileprivate func place(ofColumn text: String) -> Int? {
    if let place = fields.firstIndex(where: { $0.name == text }) { return place }
    guard let number = Int(text), fields.indices.contains(number - 1) else { return nil }
    return number - 1
  }
}

extension TypedTable {
  /// The column that is named, or numbered from 1.
  private func column(named text: String, place: String) throws -> Column {
    if let column = column(text) { return column }
    if let number = Int(text), columns.indices.contains(number - 1) { return columns[number - 1] }
    throw Failure.data("\(place): expected a column '\(text)', found none of that name")
  }

  /// The classes that a column holds, in the order of their first appearance.
  fileprivate func classes(in name: String, place: String) throws -> ([Int32], [String]) {
    let column = try column(named: name, place: place)
    if case .texts(let levels, let indices) = column.values {
      if let row = indices.firstIndex(where: { $0 < 0 }) {
        throw Failure.data("\(place) row \(row) column '\(name)': expected a class, found a gap")
      }
      return (indices, levels)
    }
    var (names, numbers, labels) = ([String](), [String: Int32](), [Int32]())
    let place = columns.firstIndex { $0.name == column.name } ?? 0
    for row in 0..<rowCount {
      let text = text(row: row, column: place)
      if numbers[text] == nil {
        numbers[text] = Int32(names.count)
        names.append(text)
      }
      labels.append(numbers[text] ?? 0)
    }
    return (labels, names)
  }

  /// The weights that a column holds.
  fileprivate func weights(in name: String, place: String) throws -> [Float] {
    guard case .numbers(let values) = try column(named: name, place: place).values else {
      throw Failure.data("\(place) column '\(name)': expected weights, found no numbers")
    }
    return values.map { Float($0) }
  }
}
