import HourglassTensor

/// Numbers drawn for tests: the same for the same seed.
public enum Draws {
  /// Standard normal.
  public static func normal(_ count: Int, seed: UInt64) -> [Float] {
    let random = Random(seed: seed, stream: .data)
    return (0..<count).map { random.normal(position: UInt64($0)) }
  }

  /// In [0, 1).
  public static func uniform(_ count: Int, seed: UInt64) -> [Float] {
    let random = Random(seed: seed, stream: .data)
    return (0..<count).map { random.uniform(position: UInt64($0)) }
  }

  /// Rows of `width` values, each divided by its sum.
  public static func shares(_ rows: Int, _ width: Int, seed: UInt64) -> [Float] {
    let values = uniform(rows * width, seed: seed)
    return (0..<rows).flatMap { row in
      let part = values[(row * width)..<((row + 1) * width)]
      let sum = part.reduce(0, +)
      return part.map { $0 / sum }
    }
  }
}

extension Tensor {
  /// The rows, each as its values in double precision.
  public var doubleRows: [[Double]] {
    let (values, width) = (doubles, shape.sample.count)
    return (0..<rows).map { Array(values[($0 * width)..<(($0 + 1) * width)]) }
  }
}

/// The largest |found - expected| / (1 + |expected|); infinite where a value is no number or the counts
/// differ.
public func distance(_ found: some Collection<Float>, _ expected: some Collection<Double>) -> Double {
  guard found.count == expected.count else { return .infinity }
  return zip(found, expected).reduce(0) { largest, pair in
    let apart = abs(Double(pair.0) - pair.1) / (1 + abs(pair.1))
    return apart.isNaN ? .infinity : max(largest, apart)
  }
}
