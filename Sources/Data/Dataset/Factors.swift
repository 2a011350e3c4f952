/// What varies from sample to sample, where data are made and it is known: the truth that codes can be held
/// against.
public struct Factors: Hashable, Sendable {
  /// One a column of ``values``.
  public let names: [String]
  /// `[count, names.count]`, row-major.
  public let values: [Float]

  public var count: Int { names.isEmpty ? 0 : values.count / names.count }

  /// - Precondition: as many values as rows of `names.count` make.
  public init(names: [String], values: [Float]) {
    precondition(
      names.isEmpty ? values.isEmpty : values.count % names.count == 0,
      "Factors: \(values.count) values of \(names.count) factors")
    (self.names, self.values) = (names, values)
  }

  /// One factor of all samples.
  public func column(_ index: Int) -> [Float] {
    (0..<count).map { values[$0 * names.count + index] }
  }
}

extension Dataset {
  /// The factors of all samples, in the data set's order; nil where they are not known.
  public var orderedFactors: Factors? {
    guard let factors, let rows else { return factors }
    let width = factors.names.count
    return Factors(
      names: factors.names,
      values: rows.flatMap { factors.values[(Int($0) * width)..<(Int($0) * width + width)] })
  }
}
