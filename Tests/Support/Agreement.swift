/// How far two lists of numbers may lie apart: |found - expected| ≤ absolute + relative · |expected|.
public struct Tolerance: Sendable {
  public var absolute: Double
  public var relative: Double

  public init(absolute: Double, relative: Double) {
    self.absolute = absolute
    self.relative = relative
  }

  /// A few roundings of a `Float`, 6e-8 each, of values near 1.
  public static let rounding = Tolerance(absolute: 1e-6, relative: 1e-6)

  /// The first pair that lies further apart, in words; nil where there is none. NaN agrees with NaN, infinity
  /// with itself.
  public func disagreement(_ found: [Double], _ expected: [Double]) -> String? {
    if found.count != expected.count { return "\(found.count) values, expected \(expected.count)" }
    for (index, (f, e)) in zip(found, expected).enumerated() {
      if f == e || f.isNaN && e.isNaN { continue }
      let distance = abs(f - e)
      if !(distance <= absolute + relative * abs(e)) {
        return "value \(index) of \(found.count): found \(f), expected \(e), \(distance) apart"
      }
    }
    return nil
  }

  public func disagreement(_ found: [Float], _ expected: [Double]) -> String? {
    disagreement(found.map { Double($0) }, expected)
  }
}
