import HourglassEngine
import HourglassTensor

/// Values that several terms are put together from.
extension Graph {
  /// Σ of the parts in their order; nil of none.
  mutating func sum(_ parts: [Value]) -> Value? {
    guard var sum = parts.first else { return nil }
    for part in parts.dropFirst() { sum = add(sum, part) }
    return sum
  }

  /// 1 on the diagonal, else 0: fixed `[size, size]`.
  mutating func identity(_ size: Int) -> Value {
    table((0..<size * size).map { $0 % (size + 1) == 0 ? 1 : 0 }, [size, size])
  }
}
