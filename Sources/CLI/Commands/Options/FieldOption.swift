import Hourglass

/// The options that say what the columns of a table are, where a person knows better.
enum FieldOption {
  static let field = Option.repeated(
    "field", .fieldChanges,
    "of tables: what a column is: a kind (\(FieldKind.allCases.map(\.rawValue).joined(separator: ", "))), a role "
      + "(both, in: a condition, out: a target, aside: left alone) or both, as in when=time,id=aside,churn=flag:out"
  )
  static let fields = Option.optional(
    "fields", .file("auto|FIELDS"), shown: "numbers alone",
    "of tables: reads columns of every kind, with gaps: 'auto' finds out what they are, a file that 'describe -o' wrote, "
      + "which may be edited, says it")
  static let target = Option.optional(
    "target", .names, shown: "none",
    "of tables: columns to predict: those are given by the model and not read")

  /// Of commands that find out what columns are.
  static let all: [Declaration] = [field.declaration, fields.declaration, target.declaration].under(.data)
}

extension ValueKind where Value == [FieldChange] {
  /// Columns with what they are: `when=time,id=aside`.
  static let fieldChanges = ValueKind(
    placeholder: "NAME=KIND|ROLE",
    expectation: "NAME=KIND or NAME=ROLE with commas between, a kind being one of "
      + FieldKind.allCases.map(\.rawValue).joined(separator: ", ") + " and a role one of "
      + FieldRole.allCases.map(\.rawValue).joined(separator: ", "),
    read: { try? FieldChange.list($0) })
}

extension Arguments {
  /// Whether anything is said of columns.
  var saysFields: Bool { firstGiven(of: FieldOption.all) != nil }

  /// What the columns of a table are: by the file of `--fields`, or found by looking; then by `--field` and
  /// `--target`, the last of which counts.
  ///
  /// - Parameters:
  ///   - trainingRows: the rows that kinds, levels and parameters come from; nil: all.
  ///   - place: the table's name, for errors.
  /// - Throws: ``Failure``, `FormatError` and `TrainingError` for a file that cannot be used; `DataError` for
  ///   columns that are not there, and kinds that cannot hold their values.
  func fieldSchema(of table: TypedTable, trainingRows: [Int]? = nil, place: String) throws -> FieldSchema {
    var schema: FieldSchema
    if let path = try self[FieldOption.fields], path != "auto" {
      schema = try FieldSchema(path).fitted(
        to: table, trainingRows: trainingRows, place: "\(path), for \(place)")
    } else {
      schema = try FieldSchema.infer(table, trainingRows: trainingRows)
    }
    let targets = try self[FieldOption.target]?.map { FieldChange(name: $0, role: .out) } ?? []
    let changes = try self[FieldOption.field].flatMap(\.self) + targets
    schema = try schema.changed(by: changes, in: table, trainingRows: trainingRows, place: place)
    return schema
  }
}

extension FieldSchema {
  /// The fields in a file that `describe -o` wrote.
  ///
  /// - Throws: `FormatError` for a file that cannot be read, `TrainingError` for one that holds no fields.
  init(_ path: String) throws {
    let text = try System.text(of: path)
    self = try JSONText.decode(
      text, place: path, expecting: "fields as 'hourglass describe -o' writes them",
      remedy: "write the file anew with 'hourglass describe DATA -o \(path)', and edit that")
  }
}
