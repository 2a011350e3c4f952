import HourglassEngine
import HourglassTensor

/// A mixture of K normal laws.
///
///     p(x | w, m, s) = Σ softmax(w)ₖ e^(-(x - mₖ)² e^(-sₖ) / 2) / √(2π e^(sₖ))
///
/// The parameters are K logits w, then K means m, then K log-variances s, which are held within ±10. The
/// first weights of a decoder see to it that the components are not all alike. Bishop 1994.
struct MixtureLaw: Likelihood {
  static let word = "mixture"
  static func law(_ numbers: Law.Numbers) throws -> Law {
    .mixture(components: try numbers.whole("components") ?? 5)
  }

  var components: Int

  var numbers: [(key: String, value: Law.Number)] { [("components", .whole(components))] }
  var complaint: (expected: String, found: String)? {
    (2...256).contains(components) ? nil : ("between 2 and 256 components", "\(components)")
  }

  var parameters: Int { 3 * components }
  var domain: Law.Domain { .any }

  func surprise(_ graph: inout Graph, _ columns: Law.Columns) -> Graph.Value {
    let logits = columns.parameters(from: 0, components, &graph)
    let means = columns.parameters(from: components, components, &graph)
    let logVariances = graph.held(columns.parameters(from: 2 * components, components, &graph), -10...10)
    let target = graph.reshape(columns.target, [columns.count, 1])
    let distances = graph.subtract(means, target)
    let precisions = graph.unary(.exponential, graph.unary(.negate, logVariances))
    let squares = graph.multiply(graph.unary(.square, distances), precisions)
    let each = graph.multiply(graph.add(squares, logVariances), -0.5)
    let joint = graph.logSumExp(graph.add(logits, each))
    let surprise = graph.subtract(graph.logSumExp(logits), joint)
    return graph.add(surprise, Float(NormalLaw.logOfRootOfTwoPi))
  }

  func readable(_ graph: inout Graph, _ columns: Law.Columns) -> Graph.Value {
    let shares = graph.softmax(columns.parameters(from: 0, components, &graph))
    return graph.sumLast(graph.multiply(shares, columns.parameters(from: components, components, &graph)))
  }

  /// Of each component its share, its mean and its deviation.
  private func parts(_ parameters: [Double]) -> [(share: Double, mean: Double, deviation: Double)] {
    let shares = CategoricalLaw.softmax(Array(parameters[..<components]))
    return (0..<components).map { k in
      let logVariance = parameters[2 * components + k].held(NormalLaw.logVariances)
      return (shares[k], parameters[components + k], (logVariance / 2).exponential)
    }
  }

  func logLikelihood(of x: Double, _ parameters: [Double]) -> Double {
    let logs = parts(parameters).map { part in
      let z = (x - part.mean) / part.deviation
      return part.share.logarithm - z * z / 2 - part.deviation.logarithm - NormalLaw.logOfRootOfTwoPi
    }
    return CategoricalLaw.logSumExp(logs)
  }

  func mean(_ parameters: [Double]) -> Double { parts(parameters).reduce(0) { $0 + $1.share * $1.mean } }

  /// From every component's mean upwards, each step a mean of the components' means weighted by what they say
  /// of the place. Carreira-Perpiñán 2000.
  func mode(_ parameters: [Double]) -> Double {
    let parts = parts(parameters)
    let tops = parts.map { start in
      var x = start.mean
      for _ in 0..<200 {
        let weights = parts.map { part -> Double in
          let z = (x - part.mean) / part.deviation
          return part.share * (-z * z / 2).exponential / part.deviation / part.deviation / part.deviation
        }
        let sum = weights.reduce(0, +)
        if !(sum > 0) { break }
        let next = zip(weights, parts).reduce(0) { $0 + $1.0 * $1.1.mean } / sum
        if abs(next - x) < 1e-12 * (1 + abs(x)) { break }
        x = next
      }
      return (x: x, height: logLikelihood(of: x, parameters))
    }
    return tops.max { $0.height < $1.height }?.x ?? 0
  }

  func quantile(_ probability: Double, _ parameters: [Double]) -> Double {
    let parts = parts(parameters).filter { $0.share > 0 }
    // Every component's quantile is on one side of the mixture's, or is it.
    let ends = parts.map { $0.mean + $0.deviation * probability.normalQuantile }
    guard let low = ends.min(), let high = ends.max(), low < high, low.isFinite, high.isFinite else {
      return ends.first ?? .nan
    }
    return Law.root(between: low, and: high) { x in
      parts.reduce(-probability) { $0 + $1.share * ((x - $1.mean) / $1.deviation).normalProbability }
    }
  }

  /// By Simpson's rule, piece by piece between the places where a component's density changes.
  func entropy(_ parameters: [Double]) -> Double {
    let marks = parts(parameters).filter { $0.share > 1e-16 }.flatMap { part in
      [-12.0, -6, -3, -1, 0, 1, 3, 6, 12].map { part.mean + $0 * part.deviation }
    }.sorted()
    return zip(marks, marks.dropFirst()).reduce(0) { whole, piece in
      let (low, high) = piece
      let steps = 32
      let width = (high - low) / Double(steps)
      let sum = (0...steps).reduce(0.0) { sum, step in
        let log = logLikelihood(of: low + width * Double(step), parameters)
        let weight = step == 0 || step == steps ? 1.0 : (step % 2 == 1 ? 4 : 2)
        return log == -.infinity ? sum : sum - weight * log * log.exponential
      }
      return whole + sum * width / 3
    }
  }

  /// By expectation and maximisation from equal parts of the sorted values. Dempster, Laird and Rubin 1977.
  func fitted(to values: [Double]) -> [Double] {
    let repeated = Law.repetitions(of: values)
    let sorted = values.sorted()
    let spread = NormalLaw().fitted(to: values)[1] - 2 * Double(components).logarithm
    var parameters = [Double](repeating: 0, count: components)
    parameters += (0..<components).map {
      Statistics.quantile((Double($0) + 0.5) / Double(components), ofSorted: sorted) ?? 0
    }
    parameters += [Double](repeating: spread.held(NormalLaw.logVariances), count: components)
    var best = -Double.infinity
    for _ in 0..<1000 {
      let whole = improve(&parameters, repeated, count: Double(values.count))
      if whole - best < 1e-11 * (1 + abs(whole)) { break }
      best = whole
    }
    return parameters
  }

  /// One step; what it gives is the log-likelihood before, but for a constant.
  private func improve(
    _ parameters: inout [Double], _ values: [(value: Double, count: Double)], count: Double
  ) -> Double {
    let none = [Double](repeating: 0, count: components)
    var (shares, sums, squares, whole) = (none, none, none, 0.0)
    for (value, count) in values {
      let logs = (0..<components).map { k -> Double in
        let (distance, logVariance) = (value - parameters[components + k], parameters[2 * components + k])
        return parameters[k] - (distance * distance * (-logVariance).exponential + logVariance) / 2
      }
      let sum = CategoricalLaw.logSumExp(logs)
      whole += count * (sum - CategoricalLaw.logSumExp(Array(parameters[..<components])))
      for k in 0..<components {
        let share = count * (logs[k] - sum).exponential
        let distance = value - parameters[components + k]
        shares[k] += share
        sums[k] += share * distance
        squares[k] += share * distance * distance
      }
    }
    for k in 0..<components where shares[k] > 1e-9 {
      let moved = sums[k] / shares[k]
      let variance = max(squares[k] / shares[k] - moved * moved, 1e-30)
      parameters[k] = max((shares[k] / count).logarithm, -50)
      parameters[components + k] += moved
      parameters[2 * components + k] = variance.logarithm.held(NormalLaw.logVariances)
    }
    return whole
  }
}
