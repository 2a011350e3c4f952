import HourglassTensor

extension Law {
  /// The best that a law can say of a column without knowing anything of a row: the same parameters for every
  /// value, those of greatest likelihood.
  public struct Marginal: Hashable, Sendable {
    public let parameters: [Double]
    /// The mean surprise, in nats a value and without the law's ``Law/constant``, as the loss has it.
    public let nats: Double
    /// Values that were there.
    public let count: Int
  }

  /// The best constant law of a column.
  ///
  /// - Parameter values: on the field's own scale; missing ones (NaN) are passed over.
  /// - Returns: nil where no value is there.
  /// - Throws: ``ModelError`` at the first value that the law cannot hold.
  public func marginal(of values: [Double]) throws(ModelError) -> Marginal? {
    try check()
    for (row, value) in values.enumerated() { try check(value, at: "row \(row + 1)") }
    let present = values.filter { !$0.isNaN }
    if present.isEmpty { return nil }
    let parameters = form.fitted(to: present)
    // Counts and levels repeat: each value once, as often as it is there.
    let repeated = Law.repetitions(of: present)
    let whole = Statistics.sum(repeated.map { -$0.count * form.logLikelihood(of: $0.value, parameters) })
    return Marginal(
      parameters: parameters, nats: whole / Double(present.count) - constant, count: present.count)
  }

  /// Each value once, in order, with how often it is there.
  static func repetitions(of values: [Double]) -> [(value: Double, count: Double)] {
    Statistics.repetitions(ofSorted: values.sorted()).map { ($0.value, Double($0.count)) }
  }
}
