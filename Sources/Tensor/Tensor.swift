/// Numbers at rest: a shape, the type of the values, and the values, row-major.
///
/// A value type that shares its bytes: copying one, or taking rows of one, copies nothing.
public struct Tensor: Sendable {
  public let shape: Shape
  public let element: Element
  /// The block the values lie in, from `offset` bytes on.
  public let storage: Storage
  /// Bytes before the first value.
  public let offset: Int

  /// - Precondition: the storage holds `shape.count` values from `offset` on.
  public init(_ shape: Shape, _ element: Element, in storage: Storage, offset: Int = 0) {
    let bytes = shape.count * element.size
    precondition(
      offset >= 0 && offset + bytes <= storage.count,
      "Tensor \(shape) of \(element): needs \(bytes) bytes at \(offset), the storage has \(storage.count)")
    self.shape = shape
    self.element = element
    self.storage = storage
    self.offset = offset
  }

  /// A tensor of the values given.
  ///
  /// - Precondition: there are `shape.count` of them.
  public init<Value: TensorElement>(_ shape: Shape, _ values: [Value]) {
    precondition(
      values.count == shape.count, "Tensor \(shape): needs \(shape.count) values, found \(values.count)")
    let storage = Storage(count: values.count * MemoryLayout<Value>.stride) { bytes in
      values.withUnsafeBytes { bytes.copyMemory(from: $0) }
    }
    self.init(shape, Value.element, in: storage)
  }

  /// A tensor of one axis.
  public init<Value: TensorElement>(_ values: [Value]) { self.init([values.count], values) }

  /// A `float32` tensor written by `fill`, which finds zeros.
  public init(_ shape: Shape, fill: (UnsafeMutableBufferPointer<Float>) throws -> Void) rethrows {
    let storage = try Storage(count: shape.count * MemoryLayout<Float>.stride) { bytes in
      try fill(bytes.bindMemory(to: Float.self))
    }
    self.init(shape, .float32, in: storage)
  }

  /// Number of values.
  public var count: Int { shape.count }

  /// Length of the first axis: the number of samples; 1 for a single value.
  public var rows: Int { shape.rank == 0 ? 1 : shape[0] }

  /// The bytes of the values, valid while the closure runs.
  public func withBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let range = offset..<(offset + count * element.size)
    return try storage.withBytes { bytes throws(Failure) in
      try body(UnsafeRawBufferPointer(rebasing: bytes[range]))
    }
  }

  /// The same values under another shape.
  ///
  /// - Precondition: the shape holds as many values.
  public func reshaped(_ shape: Shape) -> Tensor {
    precondition(shape.count == count, "Tensor \(self.shape): cannot be seen as \(shape)")
    return Tensor(shape, element, in: storage, offset: offset)
  }

  /// Some consecutive samples, sharing the bytes.
  public subscript(rows: Range<Int>) -> Tensor {
    precondition(
      shape.rank > 0 && rows.lowerBound >= 0 && rows.upperBound <= shape[0],
      "Tensor \(shape): has no rows \(rows)")
    let stride = shape.sample.count * element.size
    return Tensor(
      shape.sample.batch(rows.count), element, in: storage, offset: offset + rows.lowerBound * stride)
  }
}
