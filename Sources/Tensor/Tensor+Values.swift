extension Tensor {
  /// The values as `Float`, in row-major order. Complexity: O(count).
  public var values: [Float] { converted(ToFloat.self) }

  /// The values as `Double`, in row-major order. Complexity: O(count).
  public var doubles: [Double] { converted(ToDouble.self) }

  /// The values as integers, rounded towards zero; values that are not finite or too large become nil.
  public var integers: [Int?] { converted(ToInteger.self) }

  /// A `float32` tensor of the same values; this one where it is that already.
  public var asFloat32: Tensor { element == .float32 ? self : Tensor(shape, values) }

  private func converted<Target: Conversion>(_: Target.Type) -> [Target.Value] {
    withBytes { bytes in
      switch element {
      case .uint8: Tensor.read(UInt8.self, Target.self, bytes, count)
      case .int8: Tensor.read(Int8.self, Target.self, bytes, count)
      case .uint16: Tensor.read(UInt16.self, Target.self, bytes, count)
      case .int16: Tensor.read(Int16.self, Target.self, bytes, count)
      case .int32: Tensor.read(Int32.self, Target.self, bytes, count)
      case .int64: Tensor.read(Int64.self, Target.self, bytes, count)
      case .float32: Tensor.read(Float.self, Target.self, bytes, count)
      case .float64: Tensor.read(Double.self, Target.self, bytes, count)
      }
    }
  }

  private static func read<Source: TensorElement, Target: Conversion>(
    _: Source.Type, _: Target.Type, _ bytes: UnsafeRawBufferPointer, _ count: Int
  ) -> [Target.Value] {
    [Target.Value](unsafeUninitializedCapacity: count) { buffer, initialized in
      for index in 0..<count {
        let source = bytes.loadUnaligned(
          fromByteOffset: index * MemoryLayout<Source>.stride, as: Source.self)
        buffer.initializeElement(at: index, to: Target.convert(source))
      }
      initialized = count
    }
  }
}

extension Tensor: Equatable {
  /// Equal shapes, element types and bytes (so a NaN equals the same NaN).
  public static func == (left: Tensor, right: Tensor) -> Bool {
    left.shape == right.shape && left.element == right.element
      && left.withBytes { left in right.withBytes { right in left.elementsEqual(right) } }
  }
}

private protocol Conversion {
  associatedtype Value
  static func convert(_ source: some TensorElement) -> Value
}

private enum ToFloat: Conversion {
  static func convert(_ source: some TensorElement) -> Float { source.float }
}

private enum ToDouble: Conversion {
  static func convert(_ source: some TensorElement) -> Double { source.double }
}

private enum ToInteger: Conversion {
  static func convert(_ source: some TensorElement) -> Int? { source.integer }
}
