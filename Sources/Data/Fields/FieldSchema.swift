/// The fields of a table: how its rows become samples, one value a slot, and samples rows again.
///
/// A schema is found by ``infer(_:trainingRows:place:)``, kept in a model, and may be written as JSON to
/// edit.
public struct FieldSchema: Hashable, Sendable {
  /// In the order of the table's columns.
  public var fields: [Field]
  /// The form of the JSON that it is read from or will be written as, which tells the order of ``slots``.
  public let version: Int

  public init(fields: [Field], version: Int = FieldSchema.version) {
    self.fields = fields
    self.version = version
  }

  /// What the values of a sample are, in their order: targets last; within a role numbers, positives and days
  /// of times, then the cycles of times, counts, flags, categories and ordinals by their number of levels
  /// rounded up to a power of two; of these first the fields without gaps; else in the order of the fields.
  ///
  /// Since version 2 what a network reads in one go stands together whatever the order of the columns: the
  /// entry for levels not seen counts as one, and gaps tell fields apart.
  public var slots: [FieldSlot] {
    let unordered = fields.indices.flatMap { place -> [FieldSlot] in
      let field = fields[place]
      if field.role == .aside { return [] }
      let value = FieldSlot(field, at: place)
      guard field.kind == .time, field.role != .out else { return [value] }
      return [value]
        + field.codec.cycles.flatMap {
          [FieldSlot(field, at: place, .sine($0)), FieldSlot(field, at: place, .cosine($0))]
        }
    }
    return unordered.enumerated().sorted { left, right in
      let (first, second) = (left.element.group(version), right.element.group(version))
      return first == second ? left.offset < right.offset : first < second
    }.map(\.element)
  }

  /// The field of a name.
  public subscript(name: String) -> Field? { fields.first { $0.name == name } }
}
