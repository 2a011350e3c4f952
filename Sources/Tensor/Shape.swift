/// The lengths of a tensor's axes, outermost first.
///
/// `[60000, 28, 28]` holds 60 000 × 28 × 28 values, row-major. The empty shape holds one value.
public struct Shape: Hashable, Sendable, ExpressibleByArrayLiteral, CustomStringConvertible {
  public let dimensions: [Int]

  /// - Precondition: no dimension is negative.
  public init(_ dimensions: [Int]) {
    precondition(dimensions.allSatisfy { $0 >= 0 }, "Shape \(dimensions): a dimension is negative")
    self.dimensions = dimensions
  }

  public init(arrayLiteral elements: Int...) { self.init(elements) }

  /// Number of axes.
  public var rank: Int { dimensions.count }

  /// Number of values: the product of the dimensions, 1 for the empty shape.
  public var count: Int { dimensions.reduce(1, *) }

  /// Number of values, or nil where the product does not fit in an `Int`. For shapes read from files.
  public static func count(of dimensions: [Int]) -> Int? {
    var count = 1
    for dimension in dimensions {
      guard dimension >= 0 else { return nil }
      let (product, overflow) = count.multipliedReportingOverflow(by: dimension)
      if overflow { return nil }
      count = product
    }
    return count
  }

  public subscript(axis: Int) -> Int { dimensions[axis] }

  /// The shape without its first axis: one sample of a batch.
  public var sample: Shape { Shape(Array(dimensions.dropFirst())) }

  /// This shape with a first axis of `count` in front: a batch of samples.
  public func batch(_ count: Int) -> Shape { Shape([count] + dimensions) }

  public var description: String { "[" + dimensions.map(String.init).joined(separator: ", ") + "]" }
}

extension Shape: Codable {
  /// Read as a plain list of numbers; a negative number is an error, not a trap.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let dimensions = try container.decode([Int].self)
    guard Shape.count(of: dimensions) != nil else {
      throw DecodingError.dataCorruptedError(
        in: container,
        debugDescription: "shape \(dimensions): dimensions must be at least 0 and their product an Int")
    }
    self.init(dimensions)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(dimensions)
  }
}
