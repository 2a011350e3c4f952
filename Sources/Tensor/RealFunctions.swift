#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The C library's functions under names that read as mathematics, in one place.
extension Double {
  public var logarithm: Double { log(self) }
  public var exponential: Double { exp(self) }
  public var cosine: Double { cos(self) }
  public var sine: Double { sin(self) }
  public var arccosine: Double { acos(self) }
  public var hyperbolicTangent: Double { tanh(self) }
  public var errorFunction: Double { erf(self) }
  /// 1 - erf(x), without loss where erf(x) is near 1.
  public var complementaryErrorFunction: Double { erfc(self) }
  public func raised(to power: Double) -> Double { pow(self, power) }
}

extension Float {
  /// The natural logarithm.
  public var logarithm: Float { Float(Double(self).logarithm) }
}
