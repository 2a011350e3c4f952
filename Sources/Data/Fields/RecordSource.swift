public import HourglassFormats
public import HourglassTensor

/// A table as records: what stands in it, and what its columns are taken for.
public struct RecordSource: Sendable {
  public let table: TypedTable
  public let schema: FieldSchema

  public init(_ table: TypedTable, _ schema: FieldSchema) {
    (self.table, self.schema) = (table, schema)
  }

  /// The records as samples: a value a slot of the schema.
  ///
  /// - Parameter values: as `FieldSchema.read` gives them.
  public func dataset(of values: Tensor, origin: String) throws -> Dataset {
    try Dataset(values, featureNames: schema.slots.map(\.name), origin: origin).with(records: self)
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
