public import HourglassFormats
import HourglassTensor

/// A table as a person wants to see it before training: what each column is taken for, and what is odd.
public struct TableDescription: Sendable {
  /// One column.
  public struct Column: Sendable {
    public let field: Field
    public let guess: FieldGuess
    /// Rows without a value.
    public let gaps: Int
    /// Values that differ.
    public let distinct: Int
    /// Of numbers and times; nil where there is no value, and of texts.
    public let range: ClosedRange<Double>?
    /// The levels of flags, categories and ordinals with their rows: the most frequent first, an ordinal's in
    /// their order.
    public let levels: [(text: String, rows: Int)]
  }

  public let rowCount: Int
  public let schema: FieldSchema
  public let columns: [Column]
  public let oddities: [TableOddity]

  /// - Parameter schema: what columns are taken for; nil to find it out.
  /// - Throws: what ``FieldSchema/infer(_:trainingRows:place:)`` throws.
  public init(_ table: TypedTable, schema: FieldSchema? = nil) throws(DataError) {
    let schema = if let schema { schema } else { try FieldSchema.infer(table) }
    let rows = Array(0..<table.rowCount)
    let fields = Dictionary(schema.fields.map { ($0.name, $0) }) { first, _ in first }
    let found = Workers.map(table.columns) { column -> (column: Column, traits: ColumnTraits)? in
      guard let field = fields[column.name] else { return nil }
      let traits = ColumnTraits(column, rows: rows)
      return (Column(field, traits, form: column.form), traits)
    }
    let (columns, traits) = (found.compactMap { $0?.column }, found.compactMap { $0?.traits })
    (rowCount, self.schema, self.columns) = (table.rowCount, schema, columns)
    oddities = OddityFinder(table: table, columns: columns, traits: traits).oddities
  }
}

extension TableDescription.Column {
  fileprivate init(_ field: Field, _ traits: ColumnTraits, form: CellForm) {
    self.field = field
    guess = FieldGuess(traits)
    gaps = traits.gaps
    distinct = traits.distinct
    range = traits.sorted.isEmpty ? nil : traits.lowest...traits.highest
    var levels = field.kind.hasLevels || traits.sorted.isEmpty ? traits.levels : []
    if field.kind == .ordinal, field.role != .aside {
      let places = LevelPlaces(field.codec.levels, foldsCase: false)
      levels.sort { (places[$0.text] ?? .max) < (places[$1.text] ?? .max) }
    }
    self.levels = levels
  }
}
