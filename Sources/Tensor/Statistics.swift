/// Summaries of numbers, summed in `Double` by pairs so that the error grows with log n, not n.
public enum Statistics {
  /// Σ values, by a fixed binary tree: the same bytes whoever computes it.
  public static func sum(_ values: some RandomAccessCollection<Double>) -> Double {
    values.withContiguousStorageIfAvailable(sum(of:)) ?? Array(values).withUnsafeBufferPointer(sum(of:))
  }

  private static func sum(of values: UnsafeBufferPointer<Double>) -> Double {
    if values.count <= 8 { return values.reduce(0, +) }
    let middle = values.count / 2
    return sum(of: UnsafeBufferPointer(rebasing: values[..<middle]))
      + sum(of: UnsafeBufferPointer(rebasing: values[middle...]))
  }

  /// Σ values / n; nil for none.
  public static func mean(_ values: some RandomAccessCollection<Double>) -> Double? {
    values.isEmpty ? nil : sum(values) / Double(values.count)
  }

  /// Σ (value - mean)² / n, by two passes; nil for none.
  public static func variance(_ values: some RandomAccessCollection<Double>) -> Double? {
    guard let mean = mean(values) else { return nil }
    return sum(values.map { ($0 - mean) * ($0 - mean) }) / Double(values.count)
  }

  /// The value below which `fraction` of the sorted values lie, interpolated linearly (type 7 of Hyndman and
  /// Fan 1996, numpy's default); nil for none.
  ///
  /// - Precondition: 0 ≤ fraction ≤ 1; the values are sorted.
  public static func quantile(_ fraction: Double, ofSorted values: [Double]) -> Double? {
    precondition((0...1).contains(fraction), "Statistics.quantile: \(fraction) is not in [0, 1]")
    guard let last = values.indices.last else { return nil }
    let place = fraction * Double(last)
    let lower = Int(place)
    guard lower < last else { return values[last] }
    return values[lower] + (place - Double(lower)) * (values[lower + 1] - values[lower])
  }

  /// Each value of a sorted list once, with how often it is there. NaN equals nothing, itself included.
  public static func repetitions(ofSorted values: [Double]) -> [(value: Double, count: Int)] {
    var result: [(value: Double, count: Int)] = []
    for value in values {
      if result.last?.value == value {
        result[result.count - 1].count += 1
      } else {
        result.append((value, 1))
      }
    }
    return result
  }
}
