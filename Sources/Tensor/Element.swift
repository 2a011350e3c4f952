/// The type of a tensor's values in memory.
///
/// Data keep the type they came with until a batch of them is gathered as `float32`: MNIST stays 47 MB of
/// bytes.
public enum Element: UInt8, Hashable, Sendable, CaseIterable {
  case uint8, int8, uint16, int16, int32, int64, float32, float64

  /// Bytes a value takes.
  public var size: Int {
    switch self {
    case .uint8, .int8: 1
    case .uint16, .int16: 2
    case .int32, .float32: 4
    case .int64, .float64: 8
    }
  }
}

/// A number type that a tensor can hold.
public protocol TensorElement: Sendable, BitwiseCopyable {
  static var element: Element { get }
  var float: Float { get }
  var double: Double { get }
  /// The value rounded towards zero; nil where it is not finite or does not fit.
  var integer: Int? { get }
}

extension UInt8: TensorElement { public static var element: Element { .uint8 } }
extension Int8: TensorElement { public static var element: Element { .int8 } }
extension UInt16: TensorElement { public static var element: Element { .uint16 } }
extension Int16: TensorElement { public static var element: Element { .int16 } }
extension Int32: TensorElement { public static var element: Element { .int32 } }
extension Int64: TensorElement { public static var element: Element { .int64 } }
extension Float: TensorElement { public static var element: Element { .float32 } }
extension Double: TensorElement { public static var element: Element { .float64 } }

extension TensorElement where Self: BinaryInteger {
  public var float: Float { Float(self) }
  public var double: Double { Double(self) }
  public var integer: Int? { Int(exactly: self) }
}

extension TensorElement where Self: BinaryFloatingPoint {
  public var float: Float { Float(self) }
  public var double: Double { Double(self) }
  public var integer: Int? { Int(exactly: rounded(.towardZero)) }
}
