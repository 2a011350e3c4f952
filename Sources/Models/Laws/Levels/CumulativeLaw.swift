import HourglassEngine
import HourglassTensor

/// One of L levels in an order, by cut points c₀ < c₁ < … on one axis.
///
///     P(X ≤ k) = 1 / (1 + e^(-cₖ)),   c₀ = y₀,   cₖ = cₖ₋₁ + log(1 + e^(yₖ))
///
/// The parameters are the L - 1 numbers y. With u the cut above a level and l the one below it,
///
///     -log p = log(1 + e⁻ᵘ) + log(1 + eˡ) + log(1 + e^(-yₖ))
///
/// where the first is missing of the last level, the second and third of the first: no difference of two
/// probabilities is ever taken. McCullagh 1980.
struct CumulativeLaw: Likelihood {
  static let word = "cumulative"
  static func law(_ numbers: Law.Numbers) throws -> Law { .cumulative(levels: try numbers.levels(word)) }

  static let limit = 1 << 10

  var levels: Int

  var numbers: [(key: String, value: Law.Number)] { [("levels", .whole(levels))] }
  var complaint: (expected: String, found: String)? {
    (2...CumulativeLaw.limit).contains(levels)
      ? nil : ("between 2 and \(CumulativeLaw.limit) levels", "\(levels)")
  }

  var parameters: Int { levels - 1 }
  var domain: Law.Domain { .levels(levels) }

  func surprise(_ graph: inout Graph, _ columns: Law.Columns) -> Graph.Value {
    let (count, cuts) = (columns.count, levels - 1)
    let own = columns.levels ?? [Int](repeating: levels, count: count)
    let last = graph.table(own.map { Float($0 - 1) }, [count])
    let target = graph.binary(.minimum, columns.target, last)
    let ones = graph.oneHot(target, count: levels)
    let places = self.places(&graph, columns)
    // Of the level's own column the cut above it, but of the last level; and that below, but of the first.
    let inside = own.flatMap { own in (0..<cuts).map { Float($0 < own - 1 ? 1 : 0) } }
    let notFirst = own.flatMap { own in (0..<cuts).map { Float($0 < own - 1 && $0 > 0 ? 1 : 0) } }
    let above = graph.unary(.softplus, graph.unary(.negate, places))
    let apart = graph.unary(.softplus, graph.unary(.negate, columns.parameters))
    let upper = graph.add(
      graph.multiply(above, graph.table(inside, [count, cuts])),
      graph.multiply(apart, graph.table(notFirst, [count, cuts])))
    let lower = graph.unary(.softplus, places)
    let sum = graph.add(
      graph.multiply(upper, graph.slice(ones, from: 0, count: cuts)),
      graph.multiply(lower, graph.slice(ones, from: 1, count: cuts)))
    return graph.sumLast(sum)
  }

  /// The cut points: `[columns, levels - 1]`.
  private func places(_ graph: inout Graph, _ columns: Law.Columns) -> Graph.Value {
    let cuts = levels - 1
    if cuts == 1 { return columns.parameters }
    let first = graph.table((0..<cuts).map { $0 == 0 ? 1 : 0 }, [cuts])
    let others = graph.table((0..<cuts).map { $0 == 0 ? 0 : 1 }, [cuts])
    let steps = graph.add(
      graph.multiply(columns.parameters, first),
      graph.multiply(graph.unary(.softplus, columns.parameters), others))
    let sums = graph.table((0..<(cuts * cuts)).map { $0 / cuts <= $0 % cuts ? 1 : 0 }, [cuts, cuts])
    return graph.product(steps, sums)
  }

  /// The most likely level: of each its probability as a difference, which is exact enough to choose by.
  func readable(_ graph: inout Graph, _ columns: Law.Columns) -> Graph.Value {
    let (count, cuts) = (columns.count, levels - 1)
    let own = columns.levels ?? [Int](repeating: levels, count: count)
    let inside = graph.table(
      own.flatMap { own in (0..<cuts).map { Float($0 < own - 1 ? 1 : 0) } }, [count, cuts])
    let outside = graph.table(
      own.flatMap { own in (0..<cuts).map { Float($0 < own - 1 ? 0 : 1) } }, [count, cuts])
    let share = graph.unary(.sigmoid, places(&graph, columns))
    let below = graph.add(graph.multiply(share, inside), outside)
    let one = graph.expand(graph.constant(1), [count, 1])
    let zero = graph.expand(graph.constant(0), [count, 1])
    let upper = graph.concatenate([below, graph.broadcast(one)])
    let lower = graph.concatenate([graph.broadcast(zero), below])
    return graph.greatestPlace(graph.subtract(upper, lower))
  }

  private func cuts(_ parameters: [Double]) -> [Double] {
    var cut = parameters[0]
    return [cut]
      + parameters.dropFirst().map { step in
        cut += step.softplus
        return cut
      }
  }

  func logLikelihood(of x: Double, _ parameters: [Double]) -> Double {
    guard let level = Int(exactly: x), (0..<levels).contains(level) else { return -.infinity }
    let cuts = cuts(parameters)
    var surprise = 0.0
    if level < cuts.count { surprise += (-cuts[level]).softplus }
    if level > 0 { surprise += cuts[level - 1].softplus }
    if level > 0, level < cuts.count { surprise += (-parameters[level]).softplus }
    return -surprise
  }

  func probabilities(_ parameters: [Double]) -> [Double]? {
    (0..<levels).map { logLikelihood(of: Double($0), parameters).exponential }
  }

  private func shares(_ parameters: [Double]) -> [Double] { probabilities(parameters) ?? [] }

  func mean(_ parameters: [Double]) -> Double {
    shares(parameters).enumerated().reduce(0) { $0 + Double($1.offset) * $1.element }
  }
  func mode(_ parameters: [Double]) -> Double {
    let shares = shares(parameters)
    return Double(shares.firstIndex(of: shares.max() ?? 0) ?? 0)
  }
  func quantile(_ probability: Double, _ parameters: [Double]) -> Double {
    CategoricalLaw.quantile(probability, shares(parameters))
  }
  func entropy(_ parameters: [Double]) -> Double { CategoricalLaw.entropy(shares(parameters)) }

  /// The logits of the shares below each cut, and what their differences are the softplus of; held within
  /// ±50.
  func fitted(to values: [Double]) -> [Double] {
    let shares = CategoricalLaw.shares(of: values, levels)
    var below = 0.0
    var cuts: [Double] = []
    for (level, share) in shares.dropLast().enumerated() {
      below += share
      let above = shares[(level + 1)...].reduce(0, +)
      cuts.append(below <= 0 ? -50 : (above <= 0 ? 50 : (below / above).logarithm.held(-50...50)))
    }
    return [cuts[0]]
      + zip(cuts, cuts.dropFirst()).map { lower, upper in
        // y = log(eᵈ - 1), d the difference.
        let difference = max(upper - lower, 1e-22)
        return (difference + (-(-difference).exponential).logarithmOfOnePlus.held(-60...0)).held(-50...50)
      }
  }
}
