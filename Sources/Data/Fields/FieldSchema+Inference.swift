public import HourglassFormats
import HourglassTensor

extension FieldSchema {
  /// What each column of a table is taken for, with the parameters of its values; by the rules of
  /// ``FieldGuess``. Ids, constants and free texts are set aside, everything else is of role `both`.
  ///
  /// - Parameters:
  ///   - trainingRows: the rows that kinds, levels and parameters come from; nil: all.
  ///   - place: the table's name, for errors.
  /// - Throws: never for what was inferred; ``DataError`` for numbers that are not finite, with their row.
  public static func infer(
    _ table: TypedTable, trainingRows: [Int]? = nil, place: String = "table"
  ) throws(DataError) -> FieldSchema {
    let rows = trainingRows ?? Array(0..<table.rowCount)
    let fields = Workers.map(table.columns) { column -> Result<Field, DataError> in
      let guess = FieldGuess(ColumnTraits(column, rows: rows))
      let role: FieldRole = guess.aside == nil ? .both : .aside
      do throws(DataError) {
        return .success(try Field(column, as: guess.kind, role: role, rows: rows, place: place))
      } catch {
        return .failure(error)
      }
    }
    return FieldSchema(fields: try fields.map { field throws(DataError) in try field.get() })
  }

  /// The same fields with parameters of another table: kinds, roles and the levels of flags and ordinals
  /// stay as they are.
  ///
  /// - Throws: ``DataError`` for a field that the table has no column for, and what ``Field`` throws.
  public func fitted(
    to table: TypedTable, trainingRows: [Int]? = nil, place: String = "table"
  ) throws(DataError) -> FieldSchema {
    var fields: [Field] = []
    for field in self.fields {
      guard let column = table.column(field.name) else {
        throw FieldSchema.noColumn(field.name, table, place: place)
      }
      let levels = field.kind == .flag || field.kind == .ordinal ? field.codec.levels : []
      fields.append(
        try Field(
          column, as: field.kind, role: field.role, levels: levels.isEmpty ? nil : levels, rows: trainingRows,
          place: place))
    }
    return FieldSchema(fields: fields)
  }

  static func noColumn(_ name: String, _ table: TypedTable, place: String) -> DataError {
    let names = table.columns.map(\.name)
    let nearest = Nearest.question(for: name, among: names)
    let shown = names.prefix(8).joined(separator: ", ") + (names.count > 8 ? ", …" : "")
    return DataError(
      place: place, expected: "a column '\(name)'", found: "columns \(shown)",
      remedy: nearest ?? "name one of them, or leave it out")
  }
}
