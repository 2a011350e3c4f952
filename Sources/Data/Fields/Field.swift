/// One column of a table: what its values mean, who sees them, and how they become values of samples.
public struct Field: Hashable, Sendable {
  /// As the column is called.
  public var name: String
  public var kind: FieldKind
  public var role: FieldRole
  /// Whether a training row has no value.
  public var hasGaps: Bool
  public var codec: FieldCodec

  public init(
    name: String, kind: FieldKind, role: FieldRole = .both, hasGaps: Bool = false, codec: FieldCodec
  ) {
    self.name = name
    self.kind = kind
    self.role = role
    self.hasGaps = hasGaps
    self.codec = codec
  }
}
