import Hourglass

/// Tables whose columns are not all numbers.
extension Session {
  /// The records of a table.
  ///
  /// - Parameter schema: what its columns are; nil: as the command line says, or found by looking.
  func records(_ name: String, _ schema: FieldSchema?) throws -> Dataset {
    let table = try typedTable(name)
    if let schema { return try dataset(table, schema, name) }
    var found = try arguments.fieldSchema(of: table, place: name)
    try setAside(in: &found, name)
    guard found.fields.contains(where: { $0.role != .aside }) else {
      throw Failure.data(
        "\(name): expected a column to learn from, found only ids, constants and free texts; "
          + "'hourglass describe \(name)' says why, --field NAME=KIND takes one for something else")
    }
    return try dataset(table, found, name)
  }

  private func dataset(_ table: TypedTable, _ schema: FieldSchema, _ name: String) throws -> Dataset {
    let read = try schema.read(table, place: name)
    for remark in read.remarks { sayOnce("\(name): \(remark)") }
    var dataset = try RecordSource(table, schema).dataset(of: read.tensor, origin: name)
    if let label = try arguments[DataOption.label], !Source.isLabelFile(label) {
      let (labels, names) = try table.classes(in: label, place: name)
      dataset = try dataset.labelled(labels, classNames: names)
    }
    if let weight = try arguments[DataOption.weight] {
      dataset = try dataset.weighted(table.weights(in: weight, place: name))
    }
    return dataset
  }

  /// Columns that options take for something else than a field.
  private func setAside(in schema: inout FieldSchema, _ name: String) throws {
    let dropped = try arguments[DataOption.drop].flatMap { list in
      list.split(separator: ",").map { String($0.drop { $0 == " " }) }
    }
    let taken = try [arguments[DataOption.label], arguments[DataOption.weight]].compactMap(\.self)
      .filter { !Source.isLabelFile($0) }
    for column in dropped + taken {
      guard let place = schema.place(ofColumn: column) else {
        let near = Nearest.word(to: column, among: schema.fields.map(\.name)).map {
          "; did you mean '\($0)'?"
        }
        throw Failure.data("\(name): expected a column '\(column)', found none of that name\(near ?? "")")
      }
      schema.fields[place].role = .aside
    }
  }
}

extension FieldSchema {
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
