public import HourglassFormats
import HourglassTensor

/// What a person says of a column: its kind, its role, or both.
///
/// Written `NAME=KIND`, `NAME=ROLE`, `NAME=KIND|ROLE` or `NAME=KIND:ROLE`, with commas between several. A
/// name may be a column's number from 1 where no column is called so.
public struct FieldChange: Hashable, Sendable {
  public let name: String
  public var kind: FieldKind?
  public var role: FieldRole?

  public init(name: String, kind: FieldKind? = nil, role: FieldRole? = nil) {
    self.name = name
    self.kind = kind
    self.role = role
  }

  /// What is wrong with a text that says no change.
  public struct Fault: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String
  }

  private static let words = FieldKind.allCases.map(\.rawValue) + FieldRole.allCases.map(\.rawValue)

  /// Reads `age=number,id=aside,churn=flag|out`.
  ///
  /// - Throws: ``Fault`` that names the part at fault and what was expected there.
  public static func list(_ text: String) throws(Fault) -> [FieldChange] {
    var changes: [FieldChange] = []
    for part in parts(text) { changes.append(try FieldChange(part)) }
    return changes
  }

  /// The parts between commas; one without an equals sign belongs to the name behind it, which has a comma.
  private static func parts(_ text: String) -> [String] {
    var parts: [String] = []
    var open = ""
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      open += (open.isEmpty ? "" : ",") + part
      guard part.contains("=") else { continue }
      parts.append(open)
      open = ""
    }
    return open.isEmpty && !parts.isEmpty ? parts : parts + [open]
  }

  private init(_ text: String) throws(Fault) {
    guard let equals = text.lastIndex(of: "="), equals > text.startIndex else {
      throw Fault(description: "expects NAME=KIND or NAME=ROLE, found '\(text)'")
    }
    self.init(name: String(text[..<equals]))
    for word in text[text.index(after: equals)...].split(whereSeparator: { "|:+".contains($0) }) {
      if let kind = FieldKind(rawValue: String(word)), self.kind == nil {
        self.kind = kind
      } else if let role = FieldRole(rawValue: String(word)), self.role == nil {
        self.role = role
      } else {
        let nearest = Nearest.word(to: String(word), among: FieldChange.words)
        throw Fault(
          description:
            "expects a kind (\(FieldKind.allCases.map(\.rawValue).joined(separator: ", "))) or a role "
            + "(\(FieldRole.allCases.map(\.rawValue).joined(separator: ", "))) for '\(name)', found '\(word)'"
            + (nearest.map { "; did you mean \($0)?" } ?? ""))
      }
    }
    if kind == nil, role == nil {
      throw Fault(description: "expects a kind or a role behind '\(name)=', found nothing")
    }
  }
}

extension FieldSchema {
  /// The schema with what a person says of columns: a column that was set aside and is given a kind takes
  /// part.
  ///
  /// - Parameters:
  ///   - table: the table that the fields were found in, for the parameters of other kinds.
  ///   - place: the table's name, for errors.
  /// - Throws: ``DataError`` for a column that is not there or that two are called by; for a kind that cannot
  ///   hold its values, with a row and its text; for a constant to take part.
  public func changed(
    by changes: [FieldChange], in table: TypedTable, trainingRows: [Int]? = nil, place: String = "table"
  ) throws(DataError) -> FieldSchema {
    var schema = self
    for change in changes {
      let column = try FieldSchema.column(change.name, in: table, place: place)
      guard let index = fields.firstIndex(where: { $0.name == column.name }) else {
        throw FieldSchema.noColumn(change.name, table, place: place)
      }
      let old = schema.fields[index]
      let traits = ColumnTraits(column, rows: trainingRows ?? Array(0..<table.rowCount))
      let kind = change.kind ?? old.kind
      let role = change.role ?? (old.role == .aside && change.kind != nil ? .both : old.role)
      if role != .aside, traits.distinct < 2 {
        throw FieldSchema.constant(traits, role, place: place)
      }
      let levels = kind == old.kind && (kind == .flag || kind == .ordinal) ? old.codec.levels : []
      schema.fields[index] = try Field(
        column, as: kind, role: role, levels: levels.isEmpty ? nil : levels, rows: trainingRows, place: place)
    }
    return schema
  }

  private static func constant(_ traits: ColumnTraits, _ role: FieldRole, place: String) -> DataError {
    let value = traits.levels.first.map { "'\($0.text)' in all of them" } ?? "no value in any"
    return DataError(
      place: "\(place): column '\(traits.name)'",
      expected: role == .out
        ? "a target whose values differ between rows" : "values that differ between rows",
      found: value, remedy: "leave it aside")
  }

  /// The column that a person means: by its name, or by its number from 1 where none is called so.
  ///
  /// - Throws: ``DataError`` where there is none, and where the file has several columns of the name.
  static func column(
    _ name: String, in table: TypedTable, place: String
  ) throws(DataError) -> TypedTable.Column {
    let titled = table.columns.indices.filter { table.columns[$0].title == name }
    if titled.count > 1 {
      let numbers = titled.map { "\($0 + 1)" }
      let others = titled.map { "'\(table.columns[$0].name)'" }.dropFirst()
      throw DataError(
        place: place, expected: "one column called '\(name)'",
        found: "\(titled.count), columns \(numbers.joined(separator: ", "))",
        remedy:
          "give its number, or of the later ones the name they have here (\(others.joined(separator: ", ")))")
    }
    if let column = table.column(name) { return column }
    if let number = Int(name), table.columns.indices.contains(number - 1) { return table.columns[number - 1] }
    throw noColumn(name, table, place: place)
  }
}
