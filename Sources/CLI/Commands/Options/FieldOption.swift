import Hourglass

/// The options that say what the columns of a table are, where a person knows better.
enum FieldOption {
  static let field = Option.repeated(
    "field", .fieldChanges,
    "of tables: what a column is: a kind (\(FieldKind.allCases.map(\.rawValue).joined(separator: ", "))), a role "
      + "(both, in: a condition, out: a target, aside: left alone) or both, as in when=time,id=aside,churn=flag:out; * is every column"
  )
  static let fields = Option.optional(
    "fields", .file("auto|FIELDS"), shown: "auto, where cells are no numbers",
    "of tables: what the columns are: 'auto' finds out also of a table of numbers alone, a file that 'describe -o' wrote, "
      + "which may be edited, says it")
  static let target = Option.optional(
    "target", .names, shown: "none",
    "what to predict: of tables columns, which the model gives and does not read; of other data 'class', the classes that "
      + "they come with, or a file or array of classes or numbers, one a sample")

  static let weight = Option.repeated(
    "field-weight", .fieldWeights,
    "of tables: what a column counts in the loss beside the others, which count 1, as in churn=5,note=0.1")

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

extension ValueKind where Value == [String: Float] {
  /// Columns with their weights: `churn=5,note=0.1`.
  static let fieldWeights = ValueKind(
    placeholder: "NAME=X", expectation: "NAME=WEIGHT with commas between, a weight being a number from 0",
    read: { text in
      var weights: [String: Float] = [:]
      for part in text.split(separator: ",", omittingEmptySubsequences: false) {
        guard let sign = part.lastIndex(of: "="), sign > part.startIndex,
          let weight = Float(part[part.index(after: sign)...]), weight.isFinite, weight >= 0
        else { return nil }
        weights[String(part[..<sign])] = weight
      }
      return weights
    })
}

extension Arguments {
  /// What the fields of records count.
  ///
  /// - Throws: ``Failure`` for one that is not there.
  func fieldWeights(of schema: FieldSchema) throws(Failure) -> [String: Float] {
    let given = try self[FieldOption.weight].reduce(into: [String: Float]()) { $0.merge($1) { $1 } }
    for name in given.keys.sorted() where schema[name].map({ $0.role == .aside }) ?? true {
      let near = Nearest.question(for: name, among: schema.fields.map(\.name)).map { "; \($0)" }
      throw Failure.data(
        "--field-weight \(name): expected a column that is learned, found "
          + (schema[name] == nil ? "none of that name\(near ?? "")" : "one that is left aside"))
    }
    return given
  }

  /// Whether anything is said of columns.
  var saysFields: Bool { firstGiven(of: FieldOption.all + LawOption.all) != nil }

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
      schema = try FieldSchema.infer(table, trainingRows: trainingRows, place: place)
    }
    let targets = try self[FieldOption.target]?.map { FieldChange(name: $0, role: .out) } ?? []
    let changes = try lawChanges + self[FieldOption.field].flatMap(\.self) + targets
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
