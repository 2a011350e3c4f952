public import HourglassFormats
public import HourglassTensor

/// A table as records: what stands in it, and what its columns are taken for.
public struct RecordSource: Sendable {
  private enum Content: Sendable {
    case typed(TypedTable)
    case sparse(SparseTable)
  }

  private let content: Content
  public let schema: FieldSchema

  public init(_ table: TypedTable, _ schema: FieldSchema) {
    (content, self.schema) = (.typed(table), schema)
  }

  public init(_ table: SparseTable, _ schema: FieldSchema) {
    (content, self.schema) = (.sparse(table), schema)
  }

  /// What stands in it; of a sparse table with all its zeros, made anew each time.
  public var table: TypedTable {
    switch content {
    case .typed(let table): table
    case .sparse(let table): TypedTable(columns: table.typed(), rowCount: table.rowCount)
    }
  }

  /// How the file parts its cells and names its columns.
  public var form: TableForm {
    if case .typed(let table) = content { table.form } else { TableForm() }
  }

  /// Some of its columns, by their names.
  public func columns(where isWanted: (String) -> Bool) -> [TypedTable.Column] {
    switch content {
    case .typed(let table): table.columns.filter { isWanted($0.name) }
    case .sparse(let table): table.typed(where: isWanted)
    }
  }

  /// The records as samples: a value a slot of the schema.
  ///
  /// - Parameter values: as `FieldSchema.read` gives them.
  public func dataset(of values: Tensor, origin: String) throws -> Dataset {
    try Dataset(values, featureNames: schema.slots.map(\.name), origin: origin).with(records: self)
  }
}

extension SparseTable {
  /// The rows as records, and what there is to say about it. Values that are 0 are not written out.
  ///
  /// - Throws: `DataError` for a value that its field cannot hold.
  public func dataset(_ schema: FieldSchema, origin: String) throws -> (Dataset, remarks: [String]) {
    let (rows, remarks) = try schema.read(self, place: origin)
    var dataset = try Dataset(rows, featureNames: schema.slots.map(\.name), origin: origin)
      .with(records: RecordSource(self, schema))
    if let rowNames {
      dataset = dataset.with(keptColumns: [CSV.KeptColumn(name: SparseTable.rowName, texts: rowNames)])
    }
    let classes = labels?.compactMap { Int32(exactly: $0) }
    if let classes, classes.count == rowCount { dataset = try dataset.labelled(classes) }
    return (dataset, remarks)
  }
}

extension Dataset {
  /// The cells that samples in the form of these stand for: a table like the one these came from.
  public func table(of samples: Tensor) -> TypedTable? {
    records.map { $0.schema.table(of: samples, like: $0.table) }
  }
}

extension Preparation {
  /// Of records: every column is on the network's scale already.
  public init(_ schema: FieldSchema) {
    let slots = schema.slots
    self.init(
      sampleShape: [slots.count], element: .float32, scaling: .none(isUnitInterval: false),
      featureNames: slots.map(\.name), allowsGaps: true, fields: schema)
  }
}
