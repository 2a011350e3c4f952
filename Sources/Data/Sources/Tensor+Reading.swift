import HourglassTensor

/// A stored number, with the arithmetic that loses nothing of it that single precision could show.
///
/// The conversions stand here, type by type, so that the loops over millions of values compile to vector
/// code.
protocol Readable: TensorElement, Comparable {
  var exact: Double { get }
  /// The nearest number of single precision.
  var single: Float { get }
  /// Neither infinite nor NaN.
  var isFiniteNumber: Bool { get }
  /// NaN: a value that is missing.
  var isGap: Bool { get }
  /// The ends of the type's range: nothing is below the one and above the other.
  static var lowest: Self { get }
  static var highest: Self { get }
  /// (self - shift) · scale, in the precision the type needs.
  func scaled(_ shift: Float, _ scale: Float) -> Float
}

extension Readable where Self: FixedWidthInteger {
  var isFiniteNumber: Bool { true }
  var isGap: Bool { false }
  static var lowest: Self { min }
  static var highest: Self { max }
}

extension Readable where Self: BinaryFloatingPoint {
  var isGap: Bool { self != self }
  static var lowest: Self { -.infinity }
  static var highest: Self { .infinity }
}

extension UInt8: Readable {
  var exact: Double { Double(self) }
  var single: Float { Float(self) }
  func scaled(_ shift: Float, _ scale: Float) -> Float { (Float(self) - shift) * scale }
}

extension Int8: Readable {
  var exact: Double { Double(self) }
  var single: Float { Float(self) }
  func scaled(_ shift: Float, _ scale: Float) -> Float { (Float(self) - shift) * scale }
}

extension UInt16: Readable {
  var exact: Double { Double(self) }
  var single: Float { Float(self) }
  func scaled(_ shift: Float, _ scale: Float) -> Float { (Float(self) - shift) * scale }
}

extension Int16: Readable {
  var exact: Double { Double(self) }
  var single: Float { Float(self) }
  func scaled(_ shift: Float, _ scale: Float) -> Float { (Float(self) - shift) * scale }
}

extension Int32: Readable {
  var exact: Double { Double(self) }
  var single: Float { Float(self) }
  func scaled(_ shift: Float, _ scale: Float) -> Float {
    Float((Double(self) - Double(shift)) * Double(scale))
  }
}

extension Int64: Readable {
  var exact: Double { Double(self) }
  var single: Float { Float(self) }
  func scaled(_ shift: Float, _ scale: Float) -> Float {
    Float((Double(self) - Double(shift)) * Double(scale))
  }
}

extension Float: Readable {
  var exact: Double { Double(self) }
  var single: Float { self }
  var isFiniteNumber: Bool { bitPattern & 0x7F80_0000 != 0x7F80_0000 }
  func scaled(_ shift: Float, _ scale: Float) -> Float { (self - shift) * scale }
}

extension Double: Readable {
  var exact: Double { self }
  var single: Float { Float(self) }
  var isFiniteNumber: Bool { bitPattern & 0x7FF0_0000_0000_0000 != 0x7FF0_0000_0000_0000 }
  func scaled(_ shift: Float, _ scale: Float) -> Float {
    Float((self - Double(shift)) * Double(scale))
  }
}

/// A tensor's values in their own type. Loads need no alignment: arrays lie anywhere in a mapped file.
struct Values<Value: Readable> {
  let pointer: UnsafeRawPointer
  let count: Int

  subscript(index: Int) -> Value {
    // Wrapping arithmetic: a trap in the loop would keep it from becoming vector code.
    pointer.loadUnaligned(fromByteOffset: index &* MemoryLayout<Value>.stride, as: Value.self)
  }

  /// The values of one row of a table `width` wide.
  func row(_ row: Int, width: Int) -> Values {
    Values(pointer: pointer + row * width * MemoryLayout<Value>.stride, count: width)
  }
}

/// Work on a tensor's values, written once for every type they can have.
protocol Reading {
  mutating func read<Value: Readable>(_ values: Values<Value>)
}

extension Tensor {
  /// Hands the values to `reading` in their own type; nothing happens for a tensor without values.
  func read(_ reading: inout some Reading) {
    withBytes { bytes in
      guard let pointer = bytes.baseAddress, count > 0 else { return }
      switch element {
      case .uint8: reading.read(Values<UInt8>(pointer: pointer, count: count))
      case .int8: reading.read(Values<Int8>(pointer: pointer, count: count))
      case .uint16: reading.read(Values<UInt16>(pointer: pointer, count: count))
      case .int16: reading.read(Values<Int16>(pointer: pointer, count: count))
      case .int32: reading.read(Values<Int32>(pointer: pointer, count: count))
      case .int64: reading.read(Values<Int64>(pointer: pointer, count: count))
      case .float32: reading.read(Values<Float>(pointer: pointer, count: count))
      case .float64: reading.read(Values<Double>(pointer: pointer, count: count))
      }
    }
  }
}
