import HourglassTensor

extension Dataset {
  /// The weights of all samples, in the data set's order; nil where all count alike.
  public var orderedWeights: [Float]? {
    guard let weights, let rows else { return weights }
    return rows.map { weights[Int($0)] }
  }

  /// By how much to multiply each sample's weight so that every class counts as much as any other and the sum
  /// of the weights stays what it is, by class:
  ///
  ///     factor(c) = Σ w / (classes · Σ w over class c)
  ///
  /// where w is the sample's weight, 1 without weights. Classes whose samples all weigh 0 are left out.
  ///
  /// - Throws: ``DataError`` where labels are not known.
  /// - Source: G. King and L. Zeng 2001, "Logistic regression in rare events data", section 4.2; without
  ///   weights the rule that scikit-learn calls "balanced".
  public func classWeights() throws -> [Int32: Float] {
    guard let labels = orderedLabels else {
      throw DataError(
        place: origin, expected: "the class of each sample", found: "none",
        remedy: "name the column of classes, or give a file with labels beside it")
    }
    let weights = orderedWeights
    var sums: [Int32: Double] = [:]
    for (position, label) in labels.enumerated() {
      sums[label, default: 0] += weights.map { Double($0[position]) } ?? 1
    }
    sums = sums.filter { $0.value > 0 }
    let total = sums.keys.sorted().reduce(0) { $0 + (sums[$1] ?? 0) }
    return sums.mapValues { Float(total / (Double(sums.count) * $0)) }
  }

  /// The same samples, weighted so that every class counts as much as any other: for data where one class is
  /// rare.
  ///
  /// Classes are counted among the samples of this part; rows of other classes weigh 0.
  ///
  /// - Throws: ``DataError`` where labels are not known.
  public func balanced() throws -> Dataset {
    let factors = try classWeights()
    return try weighted(
      labels?.enumerated().map { row, label in (factors[label] ?? 0) * (weights?[row] ?? 1) })
  }
}
