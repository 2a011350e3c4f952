public import HourglassFormats
public import HourglassTensor

extension FieldSchema {
  /// Samples as a table again: numbers in their units, counts whole, levels' own texts, times on the step
  /// that the column had.
  ///
  /// - Parameters:
  ///   - samples: `[rows, slots]`; NaN is a gap, and so is the entry for levels not seen in training.
  ///   - table: a table of as many rows, whose other columns are carried through where they stand; nil: the
  ///     fields that have slots, in their order.
  /// - Precondition: as many values a sample as slots, and as many rows as the other table's.
  public func table(of samples: Tensor, like table: TypedTable? = nil) -> TypedTable {
    let slots = slots
    let (rows, width) = (samples.rows, slots.count)
    precondition(
      samples.count == rows * width, "FieldSchema.table: \(width) slots, samples of \(samples.shape)")
    precondition(
      table.map { $0.rowCount == rows } ?? true,
      "FieldSchema.table: \(rows) samples, \(table?.rowCount ?? 0) rows")
    let values = samples.values
    var made: [String: TypedTable.Column] = [:]
    for (place, slot) in slots.enumerated() where slot.part == .value {
      let field = fields[slot.field]
      let cells = field.decode((0..<rows).map { values[$0 * width + place] })
      let old = table?.column(field.name)
      // What a column of the other table is written like counts, as long as it holds the same.
      let form = old.flatMap { $0.values.raw == cells.raw ? $0.form : nil } ?? field.form(of: cells)
      made[field.name] = TypedTable.Column(name: field.name, title: old?.title, values: cells, form: form)
    }
    let carried = table?.columns.map { made[$0.name] ?? $0 } ?? []
    let names = Set(carried.map(\.name))
    let others = fields.compactMap { names.contains($0.name) ? nil : made[$0.name] }
    return TypedTable(columns: carried + others, rowCount: rows, form: table?.form ?? TableForm())
  }

  /// A table with its gaps filled from samples; whatever has a value keeps it to the last digit.
  ///
  /// - Precondition: as ``table(of:like:)``.
  public func filling(_ table: TypedTable, with samples: Tensor) -> TypedTable {
    let full = self.table(of: samples, like: table)
    let columns = zip(table.columns, full.columns).map { old, new in
      TypedTable.Column(
        name: old.name, title: old.title, values: old.values.filled(from: new.values), form: new.form)
    }
    let added = full.columns.dropFirst(table.columns.count)
    return TypedTable(columns: columns + added, rowCount: table.rowCount, form: table.form)
  }
}

extension Field {
  /// How cells of the column are written: as in training, if they are of that type.
  func form(of cells: TypedTable.Values) -> CellForm {
    let kind: CellForm.Kind
    switch cells {
    case .numbers: kind = .number
    case .times: kind = .time
    case .texts: kind = .text
    }
    return codec.form.flatMap { $0.kind == kind ? $0 : nil } ?? CellForm(kind)
  }
}

extension TypedTable.Values {
  /// The same with values of a column of the same type where there is none; the other column where there is
  /// no value at all.
  fileprivate func filled(from other: TypedTable.Values) -> TypedTable.Values {
    switch (self, other) {
    case (.numbers(let own), .numbers(let others)):
      return .numbers(zip(own, others).map { $0.isNaN ? $1 : $0 })
    case (.times(let own), .times(let others)):
      return .times(zip(own, others).map { $0.isNaN ? $1 : $0 })
    case (.texts(let levels, let own), .texts(let otherLevels, let others)):
      var all = levels
      var places = Dictionary(zip(levels, levels.indices)) { first, _ in first }
      let translated = otherLevels.map { level -> Int32 in
        if let place = places[level] { return Int32(place) }
        places[level] = all.count
        all.append(level)
        return Int32(all.count - 1)
      }
      let indices = zip(own, others).map { $0 >= 0 || $1 < 0 ? $0 : translated[Int($1)] }
      return .texts(levels: all, indices: indices)
    default:
      return isEmpty ? other : self
    }
  }

  /// Whether no row has a value.
  var isEmpty: Bool {
    switch self {
    case .numbers(let values), .times(let values): values.allSatisfy(\.isNaN)
    case .texts(_, let indices): indices.allSatisfy { $0 < 0 }
    }
  }
}
