import HourglassTensor

extension Shape {
  /// `28 × 28`
  public var words: String { dimensions.map { "\($0)" }.joined(separator: " × ") }
}
